import { expect, test } from 'vitest';
import { lakeSelect } from './lake-columns.ts';

const typeOf = (type: string): string => /'Nullable\((.*)\)'\)/.exec(lakeSelect([{ name: 'x', type }]))?.[1] ?? '';

test.each([
  ['UInt8', 'Int64'],
  ['Int32', 'Int64'],
  ['Nullable(UInt64)', 'Int64'],
  ['Float32', 'Float64'],
  ['Nullable(Decimal(38, 4))', 'Decimal(38, 4)'],
  ['Bool', 'Bool'],
  ['Date', 'Date32'],
  ['Nullable(Date32)', 'Date32'],
  ['LowCardinality(Nullable(String))', 'String'],
  ["Enum8('a' = 1)", 'String'],
  ['UUID', 'String'],
])('%s is kept as %s', (type, expected) => {
  expect(typeOf(type)).toBe(expected);
});

test('times are kept to the microsecond, in UTC', () => {
  const cast = String.raw`CAST(\`x\`, 'Nullable(DateTime64(6, \'UTC\'))') AS \`x\``.replaceAll('\\`', '`');
  for (const type of ['DateTime', "DateTime64(3, 'Europe/Berlin')"])
    expect(lakeSelect([{ name: 'x', type }])).toBe(cast);
});

test('features keep their names; columns keep their order', () => {
  const columns = [
    { name: 'features', type: 'Map(LowCardinality(String), Float64)' },
    { name: 'odd `name`', type: 'String' },
  ];
  expect(lakeSelect(columns)).toBe(
    'CAST(`features` AS Map(String, Float64)) AS `features`, ' +
      "CAST(`odd \\`name\\``, 'Nullable(String)') AS `odd \\`name\\``",
  );
});

test.each(['Decimal(76, 4)', 'Array(String)', 'UInt128', 'Map(String, String)'])('%s is refused by name', (type) => {
  expect(() => lakeSelect([{ name: 'bad', type }])).toThrow(/column bad is of type .* no counterpart/);
});
