import { createRequire } from 'node:module';

/**
 * The driver encodes the headers of every message anew, with a buffer of its own for each of them: for events with two
 * headers that is a third of the work of producing. Senders give the same headers object to all messages of a batch, so
 * its bytes are kept here with the object. Must be loaded before the driver, which then finds this function in place of
 * its own record encoder; the layout is Kafka's record, version 2, and the same as the driver's.
 */

export interface Encoder {
  readonly buffer: Buffer;
  writeVarInt(value: number): Encoder;
  writeInt8(value: number): Encoder;
  writeVarLong(value: unknown): Encoder;
  writeVarIntBytes(value: Buffer | string | null | undefined): Encoder;
  writeVarIntString(value: string): Encoder;
  writeBuffer(value: Buffer): Encoder;
}

interface EncoderClass {
  new (): Encoder;
  sizeOfVarInt(value: number): number;
  sizeOfVarLong(value: unknown): number;
  sizeOfVarIntBytes(value: Buffer | string | null | undefined): number;
}

type HeaderValue = Buffer | string | (Buffer | string)[];
type Headers = Readonly<Record<string, HeaderValue>>;

export interface RecordInput {
  offsetDelta?: number;
  timestampDelta?: unknown;
  key: Buffer | string | null;
  value: Buffer | string | null;
  headers?: Headers;
}

const require = createRequire(import.meta.url);
const Encoder = require('kafkajs/src/protocol/encoder.js') as EncoderClass;
const RECORD_MODULE = 'kafkajs/src/protocol/recordBatch/record/v0/index.js';
const NO_HEADERS: Headers = {};
const kept = new WeakMap<Headers, Buffer>();

function encodeHeaders(headers: Headers): Buffer {
  const pairs = Object.entries(headers).flatMap(([key, value]) =>
    (Array.isArray(value) ? value : [value]).map((one) => ({ key, value: one })),
  );
  const encoder = new Encoder().writeVarInt(pairs.length);
  for (const { key, value } of pairs) encoder.writeVarIntString(key).writeVarIntBytes(value);
  return encoder.buffer;
}

/** Headers must not be changed between their first message and their last; nobody has a reason to. */
function headerBytes(headers: Headers): Buffer {
  const found = kept.get(headers);
  if (found !== undefined) return found;
  const bytes = encodeHeaders(headers);
  kept.set(headers, bytes);
  return bytes;
}

export function encodeRecord(input: RecordInput): Encoder {
  const { offsetDelta = 0, timestampDelta = 0, key, value } = input;
  const headers = headerBytes(input.headers ?? NO_HEADERS);
  const size =
    1 +
    Encoder.sizeOfVarLong(timestampDelta) +
    Encoder.sizeOfVarInt(offsetDelta) +
    Encoder.sizeOfVarIntBytes(key) +
    Encoder.sizeOfVarIntBytes(value) +
    headers.length;
  return new Encoder()
    .writeVarInt(size)
    .writeInt8(0)
    .writeVarLong(timestampDelta)
    .writeVarInt(offsetDelta)
    .writeVarIntBytes(key)
    .writeVarIntBytes(value)
    .writeBuffer(headers);
}

const path = require.resolve(RECORD_MODULE);
require(path);
const loaded = require.cache[path];
if (loaded !== undefined) loaded.exports = encodeRecord;
