import { isDeepStrictEqual } from 'node:util';
import fc from 'fast-check';
import { expect, test } from 'vitest';
import { acceptWebMessage, type EventMessage, scanWebMessage } from '../accept.ts';
import { encodeWebEvent } from '../encode-web-event.ts';
import { DEFAULT_SOURCE, LIMITS } from '../limits.ts';
import { DEFAULT_POLICY, PolicyBook } from '../policy.ts';
import { HEADERS } from '../topics.ts';
import { type WebEvent, webEventWireSchema } from '../web-event.ts';
import { BUILT_IN_EVENT_TYPES } from '../web-event-rules.ts';
import { SCANNED, SCANNED_SCHEMA_VERSION, WebEventScanner } from './web-event-scanner.ts';

const NOW = Date.UTC(2026, 10, 21, 12);
const custom = { video_play: { properties: {} } };
const book = new PolicyBook([{ ...DEFAULT_POLICY, customTypes: custom }]);
const messageOf = (value: Buffer | null, headers = {}): EventMessage => ({ value, timestampMs: NOW, headers });

/** One for all: whatever a message leaves behind must not show in the next. */
const scanner = new WebEventScanner();

function scanned(): WebEvent {
  const text = (field: number): string | null =>
    scanner.has(field)
      ? Buffer.from(scanner.source.buffer).toString('utf8', scanner.starts[field], scanner.ends[field])
      : null;
  const userId = text(SCANNED.user_id);
  const anonymousId = text(SCANNED.anonymous_id);
  return {
    source: text(SCANNED.source) ?? DEFAULT_SOURCE,
    userKey: userId ?? anonymousId ?? '',
    eventId: text(SCANNED.event_id) ?? '',
    eventTimeMs: scanner.eventTimeMs,
    day: new Date(scanner.eventTimeMs).toISOString().slice(0, 10),
    eventType: text(SCANNED.event_type) ?? '',
    userId,
    anonymousId,
    sessionId: text(SCANNED.session_id),
    pageUrl: text(SCANNED.page_url),
    productId: text(SCANNED.product_id),
    orderId: text(SCANNED.order_id),
    deviceType: text(SCANNED.device_type),
    searchQuery: text(SCANNED.search_query),
    referrer: text(SCANNED.referrer),
    utmSource: text(SCANNED.utm_source),
    utmMedium: text(SCANNED.utm_medium),
    utmCampaign: text(SCANNED.utm_campaign),
    country: text(SCANNED.country),
    properties: null,
    extra: null,
    schemaVersion: SCANNED_SCHEMA_VERSION,
  };
}

/** What the scanner took must be what the schema and the rules give. */
function outcome(value: Buffer | null, headers = {}): 'left' | 'right' | 'wrong' {
  const message = messageOf(value, headers);
  if (!scanWebMessage(scanner, message, book)) return 'left';
  const taken = { kind: 'accepted', event: scanned() };
  return isDeepStrictEqual(taken, acceptWebMessage(message, book)) ? 'right' : 'wrong';
}

const wide = fc.string({ unit: 'grapheme', maxLength: 30 });
const usual = fc.stringMatching(/^[ !#-[\]-~]{1,40}$/);
const lengths = [...new Set(Object.values(LIMITS))].filter((limit) => limit > 0 && limit <= LIMITS.url);
const around = fc.constantFrom(...lengths.flatMap((length) => [length - 1, length, length + 1]));
const time = fc
  .date({ min: new Date(NOW - 9 * 86_400_000), max: new Date(NOW + 600_000), noInvalidDate: true })
  .map((date) => date.toISOString());
const odd = fc.constantFrom(
  '',
  '12.0',
  '1.0',
  '.0',
  'v1.0',
  'A',
  'shop_2',
  'a"b',
  '\\',
  '\0',
  '\u001F',
  '\u007F',
  'null',
);
const zones = fc.constantFrom(
  '2026-11-21T10:00:00Z',
  '2026-11-21T10:00:00.1Z',
  '2026-11-21T23:59:59.999Z',
  '2026-11-21T24:00:00.000Z',
  '2026-11-21T10:60:00.000Z',
  '2026-11-21T10:00:60.000Z',
  '2026-11-21T1a:00:00.000Z',
  '2026-11-21 10:00:00.000Z',
  '2026-11-21T10:00:00.00aZ',
  '2026-11-20T23:59:59+00:30',
  '2026-11-21T00:30:00-01:0',
  '2026-02-30T10:00:00.000Z',
  '1969-12-31T23:59:59.999Z',
);
const text = fc.oneof(
  { weight: 4, arbitrary: usual },
  wide,
  odd,
  zones,
  time,
  fc.string({ unit: 'binary', maxLength: 8 }),
  around.map((length) => 'x'.repeat(length)),
  around.map((length) => 'ä'.repeat(Math.ceil(length / 2))),
  fc.constantFrom(...BUILT_IN_EVENT_TYPES, 'video_play'),
);
const value = fc.oneof({ weight: 8, arbitrary: text }, fc.constantFrom(null, 1, 2, 0, 1.5, true, {}, { a: 1 }, []));

const plainFields = {
  event_id: usual,
  event_timestamp: time,
  event_type: fc.constantFrom(...BUILT_IN_EVENT_TYPES),
  user_id: usual,
  session_id: usual,
  page_url: usual,
  product_id: usual,
  order_id: usual,
  search_query: usual,
};
const plain = fc.record(plainFields, { noNullPrototype: true });
const fields = Object.keys(webEventWireSchema.shape);
const changes = fc.dictionary(fc.constantFrom(...fields, 'unknown', '__proto__'), value, {
  maxKeys: 4,
  noNullPrototype: true,
});

test('whatever it takes is what acceptance makes of it', () => {
  let taken = 0;
  let left = 0;
  fc.assert(
    fc.property(plain, changes, fc.boolean(), (base, changed, isReversed) => {
      const entries = Object.entries({ ...base, ...changed });
      const body = JSON.stringify(Object.fromEntries(isReversed ? entries.toReversed() : entries));
      const made = outcome(Buffer.from(body));
      expect(made).not.toBe('wrong');
      if (made === 'right') taken += 1;
      else left += 1;
    }),
    { numRuns: 5_000 },
  );
  // Both ways were tried, often.
  expect(Math.min(taken, left)).toBeGreaterThan(500);
});

test.each([{}, { event_timestamp: null }, { event_timestamp: '' }])(
  'takes no time from the event before: %j',
  (none) => {
    const event_timestamp = new Date(NOW).toISOString();
    const short = { event_id: 'b', event_type: 'page_view', user_id: 'u', page_url: '/' };
    const long = { ...short, page_url: `/${'x'.repeat(200)}`, event_timestamp };
    expect(outcome(Buffer.from(JSON.stringify(long)))).toBe('right');
    expect(outcome(Buffer.from(JSON.stringify({ ...short, ...none })))).toBe('left');
  },
);

test.each(fields)('each field alone: %s', (field) => {
  fc.assert(
    fc.property(plain, value, (base, changed) => {
      expect(outcome(Buffer.from(JSON.stringify({ ...base, [field]: changed })))).not.toBe('wrong');
    }),
    { numRuns: 500 },
  );
});

test('damaged, cut and doubled messages, and those with blanks', () => {
  fc.assert(
    fc.property(plain, fc.nat(), fc.uint8Array({ maxLength: 3 }), (base, place, inserted) => {
      const body = Buffer.from(JSON.stringify(base));
      const at = place % body.length;
      const damaged = [
        Buffer.concat([body.subarray(0, at), inserted, body.subarray(at)]),
        Buffer.concat([body.subarray(0, at), inserted, body.subarray(at + inserted.length)]),
        body.subarray(0, at),
        Buffer.concat([body, body.subarray(at)]),
        Buffer.from(JSON.stringify(base, null, 1)),
        Buffer.concat([body.subarray(0, -1), Buffer.from(','), body.subarray(1)]),
      ];
      for (const one of damaged) expect([one.toString(), outcome(one)]).not.toContain('wrong');
    }),
    { numRuns: 1_000 },
  );
});

test('a field that is repeated counts as it stands last', () => {
  fc.assert(
    fc.property(plain, fc.constantFrom(...fields), value, (base, field, repeated) => {
      const body = `${JSON.stringify(base).slice(0, -1)},${JSON.stringify({ [field]: repeated }).slice(1)}`;
      expect([body, outcome(Buffer.from(body))]).not.toContain('wrong');
    }),
    { numRuns: 1_000 },
  );
});

test('takes every event that our senders write, unless it has parts of a form of its own', () => {
  fc.assert(
    fc.property(plain, usual, usual, (base, id, country) => {
      // Ids of digits alone may end in `.0`, which is cut off.
      const idOf = (given: string): string => `i${given}x`;
      const event = {
        eventId: base.event_id,
        eventTimeMs: Math.min(Date.parse(base.event_timestamp), NOW),
        eventType: base.event_type,
        anonymousId: idOf(id),
        pageUrl: base.page_url,
        productId: idOf(base.product_id),
        orderId: idOf(base.order_id),
        searchQuery: base.search_query,
        country,
      };
      expect(outcome(Buffer.from(encodeWebEvent(event)))).toBe('right');
      expect(outcome(Buffer.from(encodeWebEvent({ ...event, properties: '{"a":1}' })))).toBe('left');
      expect(outcome(Buffer.from(encodeWebEvent({ ...event, extra: '{"a":1}' })))).toBe('left');
    }),
  );
});

const sent = Buffer.from(encodeWebEvent({ eventId: 'e', eventTimeMs: NOW, eventType: 'login', userId: 'u' }));

test('leaves to acceptance what does not count', () => {
  const late = { eventId: 'e', eventTimeMs: NOW + 360_000, eventType: 'login', userId: 'u' };
  expect(outcome(sent)).toBe('right');
  expect(outcome(null)).toBe('left');
  expect(outcome(Buffer.alloc(0))).toBe('left');
  expect(outcome(Buffer.from(encodeWebEvent(late)))).toBe('left');
  expect(outcome(sent, { [HEADERS.policy]: '1' })).toBe('right');
  for (const stamp of ['2', '01', '', '1.0']) expect(outcome(sent, { [HEADERS.policy]: stamp })).toBe('left');
});

test('a replay may be of any time back', () => {
  const old = { eventId: 'e', eventTimeMs: Date.UTC(1970, 0, 1), eventType: 'login', userId: 'u' };
  expect(outcome(Buffer.from(encodeWebEvent(old)))).toBe('left');
  expect(outcome(Buffer.from(encodeWebEvent(old)), { [HEADERS.replay]: '1' })).toBe('right');
});

test('a message that fills its buffer to the end, and one byte more', () => {
  const padded = (bytes: number): Buffer => {
    const base = { ...JSON.parse(sent.toString()), page_url: '', referrer: '' } as Record<string, string>;
    const room = bytes - Buffer.byteLength(JSON.stringify(base));
    const half = Math.floor(room / 2);
    return Buffer.from(JSON.stringify({ ...base, page_url: 'x'.repeat(half), referrer: 'x'.repeat(room - half) }));
  };
  expect(outcome(padded(4_000))).toBe('right');
  expect(outcome(padded(16_384))).toBe('left');
  expect(outcome(padded(16_385))).toBe('left');
  expect(outcome(Buffer.from('{"event_id":"'.padEnd(16_384, 'x')))).toBe('left');
});
