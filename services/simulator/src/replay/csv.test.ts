import fc from 'fast-check';
import { parse } from 'csv-parse/sync';
import { describe, expect, test } from 'vitest';
import { readCsvRecords, readLines } from './csv-lines.ts';
import { splitCsvRecord } from './csv-record.ts';

async function records(text: string): Promise<(string[] | null)[]> {
  const found: (string[] | null)[] = [];
  for await (const record of readCsvRecords(readLines(chunks(text)))) found.push(record.fields);
  return found;
}

async function* chunks(text: string, size = 7): AsyncGenerator<Uint8Array> {
  const bytes = Buffer.from(text);
  for (let at = 0; at < bytes.length; at += size) yield await Promise.resolve(bytes.subarray(at, at + size));
}

describe('splitCsvRecord', () => {
  test.each([
    ['a,b,c', ['a', 'b', 'c']],
    ['', ['']],
    ['a,,', ['a', '', '']],
    ['"a,b",c', ['a,b', 'c']],
    ['"say ""hi""",x', ['say "hi"', 'x']],
    ['"",""', ['', '']],
    ['a"b,c', null],
    ['"a"b,c', null],
    ['"a,b', 'open'],
    ['"a""', 'open'],
  ])('%j', (record, expected) => {
    expect(splitCsvRecord(record)).toEqual(expected);
  });
});

test('any table written as CSV is read back, and as csv-parse reads it', async () => {
  const cell = fc.string({ unit: fc.constantFrom('a', 'é', '"', ',', '\n', ' ', '7') });
  // A quote that is open for more than 16 lines is taken for a stray one.
  const row = fc.array(cell, { minLength: 2, maxLength: 5 }).filter((cells) => cells.join('').split('\n').length <= 16);
  const table = fc.array(row, { maxLength: 8 });
  await fc.assert(
    fc.asyncProperty(table, async (rows) => {
      const text = rows.map((row) => row.map((value) => `"${value.replaceAll('"', '""')}"`).join(',')).join('\r\n');
      expect(await records(text)).toEqual(rows);
      expect(await records(text)).toEqual(parse(text, { relax_column_count: true }));
    }),
  );
});

test('a stray quote spoils its own line only', async () => {
  expect(await records('1,"open\n2,b\n3,"c"x\n4,"d"\n')).toEqual([null, ['2', 'b'], null, ['4', 'd']]);
});

test('a quote that is never closed does not swallow the rest of a long file', async () => {
  const good = Array.from({ length: 100 }, (_, index) => [`${index}`, 'x']);
  const text = `1,"open\n${good.map((row) => row.join(',')).join('\n')}`;
  expect(await records(text)).toEqual([null, ...good]);
});

test('line numbers count lines, not records', async () => {
  const found: number[] = [];
  for await (const record of readCsvRecords(readLines(chunks('a\n\n"b\nb"\nc\n')))) found.push(record.lineNumber);
  expect(found).toEqual([1, 3, 5]);
});

test('a byte order mark and characters cut between chunks are read', async () => {
  expect(await records('\uFEFFé,€\nü,😀\n')).toEqual([
    ['é', '€'],
    ['ü', '😀'],
  ]);
});
