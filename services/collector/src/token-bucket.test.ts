import { describe, expect, test } from 'vitest';
import { MinuteQuota } from './minute-quota.ts';
import { TokenBuckets } from './token-bucket.ts';

const limit = { ratePerSecond: 100, burst: 200 };

function clockAt(startMs: number): { nowMs: () => number; advance: (ms: number) => void } {
  let now = startMs;
  return { nowMs: () => now, advance: (ms) => void (now += ms) };
}

describe('token buckets', () => {
  test('let a burst through, then the rate, and say how long to wait', () => {
    const clock = clockAt(0);
    const buckets = new TokenBuckets(clock);
    expect(buckets.take('k', 200, limit)).toEqual({ allowed: true });
    expect(buckets.take('k', 50, limit)).toEqual({ allowed: false, retryAfterMs: 500 });
    clock.advance(499);
    expect(buckets.take('k', 50, limit)).toMatchObject({ allowed: false });
    clock.advance(1);
    expect(buckets.take('k', 50, limit)).toEqual({ allowed: true });
  });

  test('over a long time give exactly the rate', () => {
    const clock = clockAt(0);
    const buckets = new TokenBuckets(clock);
    let taken = 0;
    for (let step = 0; step < 10_000; step++) {
      if (buckets.take('k', 7, limit).allowed) taken += 7;
      clock.advance(10);
    }
    expect(taken).toBeGreaterThanOrEqual(100 * 100 - 7);
    expect(taken).toBeLessThanOrEqual(100 * 100 + 200);
  });

  test('take a batch larger than the burst when full, and pay it off afterwards', () => {
    const clock = clockAt(0);
    const buckets = new TokenBuckets(clock);
    expect(buckets.take('k', 1_000, limit)).toEqual({ allowed: true });
    expect(buckets.take('k', 1_000, limit)).toEqual({ allowed: false, retryAfterMs: 10_000 });
    clock.advance(10_000);
    expect(buckets.take('k', 1_000, limit)).toEqual({ allowed: true });
  });

  test('keep keys apart, give refunds back up to the burst, and survive a clock that steps back', () => {
    const clock = clockAt(1_000_000);
    const buckets = new TokenBuckets(clock);
    buckets.take('a', 200, limit);
    expect(buckets.take('b', 200, limit).allowed).toBe(true);
    buckets.refund('a', 200, limit);
    expect(buckets.take('a', 200, limit).allowed).toBe(true);
    clock.advance(-500_000);
    expect(buckets.take('a', 1, limit)).toEqual({ allowed: false, retryAfterMs: 10 });
    buckets.retain(new Set(['b']));
    expect(buckets.take('a', 200, limit).allowed).toBe(true);
  });
});

test('a minute’s quota starts again with the next minute, for each id', () => {
  const clock = clockAt(60_000 * 5 + 59_000);
  const quota = new MinuteQuota(2, clock);
  expect([quota.take('a'), quota.take('a'), quota.take('a'), quota.take('b')]).toEqual([true, true, false, true]);
  clock.advance(1_000);
  expect(quota.take('a')).toBe(true);
});
