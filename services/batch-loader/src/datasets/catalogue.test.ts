import { expect, test } from 'vitest';
import { claimOf, isUnfinished } from './catalogue.ts';

const claimed = (key: string) => {
  const claim = claimOf(key);
  return claim === null ? null : [claim.dataset.name, claim.name, claim.format, claim.day];
};

const DAILY = 'daily_sales/2025-06-26/2025-06-26_transactions.csv';

test.each([
  [DAILY, ['retail_transactions', DAILY, 'csv', '2025-06-26']],
  ['2025-06-26_transactions.csv', ['retail_transactions', DAILY, 'csv', '2025-06-26']],
  ['in/box/2025-06-26_transactions.csv.gz', ['retail_transactions', DAILY, 'csv', '2025-06-26']],
  ['daily_sales/all.csv', ['retail_transactions', 'daily_sales/all.csv', 'csv', null]],
  [
    'daily_sales/2025-06-26/extra.csv',
    ['retail_transactions', 'daily_sales/2025-06-26/extra.csv', 'csv', '2025-06-26'],
  ],
  ['daily_sales/2025-13-01/extra.csv', ['retail_transactions', 'daily_sales/2025-13-01/extra.csv', 'csv', null]],
  ['profiles/a.parquet', ['customer_profiles', 'profiles/a.parquet', 'parquet', null]],
  ['documents/c/d/x.JSON', ['documents', 'documents/c/d/x.JSON', 'json', null]],
  ['documents/c/2025-01-02.jsonl.gz', ['documents', 'documents/c/2025-01-02.jsonl.gz', 'ndjson', '2025-01-02']],
])('%s is known by its key', (key, expected) => {
  expect(claimed(key)).toEqual(expected);
});

test.each([
  'daily_sales/2025-06-26/a.parquet',
  'daily_sales/a.txt',
  'daily_sales',
  'profiles/a.csv',
  'profiles/a.parquet.gz',
  'documents/x.json',
  'documents/c/x.parquet',
  'landed/c/x.json.parquet',
  'other/a.csv',
  'x_transactions.csv',
  'README.md',
])('%s belongs to no data set', (key) => {
  expect(claimOf(key)).toBeNull();
});

test('what is still being written, or hidden, is nobody’s', () => {
  const names = ['.a.csv', '_SUCCESS', '~a.csv', 'a.csv~', 'a.csv.tmp', 'a.csv.PART', 'a.csv.crdownload', 'a.csv.new'];
  for (const name of names) {
    expect(isUnfinished(`daily_sales/${name}`), name).toBe(true);
    expect(isUnfinished(`${name}/x.csv`), name).toBe(true);
    expect(claimOf(`daily_sales/${name}`), name).toBeNull();
  }
  expect(isUnfinished(DAILY)).toBe(false);
});
