import { expect, test } from 'vitest';
import { liveQuerySchema, toChoice } from './live-query.ts';

test('absent and empty parameters leave the choice open', () => {
  expect(toChoice(liveQuerySchema.parse({}))).toEqual({ source: null, currency: null, date: null });
  expect(toChoice(liveQuerySchema.parse({ source: '', currency: '', date: '' }))).toEqual({
    source: null,
    currency: null,
    date: null,
  });
});

test('a full choice is taken as it is', () => {
  const query = { source: 'retail_files', currency: 'GBP', date: '2024-02-29' };
  expect(toChoice(liveQuerySchema.parse(query))).toEqual(query);
});

test.each([
  { source: 'Shop' },
  { source: "x' or 1=1" },
  { source: ['a', 'b'] },
  { currency: 'gbp' },
  { currency: 'GBPX' },
  { date: '2026-02-30' },
  { date: '2026-2-3' },
  { date: '2026-02-03T00:00:00Z' },
  { unknown: '1' },
])('refuses %j', (query) => {
  expect(liveQuerySchema.safeParse(query).success).toBe(false);
});
