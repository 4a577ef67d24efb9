import { RowBinaryWriter } from '@ebb/clickhouse';
import {
  BUILT_IN_EVENT_TYPES,
  encodeWebEvent as encodeMessage,
  parseWebEvent,
  DEFAULT_POLICY,
  WebEventScanner,
} from '@ebb/contracts';
import { must } from '@ebb/core';
import fc from 'fast-check';
import { expect, test } from 'vitest';
import { encodeScannedEvent } from './scanned-event-encoder.ts';
import { encodeWebEvent } from './web-event-encoder.ts';

const text = fc.stringMatching(/^[ !#-[\]-~äß漢😀]{1,60}$/u);
const optional = fc.option(text);
/** Ids of digits that end in `.0` are not scanned. */
const id = fc.option(text.map((given) => `${given}x`));
const event = fc.record({
  eventId: fc.stringMatching(/^[a-z0-9-]{1,40}$/),
  eventTimeMs: fc.integer({ min: 0, max: Date.UTC(2199, 11, 31) }),
  eventType: fc.constantFrom(...BUILT_IN_EVENT_TYPES),
  source: fc.constantFrom(undefined, 'shop', 'bank_2'),
  userId: id,
  anonymousId: id.map((given) => given ?? 'somebody'),
  sessionId: optional,
  pageUrl: text,
  productId: text.map((given) => `${given}x`),
  orderId: text.map((given) => `${given}x`),
  deviceType: optional.map((given) => given?.slice(0, 10).toWellFormed() ?? null),
  searchQuery: text,
  country: fc.constantFrom(null, 'DE'),
  referrer: optional,
  utmSource: optional,
  utmMedium: optional,
  utmCampaign: optional,
});

function written(write: (writer: RowBinaryWriter) => void): Buffer {
  const writer = new RowBinaryWriter(16);
  write(writer);
  return writer.take();
}

test('writes the row that is made of the event when it is read as a whole', () => {
  const scanner = new WebEventScanner();
  const position = fc.record({
    partition: fc.nat({ max: 1_000 }),
    offset: fc.maxSafeNat(),
    kafkaTimeMs: fc.integer({ min: 0, max: 2 ** 42 }),
  });
  fc.assert(
    fc.property(event, position, ({ source, ...given }, at) => {
      const body = Buffer.from(encodeMessage({ ...given, ...(source === undefined ? {} : { source }) }));
      expect(scanner.scan(body)).toBe(true);
      const read = parseWebEvent(JSON.parse(body.toString()), DEFAULT_POLICY);
      const expected = written((writer) => encodeWebEvent(writer, must(read.ok ? read.value : undefined, 'valid'), at));
      expect(written((writer) => encodeScannedEvent(writer, scanner, at))).toEqual(expected);
    }),
    { numRuns: 500 },
  );
});
