import { expect, test } from 'vitest';
import { pairedChange, shareChange } from './change.ts';

const pairs = (before: number[], after: number[]): { before: number; after: number }[] =>
  before.map((value, index) => ({ before: value, after: after[index] ?? Number.NaN }));

test('a paired interval is the t interval of the mean difference, times the days', () => {
  // Differences 1…7: mean 4, standard deviation 2.160247, t(6) 2.446912; 28 ± 7 × 2.446912 × 2.160247 / √7.
  const bounds = pairedChange(pairs([0, 0, 0, 0, 0, 0, 0], [1, 2, 3, 4, 5, 6, 7]));
  expect(bounds.low).toBeCloseTo(28 - 13.9853, 3);
  expect(bounds.high).toBeCloseTo(28 + 13.9853, 3);
  expect(bounds.verdict).toBe('rise');
});

test('the rhythm of the week is no change', () => {
  const week = [10, 500, 20, 300, 5, 800, 40];
  const bounds = pairedChange(
    pairs(
      week,
      week.map((value) => value + 2),
    ),
  );
  expect(bounds).toEqual({ low: 14, high: 14, verdict: 'rise' });
});

test('days that vary leave it open; a fall is a fall', () => {
  expect(pairedChange(pairs([5, 5, 5, 5, 5], [0, 12, 3, 9, 1])).verdict).toBe('unclear');
  expect(pairedChange(pairs([9, 8, 9, 8, 9, 8, 9], [1, 2, 1, 2, 1, 2, 1])).verdict).toBe('fall');
});

test('too few pairs, and more than seven, say nothing', () => {
  const nothing = { low: null, high: null, verdict: 'too_few' };
  expect(pairedChange([])).toEqual(nothing);
  expect(pairedChange(pairs([1, 1, 1, 1], [9, 9, 9, 9]))).toEqual(nothing);
  expect(pairedChange(pairs([1, 1, 1, 1, 1, 1, 1, 1], [2, 2, 2, 2, 2, 2, 2, 2]))).toEqual(nothing);
});

test('the difference of two shares is as Newcombe prints it (1998, table II, 56/70 against 48/80)', () => {
  const bounds = shareChange({ count: 48, of: 80 }, { count: 56, of: 70 });
  expect(bounds.low).toBeCloseTo(0.0524, 4);
  expect(bounds.high).toBeCloseTo(0.3339, 4);
  expect(bounds.verdict).toBe('rise');
});

test('shares of none and all keep finite bounds; without cases there are none', () => {
  const bounds = shareChange({ count: 0, of: 10 }, { count: 10, of: 10 });
  expect(bounds.low).toBeGreaterThan(0.5);
  expect(bounds.high).toBeCloseTo(1, 12);
  expect(shareChange({ count: 0, of: 0 }, { count: 1, of: 2 }).verdict).toBe('too_few');
});
