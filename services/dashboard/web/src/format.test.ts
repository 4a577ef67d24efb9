import { describe, expect, test } from 'vitest';
import {
  formatBound,
  formatBytes,
  formatClock,
  formatCount,
  formatDay,
  formatDuration,
  formatExact,
  formatMoney,
  formatRate,
  formatShare,
  formatShort,
  formatShortMoney,
} from './format.ts';
import { usable } from './locale.ts';

describe('formatMoney', () => {
  test('keeps every cent of amounts that no float can hold', () => {
    expect(formatMoney('9007199254740993.17', 'GBP', 'en-GB')).toBe('£9,007,199,254,740,993.17');
    expect(formatMoney('10305892.0240', 'GBP', 'en-GB')).toBe('£10,305,892.02');
  });

  test('shows the currency, the sign and its own number of places', () => {
    expect(formatMoney('-629855.37', 'GBP', 'en-GB')).toBe('-£629,855.37');
    expect(formatMoney('12.5', 'EUR', 'de-DE')).toBe('12,50\u00a0€');
    expect(formatMoney('1200.4', 'JPY', 'en-GB')).toBe('JP¥1,200');
  });

  test('without a currency there is no symbol; without an amount a dash', () => {
    expect(formatMoney('3', null, 'en-GB')).toBe('3.00');
    expect(formatMoney('3', 'points', 'en-GB')).toBe('3.00 points');
    expect(formatMoney(null, 'GBP', 'en-GB')).toBe('–');
  });
});

test('counts, rates and shares', () => {
  expect(formatCount(1234567, 'en-GB')).toBe('1,234,567');
  expect(formatCount(null)).toBe('–');
  expect(formatRate(35.2173, 'en-GB')).toBe('35.2');
  expect(formatRate(1234.6, 'en-GB')).toBe('1,235');
  expect(formatShare(82, 100, 'en-GB')).toBe('82%');
  expect(formatShare(1, 0)).toBe('–');
  expect(formatShort(61_626, 'en-GB')).toBe('61.6k');
  expect(formatShortMoney(250, 'GBP', 'en-GB')).toBe('£250');
});

test.each([
  [0, '0 ms'],
  [999, '999 ms'],
  [1500, '1.5 s'],
  [45_000, '45 s'],
  [150_000, '3 min'],
  [7_200_000, '2 h'],
  [259_200_000, '3 days'],
  [null, '–'],
])('a duration of %s is %s', (ms, text) => {
  expect(formatDuration(ms)).toBe(text);
});

test('a bound is the next whole second', () => {
  expect(formatBound(0)).toBe('under 1 s');
  expect(formatBound(2_400)).toBe('under 3 s');
  expect(formatBound(180_000)).toBe('3 min');
  expect(formatBound(null)).toBe('–');
});

test('times are those of the business time zone, also where the clocks change', () => {
  expect(formatClock(Date.parse('2026-03-29T00:59:30Z'), 'Europe/London', { seconds: true })).toBe('00:59:30');
  expect(formatClock(Date.parse('2026-03-29T01:00:00Z'), 'Europe/London', { seconds: false })).toBe('02:00');
  expect(formatClock(Date.parse('2026-01-01T00:00:00Z'), 'UTC', { seconds: false })).toBe('00:00');
});

test('a day is written as the calendar day it is, whatever the reader’s zone', () => {
  expect(formatDay('2026-11-21', 'en-GB')).toMatch(/^Saturday,? 21 November 2026$/);
});

test('a language that Intl refuses is none', () => {
  expect(usable('en-US@posix')).toBeNull();
  expect(usable('')).toBeNull();
  expect(usable('de-at')).toBe('de-AT');
});

test('an exact moment is told in UTC', () => {
  expect(formatExact('2026-11-21T10:05:00.123+01:00')).toBe('2026-11-21 09:05:00.123');
});

test.each([
  [null, '–'],
  [0, '0 B'],
  [1_023, '1,023 B'],
  [1_024, '1.0 KiB'],
  [1_610_612_736, '1.5 GiB'],
  [2 ** 60, '1,048,576.0 TiB'],
])('%s bytes are %s', (bytes, text) => {
  expect(formatBytes(bytes, 'en-GB')).toBe(text);
});
