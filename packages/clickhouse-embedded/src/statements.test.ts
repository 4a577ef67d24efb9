import { describe, expect, test } from 'vitest';
import { engineLibrary } from './engine-library.ts';
import { namedFormat } from './formats.ts';
import { formFields } from './form-fields.ts';
import { insertFromFile, parseInsert, selectFromFile } from './insert-statement.ts';
import { checkLimited, checkOutfile, checkReader } from './reader-guard.ts';
import { firstWord, mayHoldSeveral } from './sql-lexer.ts';

const FILE = "FROM INFILE '/f' COMPRESSION 'none'";

describe('the data of an INSERT', () => {
  test.each([
    ['INSERT INTO t FORMAT CSV', `INSERT INTO t  ${FILE}  FORMAT CSV`, ''],
    ['INSERT INTO t FORMAT CSV;\n', `INSERT INTO t  ${FILE}  FORMAT CSV`, ''],
    ['INSERT INTO t FORMAT CSV\n1,2', `INSERT INTO t  ${FILE}  FORMAT CSV`, '1,2'],
    ['insert into t (a, `b`) format RowBinary \r\n\n\n', `insert into t (a, \`b\`)  ${FILE}  FORMAT RowBinary`, '\n\n'],
    [
      'INSERT INTO t SETTINGS a = 1 FORMAT JSONEachRow {"a":1}',
      `INSERT INTO t  ${FILE} SETTINGS a = 1  FORMAT JSONEachRow`,
      '{"a":1}',
    ],
    [`INSERT INTO t VALUES ('FORMAT CSV;')`, `INSERT INTO t  ${FILE}  FORMAT Values`, ` ('FORMAT CSV;')`],
    [
      '/* FORMAT X */ INSERT INTO "FORMAT Y" -- VALUES\nFORMAT CSV',
      `/* FORMAT X */ INSERT INTO "FORMAT Y" -- VALUES\n ${FILE}  FORMAT CSV`,
      '',
    ],
    [
      "INSERT INTO FUNCTION file('a', 'CSV') FORMAT TSV\n",
      `INSERT INTO FUNCTION file('a', 'CSV')  ${FILE}  FORMAT TSV`,
      '',
    ],
  ])('%j', (sql, statement, data) => {
    const insert = parseInsert(sql);
    if (insert === null) throw new Error('not taken for an INSERT with data');
    expect(insertFromFile(insert, '/f')).toBe(statement);
    expect(sql.slice(insert.dataStart)).toBe(data);
  });

  test.each([
    'SELECT 1 FORMAT CSV',
    'INSERT INTO t SELECT a FROM b',
    'INSERT INTO t WITH x AS (SELECT 1) SELECT * FROM x FORMAT Null',
    "INSERT INTO t FROM INFILE 'x' FORMAT CSV",
    'INSERT INTO t',
    '',
  ])('is not looked for in %j', (sql) => {
    expect(parseInsert(sql)).toBeNull();
  });

  test('is read by file() where input() stands', () => {
    const sql = `INSERT INTO t SELECT lower(a) FROM input('a String') WHERE a != 'input(' FORMAT CSV`;
    expect(selectFromFile(sql, '/f')).toBe(
      `INSERT INTO t SELECT lower(a) FROM file('/f', 'CSV', 'a String') WHERE a != 'input(' `,
    );
    expect(selectFromFile('INSERT INTO t SELECT 1', '/f')).toBeNull();
  });
});

test('the first word is found behind comments and brackets', () => {
  expect(firstWord('-- a\n/* b */ ((select 1))')).toBe('SELECT');
  expect(firstWord('# comment\n  Show tables')).toBe('SHOW');
  expect(firstWord(' ')).toBe('');
});

test('anything behind a semicolon is suspicious', () => {
  expect(mayHoldSeveral('SELECT 1;;\n')).toBe(false);
  expect(mayHoldSeveral(`SELECT ';'`)).toBe(true);
  expect(mayHoldSeveral('SELECT 1; SELECT 2')).toBe(true);
});

test.each([
  ['SELECT 1 FORMAT CSV', 'CSV'],
  ['SELECT 1 format JSONEachRow SETTINGS a = 1;', 'JSONEachRow'],
  ['SELECT format FROM t', null],
  ['SELECT 1 AS format', null],
  [`SELECT 'FORMAT CSV'`, null],
  ['SELECT (SELECT 1 FORMAT CSV)', null],
  ['SHOW TABLES -- FORMAT CSV', null],
])('the format of %j is %j', (sql, format) => {
  expect(namedFormat(sql)).toBe(format);
});

describe('what grants do not keep a reader from', () => {
  test.each([
    `SELECT file('/x')`,
    'SELECT `file`(a) FROM t',
    'SELECT * APPLY(file) FROM t',
    'SELECT * APPLY file FROM t',
  ])('reading files: %s', (sql) => expect(() => checkReader(sql)).toThrow(/ACCESS_DENIED/));
  test.each(['SET ROLE ebb_admin', 'SET DEFAULT ROLE x TO y', 'KILL QUERY WHERE 1', `SET dialect = 'kusto'`])(
    'rights: %s',
    (sql) => expect(() => checkReader(sql)).toThrow(/READONLY/),
  );
  test.each([`SELECT file FROM t WHERE a = 'file('`, 'SELECT profile(a) FROM t', `SELECT 'SET ROLE x'`])(
    'but: %s',
    (sql) => {
      expect(() => checkReader(sql)).not.toThrow();
      expect(() => checkOutfile(sql)).not.toThrow();
    },
  );
  test('who may write, within grants, keeps KILL alone of these', () => {
    expect(() => checkLimited('KILL QUERY WHERE 1')).not.toThrow();
    expect(() => checkLimited('SET ROLE ebb_admin')).toThrow(/READONLY/);
    expect(() => checkLimited('CREATE VIEW a DEFINER = b SQL SECURITY DEFINER AS SELECT 1')).toThrow(/READONLY/);
    expect(() => checkLimited(`INSERT INTO t SELECT file('/x')`)).toThrow(/ACCESS_DENIED/);
  });
  test('writing files', () => {
    expect(() => checkOutfile(`SELECT 1 INTO OUTFILE 'x'`)).toThrow(/INTO_OUTFILE_NOT_ALLOWED/);
    expect(() => checkOutfile(`SELECT 'INTO OUTFILE'`)).not.toThrow();
  });
});

test('fields of a form are text; a file among them is refused', () => {
  const type = 'multipart/form-data; boundary=----b';
  const part = (name: string, value: string): string =>
    `------b\r\nContent-Disposition: form-data; ${name}\r\n\r\n${value}\r\n`;
  const body = `${part('name="query"', 'SELECT {a:String}')}${part('name="param_a"', 'x\r\ny')}------b--\r\n`;
  expect([...formFields(body, type)]).toEqual([
    ['query', 'SELECT {a:String}'],
    ['param_a', 'x\r\ny'],
  ]);
  expect(() => formFields(`${part('name="t"; filename="t"', '1')}------b--`, type)).toThrow(/NOT_IMPLEMENTED/);
  expect(() => formFields(body, 'multipart/form-data')).toThrow(/no boundary/);
});

test('the engine is where npm put it, and a platform without one is named', () => {
  expect(engineLibrary()).toContain('@chdb');
  expect(() => engineLibrary('sunos-sparc')).toThrow(/no ClickHouse engine for sunos-sparc/);
  const other = process.platform === 'linux' ? 'darwin-arm64' : 'linux-x64';
  expect(() => engineLibrary(other)).toThrow(/is not installed/);
});
