import { createHash } from 'node:crypto';
import { mkdtempSync, readdirSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { gzipSync } from 'node:zlib';
import { isEbbError } from '@ebb/core';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { csvRecords, rawFields } from './csv-records.ts';
import { ONLINE_RETAIL_DAY_MAP, writeRetailDaily } from './index.ts';

let folder: string;
beforeAll(() => {
  folder = mkdtempSync(join(tmpdir(), 'ebb-retail-daily-'));
});
afterAll(() => rmSync(folder, { recursive: true, force: true }));

const HEADER = 'Invoice,StockCode,Description,Quantity,InvoiceDate,Price,Customer ID,Country';
const withCode = (code: string) => expect.toSatisfy((error) => isEbbError(error, code));

/** A yearly file of these lines. */
function year(name: string, lines: readonly string[], header = HEADER): string {
  const path = join(folder, name);
  const text = [header, ...lines].map((line) => `${line}\n`).join('');
  writeFileSync(path, name.endsWith('.gz') ? gzipSync(text) : text);
  return path;
}

describe('year 1', () => {
  test('becomes 307 daily files with the rows of the day map, and again without a change', () => {
    const directory = join(folder, 'year-1');
    const first = writeRetailDaily({ directory });
    expect(first).toEqual({
      files: 307,
      rows: 525_461,
      written: 307,
      firstDay: '2025-06-26',
      lastDay: '2026-04-28',
      overlap: [],
    });
    const expected = readFileSync(ONLINE_RETAIL_DAY_MAP.path, 'utf8').trim().split('\n').slice(1);
    const found = readdirSync(directory).map((name) => {
      const text = readFileSync(join(directory, name), 'utf8');
      const [head, ...records] = [...csvRecords(text)].map(({ record }) => record);
      expect(head).toBe('Invoice,StockCode,Description,Quantity,Price,Customer ID,Country,InvoiceDate');
      const day = name.slice(0, 10);
      expect(name).toBe(`${day}_transactions.csv`);
      expect(records.filter((record) => !record.endsWith(`,${day}`))).toEqual([]);
      expect(text.endsWith('\n')).toBe(true);
      return `${day},${records.length}`;
    });
    expect(found.toSorted()).toEqual(expected.map((row) => `${row.split(',')[0]},${row.split(',')[2]}`).toSorted());
    expect(writeRetailDaily({ directory }).written).toBe(0);
    // Two seconds on an idle machine.
  }, 120_000);

  test('keeps every line: the same fields in another order, quotes and blanks included', () => {
    const directory = join(folder, 'verbatim');
    const line = '489434,79323W," WHITE ""CHERRY"", LIGHTS",-12,2009-12-01,6.750,,EIRE';
    writeRetailDaily({ directory, sources: [year('one.csv.gz', [line])] });
    expect(readFileSync(join(directory, '2025-06-26_transactions.csv'), 'utf8').split('\n')[1]).toBe(
      '489434,79323W," WHITE ""CHERRY"", LIGHTS",-12,6.750,,EIRE,2025-06-26',
    );
  });

  test('a day can be chosen, and a half-written file is replaced', () => {
    const directory = join(folder, 'some-days');
    const days = { from: '2025-07-01', until: '2025-07-02' };
    expect(writeRetailDaily({ directory, ...days })).toMatchObject({ files: 2, written: 2 });
    const path = join(directory, '2025-07-01_transactions.csv');
    const digest = (): string => createHash('sha256').update(readFileSync(path)).digest('hex');
    const whole = digest();
    writeFileSync(path, readFileSync(path).subarray(0, 100));
    const untouched = statSync(join(directory, '2025-07-02_transactions.csv')).mtimeMs;
    expect(writeRetailDaily({ directory, ...days }).written).toBe(1);
    expect(digest()).toBe(whole);
    expect(statSync(join(directory, '2025-07-02_transactions.csv')).mtimeMs).toBe(untouched);
    expect(readdirSync(directory)).toHaveLength(2);
  });
});

describe('other years', () => {
  const second = ['536365,85123A,HEART,6,2010-12-01 08:26:00,2.55,17850.0,United Kingdom'];

  test('keep their own dates and times', () => {
    const directory = join(folder, 'year-2');
    const result = writeRetailDaily({ directory, sources: [year('2.csv', second)], dates: 'original' });
    expect(result).toMatchObject({ firstDay: '2010-12-01', files: 1 });
    expect(readFileSync(join(directory, '2010-12-01_transactions.csv'), 'utf8').split('\n')[1]).toBe(
      '536365,85123A,HEART,6,2.55,17850.0,United Kingdom,2010-12-01 08:26:00',
    );
  });

  test('a day that stands in two files counts once, from the first', () => {
    const directory = join(folder, 'both');
    const first = year('first.csv', ['536365,85123A,FROM YEAR 1,6,2010-12-01,2.55,17850.0,United Kingdom']);
    const other = year('second.csv', [...second, '536999,1,LATER,1,2010-12-10 09:00:00,1.00,,EIRE']);
    const result = writeRetailDaily({ directory, sources: [first, other], dates: 'original' });
    expect(result).toMatchObject({ files: 2, rows: 2, overlap: [{ day: '2010-12-01', source: other, rows: 1 }] });
    expect(readFileSync(join(directory, '2010-12-01_transactions.csv'), 'utf8')).toContain('FROM YEAR 1');
  });

  test('have no shifted dates', () => {
    const sources = [year('unmapped.csv', ['1,2,x,1,2011-12-09 08:00:00,1,,EIRE'])];
    expect(() => writeRetailDaily({ directory: join(folder, 'no'), sources })).toThrow(withCode('UNMAPPED_DAY'));
  });
});

describe('refused', () => {
  const sources: [string, () => string][] = [
    ['is not there', () => join(folder, 'nothing.csv')],
    [
      'is not compressed',
      () => {
        writeFileSync(join(folder, 'plain.csv.gz'), 'plain');
        return join(folder, 'plain.csv.gz');
      },
    ],
    ['has other columns', () => year('columns.csv', [], 'Invoice,StockCode')],
    ['has a short line', () => year('short.csv', ['1,2,3'])],
    ['has no day', () => year('day.csv', ['1,2,x,1,01/12/2009,1,,EIRE'])],
  ];

  test.each(sources)('a file that %s', (_name, source) => {
    const directory = join(folder, 'refused');
    expect(() => writeRetailDaily({ directory, sources: [source()] })).toThrow(withCode('BAD_SOURCE'));
  });

  test('a day that is none', () => {
    expect(() => writeRetailDaily({ directory: folder, from: '1.7.2025' })).toThrow(withCode('BAD_DAY'));
  });
});

test('records end at line breaks outside quotes', () => {
  const text = 'a,"b\nc",d\r\n"e""",f\n\nlast';
  expect([...csvRecords(text)]).toEqual([
    { line: 1, record: 'a,"b\nc",d' },
    { line: 3, record: '"e""",f' },
    { line: 4, record: '' },
    { line: 5, record: 'last' },
  ]);
  expect(rawFields('a,"b,""c""",')).toEqual(['a', '"b,""c"""', '']);
});
