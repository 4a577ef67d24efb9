import { createHash } from 'node:crypto';
import { readFileSync } from 'node:fs';
import { isEbbError } from '@ebb/core';
import { expect, test } from 'vitest';
import { datasetFile, ONLINE_RETAIL_DAY_MAP, ONLINE_RETAIL_YEAR_1 } from './index.ts';

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

test('a file that is not carried is refused by name', () => {
  expect(() => datasetFile('nothing.csv')).toThrow(expect.toSatisfy((error) => isEbbError(error, 'UNKNOWN_DATASET')));
});
