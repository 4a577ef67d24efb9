import { createHash } from 'node:crypto';
import { readFileSync } from 'node:fs';
import { gunzipSync } from 'node:zlib';
import { isEbbError } from '@ebb/core';
import { expect, test } from 'vitest';
import { BANK_FIXTURE, CDNOW_FIXTURE, datasetFile, ONLINE_RETAIL_DAY_MAP, ONLINE_RETAIL_YEAR_1 } from './index.ts';

test.each([ONLINE_RETAIL_YEAR_1, ONLINE_RETAIL_DAY_MAP])('$description is the file it says it is', (dataset) => {
  const digest = createHash('sha256').update(readFileSync(dataset.path)).digest('hex');
  expect(digest).toBe(dataset.sha256);
});

test('the day map covers every trading day of year 1 in order', () => {
  const rows = readFileSync(ONLINE_RETAIL_DAY_MAP.path, 'utf8').trim().split('\n').slice(1);
  const days = rows.map((row) => row.split(',')[1] ?? '');
  expect(days).toHaveLength(ONLINE_RETAIL_DAY_MAP.rows);
  expect([days[0], days.at(-1)]).toEqual([ONLINE_RETAIL_YEAR_1.firstDay, ONLINE_RETAIL_YEAR_1.lastDay]);
  expect(days.toSorted()).toEqual(days);
});

test.each(Object.entries(BANK_FIXTURE.tables))('%s of the bank is the file it says it is', (_name, table) => {
  const content = readFileSync(table.path);
  expect(createHash('sha256').update(content).digest('hex')).toBe(table.sha256);
  expect(content.toString().trim().split('\n')).toHaveLength(table.rows + 1);
});

test('the CDNOW sample is the file it says it is', () => {
  const content = readFileSync(CDNOW_FIXTURE.path);
  expect(createHash('sha256').update(content).digest('hex')).toBe(CDNOW_FIXTURE.sha256);
  expect(gunzipSync(content).toString().trim().split('\n')).toHaveLength(CDNOW_FIXTURE.rows);
});

test('every row of the bank says which of its columns are invented', () => {
  for (const [name, table] of Object.entries(BANK_FIXTURE.tables)) {
    const [header = '', ...lines] = readFileSync(table.path, 'utf8').trim().split('\n');
    const columns = new Set([...header.split(','), 'all', '']);
    const marks = lines.flatMap((line) => (line.split(',').at(-1) ?? '?').split(' '));
    expect(header.endsWith(',invented'), name).toBe(true);
    expect(
      marks.filter((mark) => !columns.has(mark)),
      name,
    ).toEqual([]);
  }
});

test('a file that is not carried is refused by name', () => {
  expect(() => datasetFile('nothing.csv')).toThrow(expect.toSatisfy((error) => isEbbError(error, 'UNKNOWN_DATASET')));
});
