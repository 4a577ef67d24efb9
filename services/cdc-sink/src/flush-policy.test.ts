import { describe, expect, test } from 'vitest';
import { dueAtMs, type FlushLimits, slowdownOf } from './flush-policy.ts';

const LIMITS: FlushLimits = { rows: 1_000, bytes: 10_000, lingerMs: 100, busyMs: 250, sparseMs: 700, busyRows: 200 };
const usual = { slowdown: 1, isBehind: false };
const waiting = (rows: number, sinceMs: number, bytes = 0) => ({ rows, bytes, sinceMs });

describe('dueAtMs', () => {
  test('a change after a pause waits for the linger alone', () => {
    expect(dueAtMs(waiting(1, 5_000), -Infinity, LIMITS, usual)).toBe(5_100);
    expect(dueAtMs(waiting(1, 5_000), 1_000, LIMITS, usual)).toBe(5_100);
  });

  test('a trickle is stored once in a while, a stream more often', () => {
    expect(dueAtMs(waiting(1, 5_010), 5_000, LIMITS, usual)).toBe(5_700);
    expect(dueAtMs(waiting(200, 5_010), 5_000, LIMITS, usual)).toBe(5_250);
  });

  test('much at once does not wait', () => {
    expect(dueAtMs(waiting(1_000, 5_010), 5_000, LIMITS, usual)).toBe(0);
    expect(dueAtMs(waiting(1, 5_010, 10_000), 5_000, LIMITS, usual)).toBe(0);
  });

  test('far behind, many rows wait for a full batch as few do', () => {
    const behind = { ...usual, isBehind: true };
    expect(dueAtMs(waiting(200, 5_010), 5_000, LIMITS, behind)).toBe(5_700);
    expect(dueAtMs(waiting(1_000, 5_010), 5_000, LIMITS, behind)).toBe(0);
  });

  test('with many parts everything waits longer, full batches too', () => {
    expect(dueAtMs(waiting(1, 5_010), 5_000, LIMITS, { ...usual, slowdown: 2 })).toBe(6_400);
    expect(dueAtMs(waiting(1_000, 5_010), 5_000, LIMITS, { ...usual, slowdown: 4 })).toBe(6_000);
  });
});

test.each([
  [0, 1],
  [99, 1],
  [100, 2],
  [250, 4],
  [300, 8],
  [5_000, 8],
])('%i parts slow inserts down %i times', (parts, factor) => {
  expect(slowdownOf(parts)).toBe(factor);
});
