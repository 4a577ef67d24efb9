import { describe, expect, test } from 'vitest';
import { growthPerMinute, spreadOf } from './percentiles.ts';

describe('spread', () => {
  test('is by nearest rank', () => {
    const hundred = Array.from({ length: 100 }, (_, index) => 100 - index);
    expect(spreadOf(hundred)).toEqual({ count: 100, p50Ms: 50, p95Ms: 95, p99Ms: 99, maxMs: 100 });
    expect(spreadOf([7])).toEqual({ count: 1, p50Ms: 7, p95Ms: 7, p99Ms: 7, maxMs: 7 });
  });

  test('of nothing is null', () => {
    expect(spreadOf([])).toBeNull();
  });
});

describe('growth', () => {
  test('is the slope of the second half', () => {
    const warmUp = [0, 500, 900, 1_000].map((value, minute) => ({ atMs: minute * 60_000, value }));
    const steady = [1_000, 1_003, 1_006, 1_009].map((value, minute) => ({ atMs: (minute + 4) * 60_000, value }));
    expect(growthPerMinute([...warmUp, ...steady])).toBeCloseTo(3);
  });

  test('of too few points is unknown', () => {
    expect(growthPerMinute([{ atMs: 0, value: 1 }])).toBeNull();
  });
});
