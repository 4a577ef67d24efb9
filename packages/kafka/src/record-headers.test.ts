import { createRequire } from 'node:module';
import fc from 'fast-check';
import { expect, test } from 'vitest';
import { type Encoder, encodeRecord, type RecordInput } from './record-headers.ts';

const require = createRequire(import.meta.url);
const path = require.resolve('kafkajs/src/protocol/recordBatch/record/v0/index.js');

/** The driver's own encoder: its module is loaded once more, beside the one that was replaced. */
function driverEncoder(): (input: RecordInput) => Encoder {
  const replaced = require.cache[path];
  delete require.cache[path];
  try {
    return require(path) as (input: RecordInput) => Encoder;
  } finally {
    if (replaced !== undefined) require.cache[path] = replaced;
  }
}

test('the driver uses this encoder', () => {
  expect(require.cache[path]?.exports).toBe(encodeRecord);
});

test('gives the same bytes as the driver, also when the same headers are used again', () => {
  const original = driverEncoder();
  expect(original).not.toBe(encodeRecord);
  const text = fc.string({ unit: 'grapheme', maxLength: 600 });
  const value = fc.option(
    fc.oneof(
      text,
      fc.uint8Array({ maxLength: 600 }).map((bytes) => Buffer.from(bytes)),
    ),
  );
  const headers = fc.dictionary(text, fc.oneof(text, fc.array(text, { maxLength: 3 })), { maxKeys: 4 });
  fc.assert(
    fc.property(fc.array(fc.tuple(value, value, fc.nat()), { maxLength: 4 }), headers, (records, shared) => {
      for (const [key, body, offsetDelta] of records) {
        const input = { key, value: body, headers: shared, offsetDelta, timestampDelta: offsetDelta % 100_000 };
        expect(encodeRecord(input).buffer.equals(original(input).buffer)).toBe(true);
      }
    }),
    { seed: 20_261_121 },
  );
});
