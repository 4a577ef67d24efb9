import { HOUR_MS, MINUTE_MS } from '@ebb/core';
import { expect, test } from 'vitest';
import { backfillSince } from './backfill.ts';

const now = Date.UTC(2026, 10, 22, 9);

test.each([
  ['on a new stack', null, '10800s'],
  ['a week after the last demo', now - 7 * 24 * HOUR_MS, '10800s'],
  ['twenty minutes after it', now - 20 * MINUTE_MS - 500, '1200s'],
  ['at once', now, '0s'],
  ['where a clock was ahead', now + HOUR_MS, '0s'],
])('%s', (_, newestMs, expected) => {
  expect(backfillSince(newestMs, now)).toBe(expected);
});
