import { createRequire } from 'node:module';
import fc from 'fast-check';
import { expect, test } from 'vitest';
import { toChunk } from './consumed-message.ts';
import { decodeBatch, FetchedMessages } from './record-batches.ts';
import './client.ts';

interface Encoded {
  readonly buffer: Buffer;
}

interface DriverMessage {
  readonly offset: string;
  readonly timestamp: string;
  readonly key: Buffer | null;
  readonly value: Buffer | null;
  readonly headers: Record<string, unknown>;
  readonly isControlRecord: boolean;
  readonly magicByte: number;
  readonly attributes: number;
  readonly batchContext: { readonly producerId: string; readonly inTransaction: boolean };
}

const require = createRequire(import.meta.url);
const DECODER = 'kafkajs/src/protocol/recordBatch/v0/decoder.js';
const BATCH = 'kafkajs/src/consumer/batch.js';
const Decoder = require('kafkajs/src/protocol/decoder.js') as new (bytes: Buffer) => never;
const encodeRecord = require('kafkajs/src/protocol/recordBatch/record/v0/index.js') as (input: object) => Encoded;
const { RecordBatch: encodeBatch } = require('kafkajs/src/protocol/recordBatch/v0/index.js') as {
  RecordBatch: (input: object) => Promise<Encoded>;
};

/** The driver's own: its module is loaded once more, beside the one that was replaced. */
function driverOwn(name: string): unknown {
  const path = require.resolve(name);
  const replaced = require.cache[path];
  delete require.cache[path];
  try {
    return require(path);
  } finally {
    if (replaced !== undefined) require.cache[path] = replaced;
  }
}

const driverDecode = driverOwn(DECODER) as (decoder: never) => Promise<{ records: DriverMessage[] }>;
const DriverBatch = driverOwn(BATCH) as typeof FetchedMessages;

const bytes = fc.uint8Array({ maxLength: 300 }).map((array) => Buffer.from(array));
const text = fc.string({ unit: 'grapheme', maxLength: 80 });
const headers = fc.dictionary(
  text.filter((name) => !(name in {})),
  fc.oneof(text, fc.array(text, { maxLength: 3 })),
  { maxKeys: 3, noNullPrototype: true },
);
const record = fc.record({
  key: fc.option(bytes),
  value: fc.option(bytes),
  timestampDelta: fc.oneof(fc.constant(0), fc.integer(), fc.integer({ min: -(2 ** 40), max: 2 ** 40 })),
  gap: fc.oneof({ weight: 5, arbitrary: fc.constant(1) }, fc.integer({ min: 1, max: 100_000 })),
  /** Which of the batch's sets of headers. */
  headers: fc.nat({ max: 1 }),
});
const batch = fc.record({
  records: fc.array(record, { maxLength: 6 }),
  headers: fc.tuple(headers, headers),
  firstTimestamp: fc.integer({ min: 0, max: 2 ** 42 }),
  maxTimestamp: fc.integer({ min: 0, max: 2 ** 42 }),
  compression: fc.constantFrom(0, 1, 3),
  /** Append time, transactional, control. */
  flags: fc.constantFrom(0, 0x8, 0x10, 0x18, 0x20, 0x38),
  producerId: fc.constantFrom(-1, 7, 2 ** 40),
});
type Batch = typeof batch extends fc.Arbitrary<infer T> ? T : never;

const ATTRIBUTES_AT = 21;

async function encode(input: Batch, firstOffset: number): Promise<Buffer> {
  let offsetDelta = -1;
  const records = input.records.map(({ gap, headers: set, ...rest }) => {
    offsetDelta += gap;
    return encodeRecord({ ...rest, offsetDelta, headers: input.headers[set] });
  });
  const { buffer } = await encodeBatch({ ...input, firstOffset, lastOffsetDelta: offsetDelta, records });
  const encoded = Buffer.from(buffer);
  encoded.writeInt16BE(encoded.readInt16BE(ATTRIBUTES_AT) | input.flags, ATTRIBUTES_AT);
  return encoded;
}

function plain(message: DriverMessage): object {
  const { producerId, inTransaction } = message.batchContext;
  const { offset, timestamp, key, value, isControlRecord, magicByte, attributes } = message;
  const shown = Object.fromEntries(Object.entries(message.headers));
  return {
    offset,
    timestamp,
    key,
    value,
    headers: shown,
    isControlRecord,
    magicByte,
    attributes,
    producerId,
    inTransaction,
  };
}

const plainOf = (messages: readonly unknown[]): object[] => messages.map((message) => plain(message as DriverMessage));

test('the driver uses this decoder and these batches', () => {
  expect(require.cache[require.resolve(DECODER)]?.exports).toBe(decodeBatch);
  expect(require.cache[require.resolve(BATCH)]?.exports).toBe(FetchedMessages);
  expect(driverDecode).not.toBe(decodeBatch);
  expect(DriverBatch).not.toBe(FetchedMessages);
});

test('reads of a batch what the driver reads', async () => {
  await fc.assert(
    fc.asyncProperty(batch, fc.integer({ min: 0, max: 2 ** 45 }), async (input, firstOffset) => {
      const encoded = await encode(input, firstOffset);
      const ours = await decodeBatch(new Decoder(encoded));
      const { records } = await driverDecode(new Decoder(encoded));
      expect(plainOf(ours.records)).toEqual(plainOf(records));
      expect(records).toHaveLength(input.records.length);
    }),
    { numRuns: 500 },
  );
});

test('hands out the messages of a fetch that the driver hands out', async () => {
  const aborted = fc.array(
    fc.record({ producerId: fc.constantFrom('7', '-1'), firstOffset: fc.constantFrom('0', '3') }),
    {
      maxLength: 2,
    },
  );
  await fc.assert(
    fc.asyncProperty(
      fc.array(batch, { maxLength: 3 }),
      fc.nat({ max: 8 }),
      aborted,
      async (batches, from, transactions) => {
        const data = { partition: 1, highWatermark: '1000000', abortedTransactions: transactions };
        const [ours, drivers] = await Promise.all([
          decodeAll(batches, (decoder) => decodeBatch(decoder) as Promise<{ records: readonly never[] }>),
          decodeAll(batches, (decoder) => driverDecode(decoder) as Promise<{ records: never[] }>),
        ]);
        const got = new FetchedMessages('topic', String(from), { ...data, messages: ours });
        const expected = new DriverBatch('topic', String(from), { ...data, messages: drivers });
        expect(plainOf(got.messages)).toEqual(plainOf(expected.messages));
        expect(toChunk(got as never)).toEqual(toChunk(expected as never));
        const answers = [
          'isEmpty',
          'isEmptyIncludingFiltered',
          'isEmptyDueToFiltering',
          'isEmptyControlRecord',
        ] as const;
        for (const name of [...answers, 'isEmptyDueToLogCompactedMessages', 'firstOffset', 'lastOffset', 'offsetLag'])
          expect([name, call(got, name)]).toEqual([name, call(expected, name)]);
      },
    ),
    { numRuns: 500 },
  );
});

async function decodeAll(
  batches: readonly Batch[],
  decode: (decoder: never) => Promise<{ records: readonly never[] }>,
): Promise<never[]> {
  const messages: never[] = [];
  let firstOffset = 0;
  for (const input of batches) {
    messages.push(...(await decode(new Decoder(await encode(input, firstOffset)))).records);
    firstOffset += input.records.reduce((sum, { gap }) => sum + gap, 0);
  }
  return messages;
}

function call(target: object, name: string): unknown {
  return (target as Record<string, () => unknown>)[name]?.();
}

const one: Batch = {
  records: [{ key: null, value: Buffer.from('value'), timestampDelta: 0, gap: 1, headers: 0 }],
  headers: [{ a: '1' }, {}],
  firstTimestamp: 1,
  maxTimestamp: 2,
  compression: 0,
  flags: 0,
  producerId: -1,
};

test('a batch that was cut off is dropped as the driver drops it', async () => {
  const encoded = await encode(one, 5);
  await expect(decodeBatch(new Decoder(encoded.subarray(0, -1)))).rejects.toMatchObject({
    name: 'KafkaJSPartialMessageError',
  });
});

test('a damaged batch is refused, not read as something else', async () => {
  const encoded = await encode(one, 5);
  // The length of the first record, after the header of the batch.
  encoded[61] = 126;
  await expect(decodeBatch(new Decoder(encoded))).rejects.toMatchObject({ code: 'BATCH_DAMAGED' });
});

test('a header named as a property of every object, and one without a value', async () => {
  const encoded = await encode({ ...one, headers: [{ constructor: '1', ['__proto__']: '2', none: '' }, {}] }, 5);
  // The empty value becomes none: a length of -1.
  encoded[encoded.length - 1] = 1;
  const { records } = await decodeBatch(new Decoder(encoded));
  const fetched = new FetchedMessages('topic', '0', {
    partition: 0,
    highWatermark: '6',
    abortedTransactions: [],
    messages: records,
  } as never);
  expect(toChunk(fetched as never).messages[0]?.headers).toMatchObject({ constructor: '1' });
  expect(toChunk(fetched as never).messages[0]?.headers['none']).toBeUndefined();
});
