import { expect, test } from 'vitest';
import { columnTypeOf } from './column-type.ts';
import { missingValueExpression, parseArrayText } from './defaults.ts';
import { column } from './testing/column.ts';

test("reads Postgres' arrays of one dimension", () => {
  expect(parseArrayText('{}')).toEqual([]);
  expect(parseArrayText('{1,NULL,"NULL","a,\\"b\\\\",x y}')).toEqual(['1', null, 'NULL', 'a,"b\\', 'x y']);
  for (const text of ['{{1,2},{3,4}}', '1', '{1,2', '[0:1]={1,2}']) expect(parseArrayText(text)).toBeUndefined();
});

test('a value ClickHouse would change is no default', () => {
  const expression = (declared: string, missingValue: string): string | undefined => {
    const added = column(2, declared, { missingValue });
    const verdict = columnTypeOf(added);
    return verdict.isSupported ? missingValueExpression(added, verdict.type) : 'refused';
  };
  expect(expression('d date', '1899-12-31')).toBeUndefined();
  expect(expression('d date', '2300-01-01')).toBeUndefined();
  expect(expression('d date', '2020-01-01 BC')).toBeUndefined();
  expect(expression('d date', 'infinity')).toBeUndefined();
  expect(expression('n numeric(5,2)', 'NaN')).toBeUndefined();
  expect(expression('i interval', '1 day')).toBeUndefined();
  expect(expression('a integer[]', '{{1,2}}')).toBeUndefined();
  expect(expression('t text', "it's")).toBe(String.raw`'it\'s'`);
});

test('types ClickHouse cannot hold whole are text, or refused', () => {
  const typeOf = (declared: string): unknown => {
    const verdict = columnTypeOf(column(1, declared));
    return verdict.isSupported ? verdict.type : verdict.reason;
  };
  expect(typeOf('n numeric')).toEqual({ kind: 'String' });
  expect(typeOf('n numeric(76,10)')).toEqual({ kind: 'Decimal', precision: 76, scale: 10 });
  expect(typeOf('n numeric(77,10)')).toEqual({ kind: 'String' });
  expect(typeOf('n numeric(3,-2)')).toEqual({ kind: 'Decimal', precision: 5, scale: 0 });
  expect(typeOf('n numeric(2,5)')).toEqual({ kind: 'Decimal', precision: 5, scale: 5 });
  expect(typeOf('b bit varying(8)')).toMatch(/length/);
  expect(typeOf('m mood[]')).toMatch(/do not arrive/);
});
