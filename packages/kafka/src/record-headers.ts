import { createRequire } from 'node:module';

/**
 * The driver encodes the headers of every message anew, with a buffer of its own for each: for events with two headers
 * that is a third of the work of producing. Senders use the same few headers for thousands of messages, so their bytes
 * are kept here. Must be loaded before the driver, which then finds this in place of its own module.
 */

interface RecordHeader {
  key: string;
  value: string | Buffer;
}

type EncodeHeader = (header: RecordHeader) => object;

const HEADER_MODULE = 'kafkajs/src/protocol/recordBatch/header/v0/index.js';
/** Above this the headers are evidently not the same few. */
const MAX_KEPT = 1_000;

const require = createRequire(import.meta.url);
const encode = require(HEADER_MODULE) as EncodeHeader;
const kept = new Map<string, object>();

/** Encoders are only read by those who append them, so one may be appended many times. */
function encodeKept(header: RecordHeader): object {
  if (typeof header.value !== 'string') return encode(header);
  const name = `${header.key}\0${header.value}`;
  const found = kept.get(name);
  if (found !== undefined) return found;
  const encoded = encode(header);
  if (kept.size >= MAX_KEPT) kept.clear();
  kept.set(name, encoded);
  return encoded;
}

const cached = require.cache[require.resolve(HEADER_MODULE)];
if (cached !== undefined) cached.exports = encodeKept;
