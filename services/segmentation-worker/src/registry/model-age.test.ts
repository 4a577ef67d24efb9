import { DAY_MS } from '@ebb/core';
import { expect, test } from 'vitest';
import { isFresh, modelAgeDays } from './model-age.ts';

const now = Date.UTC(2026, 5, 30, 12);
const aged = (days: number): Date => new Date(now - days * DAY_MS);

test.each([
  [0, true],
  [6, true],
  [7, true],
  [7 + 1 / DAY_MS, false],
  [8, false],
])('a model of %d days is fresh: %s', (days, expected) => {
  expect(isFresh(aged(days), now)).toBe(expected);
});

test('its age is whole days, and never below zero', () => {
  expect([aged(6.9), aged(8), aged(-1)].map((at) => modelAgeDays(at, now))).toEqual([6, 8, 0]);
});
