import { isDeepStrictEqual } from 'node:util';
import fc from 'fast-check';
import { expect, test } from 'vitest';
import { acceptPurchaseMessage, acceptWebMessage, type Acceptance, type EventMessage } from './accept.ts';
import { makeDeadLetter, encodeDeadLetter, parseDeadLetter } from './dead-letter.ts';
import { DEFAULT_POLICY, PolicyBook } from './policy.ts';
import { purchaseEventWireSchema } from './purchase-event.ts';
import { parseReceipt } from './receipt.ts';
import { REJECTION_CODES } from './rejection.ts';
import { isStorableText } from './text.ts';
import { webEventWireSchema } from './web-event.ts';

const book = new PolicyBook([
  { ...DEFAULT_POLICY, customTypes: { video_play: { properties: { s: { type: 'number', required: true } } } } },
]);
const kafkaTimeMs = Date.UTC(2026, 10, 21, 10);

const messageOf = (value: Buffer | null, headers = {}): EventMessage => ({ value, timestampMs: kafkaTimeMs, headers });

/** What is wrong with an answer: whatever the message, it is one of two kinds, and storable throughout. */
function problemsOf(answer: Acceptance<object>): string[] {
  const problems: string[] = [];
  JSON.stringify(answer, (_key, value: unknown) => {
    if (typeof value === 'string' && !isStorableText(value)) problems.push(`unstorable text ${JSON.stringify(value)}`);
    return typeof value === 'bigint' ? value.toString() : value;
  });
  if (answer.kind === 'accepted') return problems;
  const { code, message, eventId } = answer.rejection;
  if (!Object.hasOwn(REJECTION_CODES, code)) problems.push(`unlisted code ${code}`);
  if (message.length > 1000) problems.push(`a message of ${message.length} characters`);
  if (eventId !== null && eventId.length > 64) problems.push(`an event id of ${eventId.length} characters`);
  return problems;
}

function problemsWith(body: Buffer | null, headers = {}): string[] {
  parseReceipt(body);
  parseDeadLetter(body);
  return [
    ...problemsOf(acceptWebMessage(messageOf(body, headers), book)),
    ...problemsOf(acceptPurchaseMessage(messageOf(body, headers), book)),
    ...(survivesAsDeadLetter(body) ? [] : ['the dead letter reads differently']),
  ];
}

function survivesAsDeadLetter(payload: Buffer | null): boolean {
  const text = payload?.toString() ?? '';
  const letter = makeDeadLetter({
    id: '0192f0c8-5f3a-7c11-8b4e-2f6a1d0c9b7e',
    service: 'stream-aggregator',
    kind: 'website',
    code: 'malformed_json',
    message: text,
    eventId: text,
    failedAtMs: kafkaTimeMs,
    payload,
  });
  return isDeepStrictEqual(parseDeadLetter(Buffer.from(encodeDeadLetter(letter))), { ok: true, value: letter });
}

test('any bytes', () => {
  fc.assert(
    fc.property(fc.uint8Array({ maxLength: 200 }), (bytes) => {
      expect(problemsWith(Buffer.from(bytes))).toEqual([]);
    }),
  );
});

const strings = fc.oneof(
  fc.string({ unit: 'binary' }),
  fc.constantFrom(
    '__proto__',
    'constructor',
    'toJSON',
    '\0',
    '\uD800',
    '',
    '2026-11-21T10:00:00Z',
    'page_view',
    '1e400',
  ),
);
const anyJson = fc.jsonValue({ stringUnit: 'binary', maxDepth: 3 });

/** An object of the schema's own field names, each with a likely or an arbitrary value. */
function nearMiss(fields: readonly string[]) {
  const value = fc.oneof(strings, anyJson, fc.integer(), fc.constant(null), fc.double());
  return fc.dictionary(fc.oneof({ weight: 5, arbitrary: fc.constantFrom(...fields) }, strings), value, {
    noNullPrototype: true,
  });
}

const validWeb = {
  event_id: 'e',
  event_timestamp: '2026-11-21T10:00:00Z',
  event_type: 'page_view',
  page_url: '/',
  user_id: 'u',
};
const validPurchase = {
  event_id: 'e',
  order_id: 'o',
  order_status: 'completed',
  purchase_time: '2026-11-21T10:00:00Z',
  status_time: '2026-11-21T10:00:00Z',
  currency: 'EUR',
  items: [{ product_id: 'p', quantity: 1, unit_price: '1' }],
  total_amount: '1',
};
const webFields = Object.keys(webEventWireSchema.shape);
const purchaseFields = Object.keys(purchaseEventWireSchema.shape);

test('web events with fields gone wrong', () => {
  fc.assert(
    fc.property(nearMiss(webFields), fc.boolean(), (wrong, based) => {
      expect(problemsWith(Buffer.from(JSON.stringify(based ? { ...validWeb, ...wrong } : wrong)))).toEqual([]);
    }),
    { numRuns: 1000 },
  );
});

test('purchase events with fields gone wrong', () => {
  fc.assert(
    fc.property(
      nearMiss(purchaseFields),
      nearMiss(['product_id', 'quantity', 'line_no', 'unit_price']),
      (wrong, item) => {
        expect(problemsWith(Buffer.from(JSON.stringify({ ...validPurchase, ...wrong })))).toEqual([]);
        expect(problemsWith(Buffer.from(JSON.stringify({ ...validPurchase, items: [item, item] })))).toEqual([]);
      },
    ),
    { numRuns: 500 },
  );
});

test('valid events with bytes gone wrong', () => {
  const texts = [JSON.stringify(validWeb), JSON.stringify(validPurchase)];
  fc.assert(
    fc.property(fc.constantFrom(...texts), fc.nat(), fc.uint8Array({ maxLength: 3 }), (text, at, bytes) => {
      const body = Buffer.from(text);
      expect(
        problemsWith(Buffer.concat([body.subarray(0, at % body.length), bytes, body.subarray(at % body.length)])),
      ).toEqual([]);
      expect(problemsWith(body.subarray(0, at % body.length))).toEqual([]);
    }),
    { numRuns: 500 },
  );
});

test('any headers', () => {
  const headers = fc.dictionary(
    fc.constantFrom('ebb-policy', 'ebb-replay'),
    fc.oneof(strings, fc.constantFrom('1', '0', '-1', '1e9', '01')),
  );
  fc.assert(
    fc.property(headers, (given) => {
      expect(problemsWith(Buffer.from(JSON.stringify(validWeb)), given)).toEqual([]);
    }),
  );
});

const deep = (depth: number) => `${'['.repeat(depth)}${']'.repeat(depth)}`;
const webWith = (field: string) => `${JSON.stringify(validWeb).slice(0, -1)},${field}}`;
const purchaseWith = (field: string) => `${JSON.stringify(validPurchase).slice(0, -1)},${field}}`;

test.each<[string, string | Buffer | null, string, string]>([
  ['no body', null, 'empty_message', 'empty_message'],
  ['an empty body', '', 'empty_message', 'empty_message'],
  ['blanks', '  ', 'malformed_json', 'malformed_json'],
  ['null', 'null', 'not_an_object', 'not_an_object'],
  ['a number', '7', 'not_an_object', 'not_an_object'],
  ['a text', '"x"', 'not_an_object', 'not_an_object'],
  ['an array', '[{}]', 'not_an_object', 'not_an_object'],
  ['NaN', 'NaN', 'malformed_json', 'malformed_json'],
  ['a NaN inside', webWith('"properties":{"a":NaN}'), 'malformed_json', 'malformed_json'],
  ['a byte order mark', `\uFEFF${JSON.stringify(validWeb)}`, 'malformed_json', 'malformed_json'],
  ['invalid UTF-8', Buffer.from([0x7b, 0x22, 0xff, 0x22, 0x7d]), 'invalid_utf8', 'invalid_utf8'],
  ['half a surrogate in UTF-8', Buffer.from([0x22, 0xed, 0xa0, 0x80, 0x22]), 'invalid_utf8', 'invalid_utf8'],
  ['an object nested a million deep', '{"a":'.repeat(1e5), 'malformed_json', 'malformed_json'],
  ['too many bytes', ' '.repeat(1_000_001), 'message_too_large', 'message_too_large'],
  ['a deep array', deep(400_000), 'not_an_object', 'not_an_object'],
  ['deep properties', webWith(`"properties":{"a":${deep(16)}}`), 'invalid_properties', 'missing_field'],
  ['properties as deep as allowed', webWith(`"properties":{"a":${deep(15)}}`), 'accepted', 'missing_field'],
  ['very deep properties', webWith(`"properties":{"a":${deep(100_000)}}`), 'invalid_properties', 'missing_field'],
  ['very deep unknown field', webWith(`"zzz":${deep(100_000)}`), 'invalid_properties', 'missing_field'],
  ['properties as an array', webWith('"properties":[]'), 'invalid_field', 'missing_field'],
  ['a number beyond a double', webWith('"properties":{"a":1e400}'), 'invalid_properties', 'missing_field'],
  ['an escaped NUL', webWith('"country":"\\u0000"'), 'invalid_text', 'missing_field'],
  ['an escaped NUL in a key', webWith('"properties":{"\\u0000":1}'), 'invalid_text', 'missing_field'],
  ['an escaped NUL in an unknown field', webWith('"zzz":["\\u0000"]'), 'invalid_text', 'missing_field'],
  ['an escaped NUL in the name of one', webWith('"\\u0000":1'), 'invalid_text', 'missing_field'],
  ['half a surrogate', webWith('"country":"\\ud800"'), 'invalid_text', 'missing_field'],
  ['an escaped NUL in the id', webWith('"event_id":"\\u0000"'), 'invalid_text', 'missing_field'],
  ['a prototype', webWith('"__proto__":{"user_id":"x","admin":true}'), 'accepted', 'missing_field'],
  [
    'a prototype in properties',
    webWith('"properties":{"__proto__":{"a":1},"constructor":1}'),
    'accepted',
    'missing_field',
  ],
  ['a field twice', webWith('"page_url":""'), 'missing_field', 'missing_field'],
  ['a toJSON field', webWith('"properties":{"toJSON":1}'), 'accepted', 'missing_field'],
  ['a purchase', JSON.stringify(validPurchase), 'missing_field', 'accepted'],
  [
    'a fraction of pieces',
    purchaseWith('"items":[{"product_id":"p","quantity":1.5,"unit_price":1}]'),
    'missing_field',
    'invalid_field',
  ],
  [
    'too many pieces',
    purchaseWith('"items":[{"product_id":"p","quantity":2147483648,"unit_price":1}]'),
    'missing_field',
    'invalid_field',
  ],
  ['five decimals', purchaseWith('"total_amount":"1.00001"'), 'missing_field', 'invalid_amount'],
  ['five decimals that are zeros', purchaseWith('"total_amount":"1.00000"'), 'missing_field', 'accepted'],
  ['five decimals in a number', purchaseWith('"total_amount":1.00001'), 'missing_field', 'invalid_amount'],
  ['an exponent', purchaseWith('"total_amount":"1e3"'), 'missing_field', 'invalid_amount'],
  ['17 digits', purchaseWith('"total_amount":"10000000000000000"'), 'missing_field', 'invalid_amount'],
  ['a huge number', purchaseWith('"total_amount":1e300'), 'missing_field', 'invalid_amount'],
  ['an infinite number', purchaseWith('"total_amount":1e999'), 'missing_field', 'invalid_field'],
  ['a thousand separator', purchaseWith('"total_amount":"1,000"'), 'missing_field', 'invalid_amount'],
  ['a small currency', purchaseWith('"currency":"eur"'), 'missing_field', 'invalid_field'],
  [
    'a line number twice',
    purchaseWith(
      '"items":[{"line_no":2,"product_id":"p","quantity":1,"unit_price":1},{"product_id":"p","quantity":1,"unit_price":1}]',
    ),
    'missing_field',
    'invalid_field',
  ],
  [
    'a purchase time ahead',
    purchaseWith('"purchase_time":"2026-11-21T10:06:00Z"'),
    'missing_field',
    'future_timestamp',
  ],
  [
    'a purchase long ago, changed now',
    purchaseWith('"purchase_time":"2001-01-01T00:00:00Z"'),
    'missing_field',
    'accepted',
  ],
  ['a status long ago', purchaseWith('"status_time":"2001-01-01T00:00:00Z"'), 'missing_field', 'older_than_retention'],
  ['NUL anywhere in a document', purchaseWith('"gift":{"card":"\\u0000"}'), 'missing_field', 'invalid_text'],
])('%s', (_, body, web, purchase) => {
  const value = typeof body === 'string' ? Buffer.from(body) : body;
  const codeOf = (answer: Acceptance<object>) => (answer.kind === 'accepted' ? 'accepted' : answer.rejection.code);
  expect(codeOf(acceptWebMessage(messageOf(value), book))).toBe(web);
  expect(codeOf(acceptPurchaseMessage(messageOf(value), book))).toBe(purchase);
});

test('odd keys are data: they neither change an object nor get lost', () => {
  const text = webWith('"__proto__":{"admin":true},"constructor":{"a":1},"properties":{"__proto__":{"polluted":1}}');
  const answer = acceptWebMessage(messageOf(Buffer.from(text)), book);
  expect(answer).toMatchObject({
    kind: 'accepted',
    event: { extra: '{"__proto__":{"admin":true},"constructor":{"a":1}}', properties: '{"__proto__":{"polluted":1}}' },
  });
  expect(({} as Record<string, unknown>)['admin']).toBeUndefined();
});
