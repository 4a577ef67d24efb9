import { testKafka, uniqueName } from '@ebb/testing';
import { afterEach, describe, expect, it } from 'vitest';
import { createKafka, type KafkaHandle } from './client.ts';
import { createProducer, type Producer } from './producer.ts';
import { deleteTopics, ensureTopics, topicOffsets } from './topics.ts';

const kafka: KafkaHandle = createKafka({ brokers: testKafka().brokers, clientId: 'kafka-test' });
const topics: string[] = [];

async function newTopic(partitions = 2, config: Record<string, string> = {}): Promise<string> {
  const name = uniqueName('topic');
  topics.push(name);
  await ensureTopics(kafka, [{ name, partitions, replicationFactor: 1, config }]);
  return name;
}

afterEach(() => deleteTopics(kafka, topics.splice(0)));

async function withProducer<T>(
  options: Parameters<typeof createProducer>[1],
  fn: (p: Producer) => Promise<T>,
): Promise<T> {
  const producer = createProducer(kafka, options);
  await producer.connect();
  try {
    return await fn(producer);
  } finally {
    await producer.disconnect();
  }
}

async function messageCount(topic: string): Promise<bigint> {
  return (await topicOffsets(kafka, topic)).reduce((sum, row) => sum + row.high - row.low, 0n);
}

describe('ensureTopics', () => {
  it('creates, grows, re-configures and then leaves alone', async () => {
    const name = await newTopic(2, { 'retention.ms': '1000' });
    const wanted = { name, partitions: 3, replicationFactor: 1, config: { 'retention.ms': '2000' } };
    expect((await ensureTopics(kafka, [wanted])).updated).toEqual([name]);
    expect((await ensureTopics(kafka, [wanted])).existing).toEqual([name]);
    expect(await topicOffsets(kafka, name)).toHaveLength(3);
  });

  it('refuses to shrink a topic', async () => {
    const name = await newTopic(3);
    const shrink = ensureTopics(kafka, [{ name, partitions: 1, replicationFactor: 1, config: {} }]);
    await expect(shrink).rejects.toThrow(/has 3 partitions, 1 are configured/);
  });
});

describe('the producer', () => {
  it.each(['none', 'gzip', 'lz4'] as const)(
    'writes with compression %s what a consumer reads back',
    async (compression) => {
      const topic = await newTopic(1);
      const values = Array.from({ length: 100 }, (_, i) => `value ${i} äöü`);
      await withProducer({ compression }, (producer) =>
        producer.send(
          topic,
          values.map((value) => ({ key: 'k', value, headers: { h: '1' } })),
        ),
      );
      const consumer = kafka.consumer({ groupId: uniqueName('group'), maxWaitTimeInMs: 100 });
      const seen: string[] = [];
      await consumer.connect();
      await consumer.subscribe({ topic, fromBeginning: true });
      await consumer.run({
        eachMessage: ({ message }) => {
          seen.push(message.value?.toString() ?? '');
          return Promise.resolve();
        },
      });
      await expect.poll(() => seen.length).toBe(100);
      expect(seen).toEqual(values);
      await consumer.disconnect();
    },
  );

  it('splits what is more than one record batch may hold', async () => {
    const topic = await newTopic(1, { 'max.message.bytes': '8388608' });
    const messages = Array.from({ length: 20 }, () => ({ key: 'k', value: Buffer.alloc(1_000_000, 'x') }));
    await withProducer({}, (producer) => producer.send(topic, messages));
    expect(await messageCount(topic)).toBe(20n);
  });

  it('says which topic failed when the broker refuses', async () => {
    const topic = await newTopic(1, { 'max.message.bytes': '1000' });
    const sending = withProducer({ retries: 1 }, (p) => p.send(topic, [{ key: null, value: Buffer.alloc(5_000) }]));
    await expect(sending).rejects.toMatchObject({ code: 'PRODUCE_FAILED', message: expect.stringContaining(topic) });
  });
});

describe('an idempotent producer that failed for good', () => {
  it('goes on, for everyone who sends at the same time, and stores each message once', async () => {
    const narrow = await newTopic(1, { 'max.message.bytes': '1000' });
    const topic = await newTopic(1);
    await withProducer({ retries: 1 }, async (producer) => {
      await producer.send(topic, [{ key: null, value: 'before' }]);
      await expect(producer.send(narrow, [{ key: null, value: Buffer.alloc(5_000) }])).rejects.toThrow(/producing to/);
      await Promise.all(Array.from({ length: 5 }, () => producer.send(topic, [{ key: null, value: 'after' }])));
    });
    expect(await messageCount(topic)).toBe(6n);
  });
});

describe('topicOffsets', () => {
  it('is empty for a topic that does not exist', async () => {
    expect(await topicOffsets(kafka, uniqueName('none'))).toEqual([]);
  });
});
