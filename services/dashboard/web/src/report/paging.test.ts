import { expect, test } from 'vitest';
import { lastPage, pageOf, pageParams } from './paging.ts';

test('a page is asked for by its first row', () => {
  expect([pageParams(0), pageParams(3)]).toEqual([
    { limit: '25', offset: '0' },
    { limit: '25', offset: '75' },
  ]);
});

test('the last page holds the last row, and an empty list has one page', () => {
  expect([0, 1, 25, 26, 50, 51].map(lastPage)).toEqual([0, 0, 0, 1, 1, 2]);
});

test('pages hold every row once', () => {
  const rows = Array.from({ length: 60 }, (_, row) => row);
  const pages = [0, 1, 2].map((page) => pageOf(rows, page));
  expect(pages.map((page) => page.length)).toEqual([25, 25, 10]);
  expect(pages.flat()).toEqual(rows);
});
