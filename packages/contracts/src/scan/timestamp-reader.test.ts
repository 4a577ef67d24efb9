import fc from 'fast-check';
import { expect, test } from 'vitest';
import { parseTimestamp } from '../timestamp.ts';
import { TimestampReader } from './timestamp-reader.ts';

const dates = fc.constantFrom(
  '2026-11-21',
  '2026-11-22',
  '2024-02-29',
  '2023-02-29',
  '1970-01-01',
  '1969-12-31',
  '20a6-11-21',
);
const part = fc
  .oneof({ weight: 6, arbitrary: fc.integer({ min: 0, max: 61 }) }, fc.constantFrom(99, 24, 60))
  .map((number) => String(number).padStart(2, '0'));
const fraction = fc.constantFrom('', '.0', '.000', '.123', '.999', '.12a', '.1234', ',123');
const zone = fc.constantFrom('Z', 'Z', 'Z', 'z', '+00:00', '-01:30', '');
const timestamp = fc
  .tuple(dates, fc.constantFrom('T', 'T', 'T', ' '), part, part, part, fraction, zone)
  .map(([date, separator, hour, minute, second, rest, suffix]) =>
    [date, separator, `${hour}:${minute}:${second}`, rest, suffix].join(''),
  );

test('reads what parseTimestamp reads, whatever it has read before', () => {
  const reader = new TimestampReader();
  let read = 0;
  fc.assert(
    fc.property(fc.array(timestamp, { minLength: 2, maxLength: 6 }), fc.nat({ max: 5 }), (texts, start) => {
      for (const text of texts) {
        const source = Buffer.from(`${'x'.repeat(start)}${text}"yz`);
        const timeMs = reader.read(source, start, start + text.length);
        expect([text, timeMs]).toEqual([text, parseTimestamp(text)]);
        if (timeMs !== null) read += 1;
      }
    }),
    { numRuns: 2_000 },
  );
  expect(read).toBeGreaterThan(100);
});
