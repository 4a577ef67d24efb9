import { randomUUID } from 'node:crypto';
import { createConsumer, createKafka, topicOffsets } from '@ebb/kafka';

export interface ReadMessage {
  partition: number;
  text: string;
  headers: Record<string, string | undefined>;
}

/** Everything a topic holds at the moment of the call. */
export async function readTopic(brokers: string[], topic: string): Promise<ReadMessage[]> {
  const kafka = createKafka({ brokers, clientId: 'collector-test' });
  const offsets = await topicOffsets(kafka, topic);
  // By partition: one that grows meanwhile must not make up for another that was not read yet.
  const missing = new Map(
    offsets.filter(({ low, high }) => high > low).map((one) => [one.partition, Number(one.high)]),
  );
  if (missing.size === 0) return [];
  const consumer = createConsumer(kafka, {
    groupId: `collector-test-${randomUUID()}`,
    topics: [topic],
    maxBytesPerPartition: 8_000_000,
    maxBytes: 32_000_000,
    maxWaitMs: 100,
    sessionTimeoutMs: 30_000,
    concurrency: 1,
    giveUpAfterMs: 30_000,
  });
  const messages: ReadMessage[] = [];
  const complete = Promise.withResolvers<void>();
  const running = consumer.run({
    onAssigned: () => {},
    onChunk: (chunk) => {
      for (const message of chunk.messages) {
        messages.push({
          partition: chunk.partition,
          text: message.value?.toString() ?? '',
          headers: message.headers,
        });
      }
      if (chunk.toOffset >= (missing.get(chunk.partition) ?? Infinity)) missing.delete(chunk.partition);
      if (missing.size === 0) complete.resolve();
      return Promise.resolve();
    },
  });
  await Promise.race([complete.promise, running]);
  await consumer.stop();
  return messages;
}
