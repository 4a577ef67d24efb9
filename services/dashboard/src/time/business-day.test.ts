import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { businessDay, businessDayRange, shiftDay } from './business-day.ts';

const HOUR_MS = 3_600_000;
const ZONES = [
  'UTC',
  'Europe/London',
  'America/New_York',
  'Asia/Kolkata',
  'Australia/Lord_Howe',
  'Pacific/Apia',
  'Africa/Cairo',
];

function hours(day: string, zone: string): number {
  const { startMs, endMs } = businessDayRange(day, zone);
  return (endMs - startMs) / HOUR_MS;
}

describe('businessDayRange', () => {
  test('an ordinary day has 24 hours from local midnight', () => {
    expect(businessDayRange('2026-01-15', 'America/New_York').startMs).toBe(Date.parse('2026-01-15T05:00:00Z'));
    expect(hours('2026-01-15', 'America/New_York')).toBe(24);
    expect(businessDayRange('2026-01-15', 'Asia/Kolkata').startMs).toBe(Date.parse('2026-01-14T18:30:00Z'));
  });

  test('days on which the clocks change have 23, 25 or 23.5 hours', () => {
    expect(hours('2026-03-29', 'Europe/London')).toBe(23);
    expect(hours('2026-10-25', 'Europe/London')).toBe(25);
    expect(hours('2026-03-08', 'America/New_York')).toBe(23);
    expect(hours('2026-11-01', 'America/New_York')).toBe(25);
    expect(hours('2026-10-04', 'Australia/Lord_Howe')).toBe(23.5);
  });

  test('a day that begins inside the change of clocks starts at its first real minute', () => {
    // In Cairo 00:00 of this day does not exist; clocks went from 23:59 to 01:00.
    expect(businessDayRange('2024-04-26', 'Africa/Cairo').startMs).toBe(Date.parse('2024-04-25T22:00:00Z'));
    expect(hours('2024-04-26', 'Africa/Cairo')).toBe(23);
  });

  test('every moment lies in the range of its own day, and days leave no gap', () => {
    const moment = fc.integer({ min: Date.parse('2015-01-01'), max: Date.parse('2030-01-01') });
    fc.assert(
      fc.property(moment, fc.constantFrom(...ZONES), (ms, zone) => {
        const day = businessDay(ms, zone);
        const { startMs, endMs } = businessDayRange(day, zone);
        expect(startMs).toBeLessThanOrEqual(ms);
        expect(endMs).toBeGreaterThan(ms);
        expect(businessDayRange(shiftDay(day, 1), zone).startMs).toBe(endMs);
      }),
      { numRuns: 300 },
    );
  });
});

test('shiftDay crosses months and leap days', () => {
  expect(shiftDay('2024-02-28', 1)).toBe('2024-02-29');
  expect(shiftDay('2026-01-01', -1)).toBe('2025-12-31');
});
