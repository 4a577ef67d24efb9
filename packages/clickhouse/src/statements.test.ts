import { expect, test } from 'vitest';
import { quoteClickhouseName, quoteClickhouseText } from './quoting.ts';
import { isBlank, splitStatements } from './statements.ts';

test('statements end at semicolons outside quotes and comments', () => {
  const sql = `-- one; two
    SELECT ';', 'it''s; \\'', "a;b", \`c;d\` /* ; */;;
    SELECT 2 -- last; one
    ; SELECT 3`;
  const { statements, rest } = splitStatements(sql);
  expect(statements).toHaveLength(2);
  expect(statements[0]).toMatch(/^-- one; two\s+SELECT.*\/\* ; \*\/$/);
  expect(statements[1]).toMatch(/^SELECT 2 -- last; one$/);
  expect(rest).toBe(' SELECT 3');
});

test('an open quote or comment reaches to the end', () => {
  expect(splitStatements("SELECT 'a; SELECT 1;")).toEqual({ statements: [], rest: "SELECT 'a; SELECT 1;" });
  expect(splitStatements('SELECT 1 /* ; ')).toEqual({ statements: [], rest: 'SELECT 1 /* ; ' });
});

test('comments alone are no statement', () => {
  expect(isBlank(' -- a\n /* b\n */ ')).toBe(true);
  expect(isBlank('-- a\n1')).toBe(false);
  expect(splitStatements('-- only;\n/* this; */;').statements).toEqual([]);
});

test('names and text are quoted', () => {
  expect(quoteClickhouseName('a`b\\')).toBe('`a\\`b\\\\`');
  expect(quoteClickhouseText("it's \\")).toBe("'it\\'s \\\\'");
});
