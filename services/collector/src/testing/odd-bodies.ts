import { gzipSync } from 'node:zlib';
import { must, type SeededRandom } from '@ebb/core';
import { pageView } from './events.ts';

/** One odd request and what is documented for it. */
export interface OddBody {
  kind: string;
  headers: Record<string, string>;
  body: Buffer;
  /** Status of the whole request. */
  status: number;
  /** Code of the refusal, or of the one rejected event of a 202; null when the event is taken. */
  code: string | null;
}

type Make = (random: SeededRandom) => Omit<OddBody, 'kind' | 'headers'> & { headers?: Record<string, string> };

const NDJSON = { 'content-type': 'application/x-ndjson' };
const GZIP = { 'content-encoding': 'gzip' };
const TEN_MEGABYTES = 10_000_000;

function text(
  value: string,
  status: number,
  code: string | null,
): { body: Buffer; status: number; code: string | null } {
  return { body: Buffer.from(value), status, code };
}

function json(value: unknown, code: string | null): { body: Buffer; status: number; code: string | null } {
  return text(JSON.stringify(value), 202, code);
}

/** Splices JSON that no JavaScript value has into an event: `"<field>": <raw>`. */
function withRaw(field: string, raw: string): string {
  return JSON.stringify(pageView()).replace(/\}$/, `,"${field}":${raw}}`);
}

function randomBytes(random: SeededRandom, length: number): Buffer {
  return Buffer.from(Array.from({ length }, () => random.int(256)));
}

const WRONG_VALUES: readonly unknown[] = [42, true, ['x'], { x: 1 }, -1.5, [], {}];
const TEXT_FIELDS = [
  'user_id',
  'session_id',
  'page_url',
  'search_query',
  'device_type',
  'utm_source',
  'country',
  'source',
];
const NOT_JSON = [
  '{"a":NaN}',
  '[Infinity]',
  '{a:1}',
  "{'a':1}",
  '{"a":1,}',
  '[1,2',
  '{"a":01}',
  '// x\n{}',
  '{"a":undefined}',
  '\u0000',
];
const WRONG_TYPES = [
  'application/xml',
  'multipart/form-data',
  'image/png',
  'application/json; charset=utf-16',
  'x',
  'text/html',
];

/** Every kind of oddness, with its documented answer. */
const KINDS: Readonly<Record<string, Make>> = {
  'wrong type of a field': (random) =>
    json(pageView({ [random.pick(TEXT_FIELDS)]: random.pick(WRONG_VALUES) }), 'invalid_field'),
  'missing time': () => json(pageView({ event_timestamp: undefined }), 'missing_field'),
  'impossible time': (random) =>
    json(
      pageView({ event_timestamp: random.pick(['yesterday', '2026-02-30T00:00:00Z', '2026-01-01T00:00:00', '99']) }),
      'invalid_timestamp',
    ),
  'a scalar as body': (random) => text(random.pick(['42', 'null', '"x"', 'true', '-0.0']), 400, 'invalid_body'),
  'a scalar as event': (random) => json([random.pick([1, 'x', false, []])], 'not_an_object'),
  nothing: (random) => text(random.pick(['', ' ', '\n\n', '\t']), 400, 'invalid_body'),
  'deep array': (random) => {
    const depth = 1_000 + random.int(200_000);
    return text('['.repeat(depth) + ']'.repeat(depth), 202, 'not_an_object');
  },
  'deep properties': (random) => {
    const depth = 50 + random.int(50_000);
    return text(withRaw('properties', `${'{"a":'.repeat(depth)}1${'}'.repeat(depth)}`), 202, 'invalid_properties');
  },
  'unclosed nesting': (random) => text('['.repeat(1 + random.int(300_000)), 400, 'invalid_json'),
  'prototype keys': (random) =>
    text(
      withRaw(random.pick(['__proto__', 'constructor', 'hasOwnProperty']), '{"polluted":true,"toString":1}'),
      202,
      null,
    ),
  'prototype keys in properties': () => text(withRaw('properties', '{"__proto__":{"polluted":true}}'), 202, null),
  'prototype key as event type': (random) =>
    json(pageView({ event_type: random.pick(['__proto__', 'constructor', 'toString']) }), 'unknown_event_type'),
  'NUL in a text': (random) => json(pageView({ [random.pick(['user_id', 'page_url'])]: 'a\0b' }), 'invalid_text'),
  'half a surrogate pair': () => text(withRaw('user_id', String.raw`"\ud800x"`), 202, 'invalid_text'),
  'raw control characters': () => text('{"event_id":"a\u0001b"}', 400, 'invalid_json'),
  'invalid UTF-8': (random) => {
    const body = Buffer.from(JSON.stringify(pageView()));
    body[20 + random.int(body.length - 40)] = 0x80 + random.int(0x7f);
    return { body, status: 400, code: 'invalid_utf8' };
  },
  'random bytes': (random) => ({
    body: Buffer.concat([Buffer.from([0xff]), randomBytes(random, 1 + random.int(5_000))]),
    status: 400,
    code: 'invalid_utf8',
  }),
  'not JSON': (random) => text(random.pick(NOT_JSON), 400, 'invalid_json'),
  'cut off JSON': (random) => {
    const whole = JSON.stringify(pageView());
    return text(whole.slice(0, 1 + random.int(whole.length - 1)), 400, 'invalid_json');
  },
  'infinite number': () => text(withRaw('properties', '{"n":1e999}'), 202, 'invalid_properties'),
  'too long id': (random) => json(pageView({ user_id: 'x'.repeat(129 + random.int(10_000)) }), 'invalid_field'),
  'too big properties': (random) =>
    json(pageView({ properties: { x: 'y'.repeat(8_200 + random.int(90_000)) } }), 'properties_too_large'),
  'ten megabytes': () => ({ body: Buffer.alloc(TEN_MEGABYTES, 0x20), status: 413, code: 'body_too_large' }),
  'a little too large': (random) => ({
    body: Buffer.alloc(1_000_001 + random.int(9), 0x20),
    status: 413,
    code: 'body_too_large',
  }),
  'too many events': (random) =>
    text(`[${Array.from({ length: 1_001 + random.int(500) }, () => '{}').join(',')}]`, 413, 'too_many_events'),
  'too many lines': () => ({ ...text('{}\n'.repeat(1_001), 413, 'too_many_events'), headers: NDJSON }),
  'gzip bomb': (random) => ({
    body: gzipSync(Buffer.alloc(2_000_000 + random.int(20_000_000), random.int(256))),
    status: 413,
    code: 'compression_ratio',
    headers: GZIP,
  }),
  'cut off gzip': (random) => {
    const zipped = gzipSync(JSON.stringify(pageView()));
    return {
      body: zipped.subarray(0, 1 + random.int(zipped.length - 1)),
      status: 400,
      code: 'invalid_encoding',
      headers: GZIP,
    };
  },
  'gzip that is none': () => ({ ...text(JSON.stringify(pageView()), 400, 'invalid_encoding'), headers: GZIP }),
  'gzip that is not announced': () => ({
    body: gzipSync(JSON.stringify(pageView())),
    status: 400,
    code: 'invalid_utf8',
  }),
  'wrong content type': (random) => ({
    ...text(JSON.stringify(pageView()), 415, 'unsupported_media_type'),
    headers: { 'content-type': random.pick(WRONG_TYPES) },
  }),
  'wrong content encoding': (random) => ({
    ...text(JSON.stringify(pageView()), 415, 'unsupported_media_type'),
    headers: { 'content-encoding': random.pick(['br', 'deflate', 'zstd', 'gzip, gzip']) },
  }),
  'a line that is no JSON': (random) => ({
    ...text(`${random.pick(['{', 'x', '{"a":NaN}', '\u0000'])}\n`, 202, 'malformed_json'),
    headers: NDJSON,
  }),
  'byte order mark': () => text(`\uFEFF${JSON.stringify(pageView())}`, 202, null),
  'repeated keys': () => text(withRaw('event_type', '"page_view"'), 202, null),
};

export const ODD_KINDS = Object.keys(KINDS);

/** The same seed gives the same oddness; every kind comes round equally often. */
export function oddBody(index: number, random: SeededRandom): OddBody {
  const kind = must(ODD_KINDS[index % ODD_KINDS.length], 'no kinds');
  const make = must(KINDS[kind], kind);
  return { kind, headers: {}, ...make(random) };
}
