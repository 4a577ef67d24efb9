import { DAY_MS, HOUR_MS } from '@ebb/core';
import { describe, expect, test } from 'vitest';
import { readFlags } from './flags.ts';
import { dueUntilMs } from './pace.ts';
import { planSimulation, type SimulationPlan, simulateFlags, simulateRules } from './simulate-flags.ts';

const NOW = Date.UTC(2026, 10, 21, 12);

function plan(args: string, streams: ('web' | 'purchase')[] = ['web']): SimulationPlan {
  const { flags } = readFlags(args.split(' ').filter(Boolean), simulateFlags, simulateRules);
  return planSimulation(flags, streams, NOW);
}

describe('a plan', () => {
  test('turns a rate into purchases a day, 20 events each', () => {
    expect(plan('--rate 200').simulation.purchasesPerDay).toBe(10 * 86_400);
    expect(plan('--rate 200 --speed 10').simulation.purchasesPerDay).toBe(86_400);
    expect(plan('--rate 30', ['purchase']).simulation.purchasesPerDay).toBe(10 * 86_400);
  });

  test('takes the purchases of a customer instead', () => {
    expect(plan('--purchases-per-day 0.05 --customers 1000').simulation.purchasesPerDay).toBeCloseTo(30, 9);
  });

  test('begins now, at a day, or so long ago', () => {
    expect(plan('').simulation.startMs).toBe(NOW);
    expect(plan('--start 2026-10-01').simulation.startMs).toBe(Date.UTC(2026, 9, 1));
    expect(plan('--start 2026-10-01T10:00:00+02:00').simulation.startMs).toBe(Date.UTC(2026, 9, 1, 8));
    expect(plan('--backfill 6h').simulation.startMs).toBe(NOW - 6 * HOUR_MS);
  });

  test('at full speed begins so early that the last event is about now', () => {
    expect(plan('--speed max --duration 30d').simulation.startMs).toBe(NOW - 30 * DAY_MS);
    expect(plan('--speed max --count 2000 --rate 200').simulation.startMs).toBe(NOW - 10_000);
  });

  test('lets orders complete within the run', () => {
    expect(plan('--duration 60s').simulation.fulfilmentMs).toBe(10_000);
    expect(plan('--speed 10').simulation.fulfilmentMs).toBe(600_000);
    expect(plan('--duration 365d --speed max').simulation.fulfilmentMs).toBe(3 * DAY_MS);
  });
});

describe('flags', () => {
  test.each([
    ['--rate many', /--rate: "many"/],
    ['--rate 10 --purchases-per-day 1', /not both/],
    ['--backfill 1h --speed 10', /--backfill goes without/],
    ['--duplicates 2', /--duplicates/],
    ['--world flat', /--world/],
    ['--duration 5', /a unit/],
    ['--start yesterday', /--start/],
    ['--spend-q 1', /above 1/],
    ['--ack-log acks --via collector', /without --via collector/],
    ['--unknown 1', /--unknown/],
  ])('%s is refused', (args, message) => {
    expect(() => plan(args)).toThrow(message);
  });

  test('report every problem at once', () => {
    expect(() => plan('--rate x --seed= --count 0')).toThrow(/--rate.*--count/s);
  });
});

describe('pace', () => {
  const startedMs = NOW;
  test.each([
    { what: 'speed 1 from now', startMs: NOW, speed: 1, afterMs: 5_000, expected: NOW + 5_000 },
    {
      what: 'the past at speed 10',
      startMs: NOW - HOUR_MS,
      speed: 10,
      afterMs: 6_000,
      expected: NOW - HOUR_MS + 60_000,
    },
    { what: 'never past the clock', startMs: NOW - 10_000, speed: 1_000, afterMs: 60_000, expected: NOW + 60_000 },
    { what: 'all of the past', startMs: NOW - HOUR_MS, speed: null, afterMs: 1, expected: NOW + 1 },
  ])('$what', ({ startMs, speed, afterMs, expected }) => {
    expect(dueUntilMs(NOW + afterMs, { startMs, startedMs, speed })).toBe(expected);
  });
});
