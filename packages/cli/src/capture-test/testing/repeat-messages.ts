import { type SeededRandom } from '@ebb/core';
import { createKafka, createProducer, type KafkaHandle, topicOffsets } from '@ebb/kafka';
import { uniqueName } from '@ebb/testing';

interface OldMessage {
  partition: number;
  key: Buffer | null;
  value: Buffer | null;
  headers: Record<string, string>;
}

/**
 * Sends a stretch of the old messages of each partition once more, as a connector does that was killed before it stored
 * its position: in their order, after newer ones, byte for byte. Rows of incremental snapshots are left out:
 * those a connector reads again, as they are by then, and never sends old ones anew. Returns how many.
 */
export async function repeatMessages(
  brokers: string,
  topics: readonly string[],
  random: SeededRandom,
): Promise<number> {
  const kafka = createKafka({ brokers: [brokers], clientId: 'ebb-repeat' });
  const producer = createProducer(kafka);
  await producer.connect();
  let repeated = 0;
  try {
    for (const topic of topics) {
      const changes = (await readAll(kafka, topic)).filter((message) => !isSnapshotRow(message));
      const byPartition = Map.groupBy(changes, (message) => message.partition);
      for (const messages of byPartition.values()) {
        const from = random.int(messages.length);
        const stretch = messages.slice(from, from + 1 + random.int(messages.length - from));
        await producer.send(topic, stretch);
        repeated += stretch.length;
      }
    }
  } finally {
    await producer.disconnect();
  }
  return repeated;
}

function isSnapshotRow({ value }: OldMessage): boolean {
  return value !== null && (JSON.parse(value.toString()) as { op?: string }).op === 'r';
}

async function readAll(kafka: KafkaHandle, topic: string): Promise<OldMessage[]> {
  const offsets = await topicOffsets(kafka, topic);
  const left = new Map(offsets.flatMap(({ partition, low, high }) => (high > low ? [[partition, high]] : [])));
  const messages: OldMessage[] = [];
  if (left.size === 0) return messages;
  const consumer = kafka.consumer({ groupId: uniqueName('repeat') });
  await consumer.connect();
  try {
    await consumer.subscribe({ topics: [topic], fromBeginning: true });
    await new Promise<void>((resolve, reject) => {
      const running = consumer.run({
        eachMessage: async ({ partition, message }) => {
          const high = left.get(partition);
          const offset = BigInt(message.offset);
          if (high === undefined || offset >= high) return;
          const { key, value, headers } = message;
          messages.push({ partition, key, value, headers: textHeaders(headers) });
          if (offset === high - 1n) left.delete(partition);
          if (left.size === 0) resolve();
        },
      });
      running.catch(reject);
    });
  } finally {
    await consumer.disconnect();
  }
  return messages;
}

function textHeaders(headers: Record<string, unknown> | undefined): Record<string, string> {
  return Object.fromEntries(Object.entries(headers ?? {}).map(([name, value]) => [name, String(value)]));
}
