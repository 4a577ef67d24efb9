import { expect, test } from 'vitest';
import { apiQuery, changed } from './use-search.ts';

test('a change keeps what it does not name, and takes out what is null or empty', () => {
  expect(changed('?source=shop&currency=GBP', { currency: 'EUR' })).toBe('?source=shop&currency=EUR');
  expect(changed('?source=shop&currency=GBP', { source: null, currency: '' })).toBe('');
});

test('values are escaped', () => {
  expect(changed('', { source: 'a&b=c' })).toBe('?source=a%26b%3Dc');
});

test('the API is asked for the parameters of the page alone', () => {
  const search = new URLSearchParams('?source=shop&utm_source=mail&date=2026-03-10');
  expect(apiQuery(search, ['source', 'currency', 'date'])).toBe('?source=shop&date=2026-03-10');
});
