import { sleep } from '@ebb/core';
import { eventually, testKafka, uniqueName } from '@ebb/testing';
import { describe, expect, onTestFinished, test } from 'vitest';
import { createKafka } from './client.ts';
import { type ConsumerOptions, createConsumer, type GroupConsumer, type TopicPartition } from './consumer.ts';
import type { MessageChunk } from './consumed-message.ts';
import { createProducer } from './producer.ts';
import { ensureTopics } from './topics.ts';

const PARTITIONS = 3;

async function createTopic(messages: number): Promise<string> {
  const kafka = createKafka({ ...testKafka(), clientId: 'test' });
  const topic = uniqueName('topic');
  await ensureTopics(kafka, [{ name: topic, partitions: PARTITIONS, replicationFactor: 1, config: {} }]);
  const producer = createProducer(kafka);
  await producer.connect();
  const values = Array.from({ length: messages }, (_, index) => ({
    key: null,
    value: String(index),
    partition: index % 3,
  }));
  await producer.send(topic, values);
  await producer.disconnect();
  return topic;
}

interface Member {
  readonly consumer: GroupConsumer;
  readonly chunks: MessageChunk[];
  readonly running: Promise<void>;
  assigned(): readonly TopicPartition[];
}

function join(
  topic: string | null,
  groupId: string,
  onChunk: () => Promise<void> = () => Promise.resolve(),
  options: Partial<ConsumerOptions> = {},
): Member {
  const consumer = createConsumer(createKafka({ ...testKafka(), clientId: 'test' }), {
    groupId,
    topics: topic === null ? [] : [topic],
    maxBytesPerPartition: 1_000_000,
    maxBytes: 3_000_000,
    maxWaitMs: 100,
    sessionTimeoutMs: 15_000,
    concurrency: PARTITIONS,
    giveUpAfterMs: 60_000,
    ...options,
  });
  const chunks: MessageChunk[] = [];
  let partitions: readonly TopicPartition[] = [];
  const running = consumer.run({
    onAssigned: (assigned) => (partitions = assigned),
    onChunk: async (chunk) => {
      chunks.push(chunk);
      await onChunk();
    },
  });
  onTestFinished(() => consumer.stop());
  return { consumer, chunks, running, assigned: () => partitions };
}

const offsetsOf = (chunks: readonly MessageChunk[], partition: number): number[] =>
  chunks
    .filter((chunk) => chunk.partition === partition)
    .flatMap(({ messages }) => messages.map(({ offset }) => offset));

describe('createConsumer', () => {
  test('reads from the start, covers offsets without gaps, and goes on from where it is told', async () => {
    const topic = await createTopic(30);
    const member = join(topic, uniqueName('group'));
    await eventually(() => [0, 1, 2].every((partition) => offsetsOf(member.chunks, partition).length === 10));
    const first = member.chunks.find(({ partition }) => partition === 1);
    expect(first).toMatchObject({ topic, fromOffset: 0, highWatermark: 10 });
    expect(first?.messages[0]).toMatchObject({ offset: 0, headers: {} });
    member.consumer.seek({ topic, partition: 1 }, 7);
    await eventually(() => offsetsOf(member.chunks, 1).length === 13);
    expect(offsetsOf(member.chunks, 1).slice(10)).toEqual([7, 8, 9]);
  });

  test.each([0, 50, 200, 600])('a member stopped %i ms after its start leaves its partitions to others', async (ms) => {
    const topic = await createTopic(3);
    const group = uniqueName('group');
    const leaving = join(topic, group);
    await sleep(ms);
    await leaving.consumer.stop();
    await leaving.running;
    const staying = join(topic, group);
    await eventually(() => staying.assigned().length === PARTITIONS, { timeoutMs: 20_000 });
    await eventually(() =>
      expect([0, 1, 2].map((partition) => offsetsOf(staying.chunks, partition))).toEqual([[0], [0], [0]]),
    );
  });

  test('topics may be named later and change, without a new consumer', async () => {
    const [first, second] = await Promise.all([createTopic(3), createTopic(6)]);
    const member = join(null, uniqueName('group'));
    member.consumer.subscribe([first]);
    await eventually(() => expect(member.chunks.flatMap(({ messages }) => messages)).toHaveLength(3));
    member.consumer.subscribe([first, second]);
    await eventually(() => expect(member.assigned()).toHaveLength(2 * PARTITIONS));
    await eventually(() => {
      const found = member.chunks.filter(({ topic }) => topic === second);
      expect([0, 1, 2].map((partition) => offsetsOf(found, partition))).toEqual([
        [0, 1],
        [0, 1],
        [0, 1],
      ]);
    });
    member.consumer.subscribe([]);
    await member.consumer.stop();
    await member.running;
  });

  test('a steady stream comes in gulps, and who is behind does not wait', async () => {
    const topic = await createTopic(0);
    const producer = createProducer(createKafka({ ...testKafka(), clientId: 'test' }));
    await producer.connect();
    onTestFinished(() => producer.disconnect());
    const sendOne = () => producer.send(topic, [{ key: null, value: 'x', partition: 0 }]);
    const paceMs = 400;
    const member = join(topic, uniqueName('group'), undefined, { paceMs });
    await eventually(async () => {
      await sendOne();
      return member.chunks.length > 0;
    });
    const [before, startedAt] = [member.chunks.length, performance.now()];
    for (let sent = 0; sent < 100; sent += 1) {
      await sendOne();
      await sleep(10);
    }
    await eventually(() => member.chunks.at(-1)?.toOffset === member.chunks.at(-1)?.highWatermark);
    const gulps = member.chunks.length - before;
    expect(gulps).toBeLessThanOrEqual((performance.now() - startedAt) / paceMs + 2);
    expect(offsetsOf(member.chunks, 0)).toEqual(offsetsOf(member.chunks, 0).map((_, offset) => offset));

    const behind = join(topic, uniqueName('group'), undefined, {
      paceMs: 60_000,
      maxBytesPerPartition: 100,
      maxBytes: 100,
    });
    const count = offsetsOf(member.chunks, 0).length;
    await eventually(() => offsetsOf(behind.chunks, 0).length >= count);
    expect(behind.chunks.length).toBeGreaterThan(5);
  });

  test('a handler that fails makes a new member, not a dead one', async () => {
    const topic = await createTopic(3);
    let failures = 0;
    const member = join(topic, uniqueName('group'), () => {
      failures += 1;
      return failures < 3 ? Promise.reject(new Error('not yet')) : Promise.resolve();
    });
    await eventually(() => [0, 1, 2].every((partition) => offsetsOf(member.chunks, partition).length >= 1));
    expect(failures).toBeGreaterThanOrEqual(3);
  });

  test('a broker that cannot be reached for long is a failure', async () => {
    const consumer = createConsumer(createKafka({ brokers: ['127.0.0.1:9'], clientId: 'test' }), {
      groupId: 'g',
      topics: ['t'],
      maxBytesPerPartition: 1_000,
      maxBytes: 1_000,
      maxWaitMs: 100,
      sessionTimeoutMs: 15_000,
      concurrency: 1,
      giveUpAfterMs: 1,
    });
    const running = consumer.run({ onAssigned: () => {}, onChunk: () => Promise.resolve() });
    await expect(running).rejects.toMatchObject({ code: 'CONSUMER_FAILED' });
  });
});
