import fc from 'fast-check';
import { expect, test } from 'vitest';
import { parseTimestamp } from './timestamp.ts';

test.each([
  ['2026-11-21T10:00:00Z', Date.UTC(2026, 10, 21, 10)],
  ['2026-11-21T10:00:00.1Z', Date.UTC(2026, 10, 21, 10, 0, 0, 100)],
  ['2026-11-21T10:00:00.123456Z', Date.UTC(2026, 10, 21, 10, 0, 0, 123)],
  ['2026-11-21T10:00:00.123999999Z', Date.UTC(2026, 10, 21, 10, 0, 0, 123)],
  ['2026-11-21T10:00:00+05:30', Date.UTC(2026, 10, 21, 4, 30)],
  ['2026-11-21T10:00:00.5-03:00', Date.UTC(2026, 10, 21, 13, 0, 0, 500)],
  ['2026-01-01T00:00:00+01:00', Date.UTC(2025, 11, 31, 23)],
  ['2024-02-29T00:00:00Z', Date.UTC(2024, 1, 29)],
  ['2000-02-29T00:00:00Z', Date.UTC(2000, 1, 29)],
  ['2199-12-31T23:59:59.999Z', Date.UTC(2199, 11, 31, 23, 59, 59, 999)],
  ['1970-01-01T00:00:00-00:00', 0],
])('reads %s', (text, expected) => {
  expect(parseTimestamp(text)).toBe(expected);
});

test.each([
  '',
  'now',
  '1763719200000',
  '2026-11-21',
  '2026-11-21T10:00Z',
  '2026-11-21T10:00:00',
  '2026-11-21 10:00:00Z',
  '2026-11-21t10:00:00z',
  '2026-11-21T10:00:00.Z',
  '2026-11-21T10:00:00.1234567890Z',
  '2026-11-21T10:00:00,5Z',
  '2026-11-21T10:00:00+0100',
  '2026-11-21T10:00:00+01',
  '2026-11-21T10:00:00+01:60',
  '2026-11-21T10:00:00+19:00',
  '2026-11-21T10:00:00ZZ',
  '2026-11-21T10:00:00Z ',
  ' 2026-11-21T10:00:00Z',
  '2026-02-29T10:00:00Z',
  '2100-02-29T10:00:00Z',
  '2026-04-31T10:00:00Z',
  '2026-13-01T10:00:00Z',
  '2026-00-01T10:00:00Z',
  '2026-01-00T10:00:00Z',
  '2026-01-01T24:00:00Z',
  '2026-01-01T23:60:00Z',
  '2026-12-31T23:59:60Z',
  '1969-12-31T23:59:59Z',
  '2200-01-01T00:00:00Z',
  '12026-01-01T00:00:00Z',
  '+002026-01-01T00:00:00Z',
  '2026-1-1T10:00:00.000Z',
  '２０２６-11-21T10:00:00Z',
  '202x-11-21T10:00:00Z',
  '2026-11-21T10:00:00.12x4Z',
])('refuses %j', (text) => {
  expect(parseTimestamp(text)).toBeNull();
});

test('reads every instant that a Date writes', () => {
  const instant = fc.date({ min: new Date(0), max: new Date('2199-12-31T23:59:59.999Z'), noInvalidDate: true });
  fc.assert(
    fc.property(instant, (date) => {
      expect(parseTimestamp(date.toISOString())).toBe(date.getTime());
    }),
  );
});

test('is total over any text', () => {
  fc.assert(
    fc.property(fc.string({ unit: 'binary' }), (text) => {
      const result = parseTimestamp(text);
      expect(result === null || Number.isSafeInteger(result)).toBe(true);
    }),
  );
});
