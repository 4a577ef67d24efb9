import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { gzipSync } from 'node:zlib';
import fc from 'fast-check';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { parseTable, readTable } from './read-table.ts';

let directory = '';
beforeAll(async () => {
  directory = await mkdtemp(join(tmpdir(), 'ebb-table-'));
});
afterAll(async () => rm(directory, { recursive: true }));

const table = (text: string) => parseTable(Buffer.from(text), 'customers.csv');

test('a table with quotes, a byte order mark, blank lines and either line end, each row with its line', () => {
  expect(table('\uFEFFid,note\r\n1,"a ""b""\nc"\r\n\r\n2,\n')).toEqual({
    columns: ['id', 'note'],
    rows: [
      ['1', 'a "b"\nc'],
      ['2', ''],
    ],
    lines: [2, 5],
  });
});

test('a file, gzipped or not', async () => {
  const [plain, zipped] = [join(directory, 'plain.csv'), join(directory, 'zipped.csv.gz')];
  await writeFile(plain, 'a,b\n1,2\n');
  await writeFile(zipped, gzipSync('a,b\n1,2\n'));
  expect(await readTable(plain)).toEqual({ columns: ['a', 'b'], rows: [['1', '2']], lines: [2] });
  expect(await readTable(zipped)).toEqual(await readTable(plain));
});

test('whatever is written is read', () => {
  const cell = fc.stringMatching(/^[a-z0-9 ,"\n;é]{1,5}$/u);
  fc.assert(
    fc.property(fc.array(fc.tuple(cell, cell, cell), { minLength: 1, maxLength: 8 }), (rows) => {
      const lines = rows.map((row) => row.map((one) => `"${one.replaceAll('"', '""')}"`).join(','));
      expect(table(`x,y,z\n${lines.join('\n')}`).rows).toEqual(rows);
    }),
  );
});

test.each([
  ['', 'EMPTY_TABLE', 'is empty'],
  ['\n\n', 'EMPTY_TABLE', 'is empty'],
  ['a,b\n', 'EMPTY_TABLE', 'no rows'],
  ['a;b\n1;2\n', 'BAD_HEADER', 'separated by ";"'],
  ['a,a\n1,2\n', 'BAD_HEADER', 'two columns "a"'],
  ['a,\n1,2\n', 'BAD_HEADER', 'column 2 has no name'],
  ['a,b\n1,2\n1,2,3\n', 'BAD_LINE', 'line 3 has 3 fields where the header has 2'],
  ['a,b\n1,"2\n', 'BAD_LINE', 'line 2 is no CSV'],
  ['a,b\n1,\0\n', 'NOT_UTF8', 'not UTF-8'],
])('%j is refused: %s', (text, code, message) => {
  expect(() => table(text)).toThrow(expect.objectContaining({ code, message: expect.stringContaining(message) }));
});

test('a file that is not there, and a gzip file cut short', async () => {
  const cut = join(directory, 'cut.csv.gz');
  await writeFile(cut, gzipSync('a,b\n1,2\n').subarray(0, 20));
  await expect(readTable(join(directory, 'none.csv'))).rejects.toMatchObject({ code: 'UNREADABLE_FILE' });
  await expect(readTable(cut)).rejects.toMatchObject({ code: 'UNREADABLE_FILE' });
});
