import fc from 'fast-check';
import { expect, test } from 'vitest';
import { ValueError } from './failures.ts';
import { parseIsoDate, parseIsoTimestamp } from './times.ts';

const YEAR_0 = Date.UTC(2000, 0, 1) - 2000 * 365.2425 * 86_400_000;
const YEAR_9999 = Date.UTC(9999, 11, 31);

test('every time comes back to the microsecond, in every form Debezium writes', () => {
  const time = fc.tuple(fc.integer({ min: YEAR_0 + 86_400_000, max: YEAR_9999 }), fc.integer({ min: 0, max: 999 }));
  fc.assert(
    fc.property(time, ([ms, micros]) => {
      const expected = BigInt(ms) * 1000n + BigInt(micros);
      const full = new Date(ms).toISOString().replace('Z', `${String(micros).padStart(3, '0')}Z`);
      expect(BigInt(parseIsoTimestamp(full))).toBe(expected);
      expect(BigInt(parseIsoTimestamp(full.replace(/0+Z$/, 'Z').replace('.Z', 'Z')))).toBe(expected);
      expect(BigInt(parseIsoTimestamp(full.replace('Z', '000Z')))).toBe(expected);
      expect(BigInt(parseIsoTimestamp(full.replace('Z', '+02:00')))).toBe(expected - 7_200_000_000n);
      expect(parseIsoDate(`${full.slice(0, 10)}Z`)).toBe(Math.floor(ms / 86_400_000));
    }),
  );
});

test('what is no time of ours is refused, never bent', () => {
  for (const text of [
    'infinity',
    '-infinity',
    '+292278994-08-16T23:00:00Z',
    '-4712-01-01T00:00:00.000000Z',
    '2026-01-02',
    '2026-01-02T03:04:05.1234567Z',
    '2026-01-02T03:0x:05Z',
    '',
  ]) {
    expect(() => parseIsoTimestamp(text), text).toThrow(ValueError);
  }
  for (const text of ['+12345-06-07Z', '-0044-03-15Z', 'infinity', '2026-1-2']) {
    expect(() => parseIsoDate(text), text).toThrow(ValueError);
  }
});
