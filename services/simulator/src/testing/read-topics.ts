import { createConsumer, createKafka, topicOffsets } from '@ebb/kafka';
import { uniqueName } from '@ebb/testing';

/** Values of every message that the topics hold at the time of the call. */
export async function readTopics(brokers: string[], topics: string[]): Promise<string[]> {
  const kafka = createKafka({ brokers, clientId: 'reader' });
  let expected = 0;
  for (const topic of topics) {
    for (const { low, high } of await topicOffsets(kafka, topic)) expected += Number(high - low);
  }
  const values: string[] = [];
  if (expected === 0) return values;
  const consumer = createConsumer(kafka, {
    groupId: uniqueName('reader'),
    topics,
    maxBytesPerPartition: 1_000_000,
    maxBytes: 10_000_000,
    maxWaitMs: 100,
    sessionTimeoutMs: 30_000,
    concurrency: 1,
    giveUpAfterMs: 30_000,
  });
  const complete = Promise.withResolvers<void>();
  const running = consumer.run({
    onAssigned: () => {},
    onChunk: (chunk) => {
      for (const { value } of chunk.messages) values.push(String(value));
      if (values.length >= expected) complete.resolve();
      return Promise.resolve();
    },
  });
  await Promise.race([complete.promise, running]);
  await consumer.stop();
  await running;
  return values;
}
