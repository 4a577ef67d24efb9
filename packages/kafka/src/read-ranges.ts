import { randomUUID } from 'node:crypto';
import { EbbError, isEbbError, retry, type RetryPolicy, toError } from '@ebb/core';
import type { Consumer, KafkaMessage } from 'kafkajs';
import type { KafkaHandle } from './client.ts';
import type { KafkaErrorCode } from './errors.ts';

/** Offsets [from, to) of a partition. */
export interface OffsetRange {
  readonly partition: number;
  readonly from: number;
  readonly to: number;
}

/** A message with its key, for those who look for single ones. */
export interface KeyedMessage {
  readonly partition: number;
  readonly offset: number;
  readonly timestampMs: number;
  readonly key: Buffer | null;
  readonly value: Buffer | null;
  readonly headers: Readonly<Record<string, string | undefined>>;
}

const TIMEOUT_MS = 60_000;
/** A new group has no coordinator for a moment. A reader that crashed is not started again by the driver, but by us. */
const RETRY = {
  initialRetryTime: 20,
  maxRetryTime: 500,
  retries: 8,
  restartOnFailure: () => Promise.resolve(false),
};
const ATTEMPTS: RetryPolicy = { attempts: 6, initialDelayMs: 100, maxDelayMs: 2_000 };

/**
 * Reads ranges of a topic once, in the order of offsets within each partition, as a consumer of nobody's group that
 * leaves no positions behind. Offsets that the log no longer holds, or does not hold yet, are passed over: compare with
 * `topicOffsets`. Raises READ_FAILED when it does not come to an end within a minute without a message.
 */
export async function readRanges(
  kafka: KafkaHandle,
  topic: string,
  ranges: readonly OffsetRange[],
  onMessage: (message: KeyedMessage) => void,
): Promise<void> {
  const bounds = await logBounds(kafka, topic);
  const left = new Map<number, OffsetRange>();
  for (const range of ranges) {
    const { low, high } = bounds.get(range.partition) ?? { low: 0, high: 0 };
    const clamped = { ...range, from: Math.max(range.from, low), to: Math.min(range.to, high) };
    if (clamped.from < clamped.to) left.set(range.partition, clamped);
  }
  if (left.size === 0) return;
  // What was read stays read: `left` says where to go on.
  await retry(() => consume(kafka, topic, { left, bounds, onMessage }), ATTEMPTS, {
    isRetryable: (error) => !isEbbError(error, 'READ_FAILED'),
  });
}

interface Reading {
  readonly left: Map<number, OffsetRange>;
  readonly bounds: ReadonlyMap<number, { low: number; high: number }>;
  readonly onMessage: (message: KeyedMessage) => void;
}

async function consume(kafka: KafkaHandle, topic: string, reading: Reading): Promise<void> {
  const { left, bounds, onMessage } = reading;
  const groupId = `ebb-read-${randomUUID()}`;
  const consumer = kafka.consumer({ groupId, maxWaitTimeInMs: 100, sessionTimeout: 30_000, retry: RETRY });
  const done = Promise.withResolvers<void>();
  let timer = setTimeout(() => done.reject(stalled(topic)), TIMEOUT_MS);
  consumer.on(consumer.events.CRASH, ({ payload }) => done.reject(toError(payload.error)));
  consumer.on(consumer.events.GROUP_JOIN, () => {
    for (const [partition, { high }] of bounds) {
      // Partitions nobody asked for are read from their end, that is, not at all.
      seek(consumer, topic, partition, left.get(partition)?.from ?? high);
    }
  });
  try {
    await consumer.connect();
    await consumer.subscribe({ topics: [topic], fromBeginning: true });
    await consumer.run({
      autoCommit: false,
      eachBatch: (payload) => {
        const { batch } = payload;
        const range = left.get(batch.partition);
        if (range === undefined) return Promise.resolve();
        clearTimeout(timer);
        timer = setTimeout(() => done.reject(stalled(topic)), TIMEOUT_MS);
        let next = range.from;
        for (const message of batch.messages) {
          const offset = Number(message.offset);
          if (offset < range.from || offset >= range.to) continue;
          onMessage(toKeyed(batch.partition, message));
          next = offset + 1;
        }
        // A fetch from before the position was set brings nothing of the range; the end may be a hole.
        const reached = Number(batch.lastOffset()) + 1 >= range.to && next > range.from;
        if (reached) left.delete(batch.partition);
        else left.set(batch.partition, { ...range, from: next });
        if (left.size === 0) done.resolve();
        return payload.heartbeat();
      },
    });
    await done.promise;
  } finally {
    clearTimeout(timer);
    await consumer.disconnect().catch(() => {});
  }
}

function seek(consumer: Consumer, topic: string, partition: number, offset: number): void {
  try {
    consumer.seek({ topic, partition, offset: String(offset) });
  } catch {
    // It is being stopped.
  }
}

async function logBounds(kafka: KafkaHandle, topic: string): Promise<Map<number, { low: number; high: number }>> {
  const admin = kafka.admin();
  await admin.connect();
  try {
    if (!(await admin.listTopics()).includes(topic)) return new Map();
    const rows = await admin.fetchTopicOffsets(topic);
    return new Map(rows.map(({ partition, low, high }) => [partition, { low: Number(low), high: Number(high) }]));
  } finally {
    await admin.disconnect();
  }
}

function toKeyed(partition: number, message: KafkaMessage): KeyedMessage {
  const headers: Record<string, string | undefined> = {};
  for (const [name, value] of Object.entries(message.headers ?? {})) {
    const last = Array.isArray(value) ? value.at(-1) : value;
    headers[name] = last?.toString();
  }
  return {
    partition,
    offset: Number(message.offset),
    timestampMs: Number(message.timestamp),
    key: message.key,
    value: message.value,
    headers,
  };
}

function stalled(topic: string): EbbError<KafkaErrorCode> {
  return new EbbError('READ_FAILED', `reading ${topic} brought nothing for ${TIMEOUT_MS / 1000} s`, {
    retryable: true,
  });
}
