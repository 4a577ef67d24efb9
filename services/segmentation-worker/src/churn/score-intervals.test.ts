import { SeededRandom } from '@ebb/core';
import { describe, expect, it } from 'vitest';
import { scoreIntervals, wilson } from './score-intervals.ts';

/** Customers who churn just as often as their score says. */
function calibrated(count: number, seed: string) {
  const random = new SeededRandom(seed);
  const scores = Float64Array.from({ length: count }, () => random.float());
  return { scores, labels: Uint8Array.from(scores, (score) => (random.bool(score) ? 1 : 0)) };
}

describe('wilson', () => {
  it.each([
    [10, 20],
    [1, 7],
    [263, 1_000],
  ])('ends where the share seen would be 1.645 standard errors away: %d of %d', (positives, count) => {
    for (const end of wilson(positives, count)) {
      const away = Math.abs(positives / count - end) / Math.sqrt((end * (1 - end)) / count);
      expect(away).toBeCloseTo(1.644_85, 4);
    }
  });

  it('stays within 0 and 1, and is all of it for nobody', () => {
    expect(wilson(0, 20)[0]).toBe(0);
    expect(wilson(20, 20)[1]).toBe(1);
    expect(wilson(0, 0)).toEqual([0, 1]);
  });
});

describe('scoreIntervals', () => {
  it('hold the true share about as often as they say', () => {
    const truth = calibrated(4_000, 'intervals');
    const asked = Float64Array.from({ length: 99 }, (_, at) => (at + 1) / 100);
    const { low, high, comparable } = scoreIntervals(asked, truth);
    const inside = asked.filter((score, row) => (low[row] ?? 1) <= score && score <= (high[row] ?? 0)).length;
    expect(inside).toBe(99);
    expect(new Set(comparable)).toEqual(new Set([200]));
    const widths = asked.map((_, row) => (high[row] ?? 0) - (low[row] ?? 0));
    expect(Math.max(...widths)).toBeLessThan(0.16);
  });

  it('are wide where few customers are known', () => {
    const { low, high, comparable } = scoreIntervals(Float64Array.of(0.5), calibrated(8, 'few'));
    expect((high[0] ?? 0) - (low[0] ?? 0)).toBeGreaterThan(0.4);
    expect(comparable[0]).toBe(8);
  });

  it('hold both where the hold-out says otherwise than the score', () => {
    const held = { scores: new Float64Array(100).fill(0.9), labels: new Uint8Array(100) };
    const { low, high } = scoreIntervals(Float64Array.of(0.9), held);
    expect(low[0]).toBe(0);
    expect(high[0]).toBe(0.9);
  });
});
