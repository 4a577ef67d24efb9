import fc from 'fast-check';
import { expect, test } from 'vitest';
import { Partitioners } from './kafkajs.ts';
import { keyPartitioner, murmur2 } from './partitioner.ts';

const partitionMetadata = Array.from({ length: 12 }, (_, partitionId) => ({
  partitionErrorCode: 0,
  partitionId,
  leader: 1,
  replicas: [1],
  isr: [1],
}));

test('keys go where the default partitioner puts them', () => {
  const ours = keyPartitioner();
  const theirs = Partitioners.DefaultPartitioner();
  const key = fc.oneof(
    fc.string({ unit: 'grapheme' }),
    fc.uint8Array().map((bytes) => Buffer.from(bytes)),
    fc.uuid(),
  );
  fc.assert(
    fc.property(key, (key) => {
      const args = { topic: 't', partitionMetadata, message: { key, value: null } };
      expect(ours(args)).toBe(theirs(args));
    }),
    { numRuns: 2_000 },
  );
});

/** From the tests of Kafka's Java client. */
test.each([
  ['21', -973932308],
  ['foobar', -790332482],
  ['a-little-bit-long-string', -985981536],
  ['a-little-bit-longer-string', -1486304829],
  ['lkjh234lh9fiuh90y23oiuhsafujhadof229phr9h19h89h8', -58897971],
  ['abc', 479470107],
])('murmur2 of %s', (text, hash) => {
  expect(murmur2(Buffer.from(text))).toBe(hash);
});

test('a message without a key, or with a partition of its own, is left to the driver', () => {
  const ours = keyPartitioner();
  expect(ours({ topic: 't', partitionMetadata, message: { key: null, value: null } })).toBeTypeOf('number');
  expect(ours({ topic: 't', partitionMetadata, message: { key: 'a', value: null, partition: 7 } })).toBe(7);
});
