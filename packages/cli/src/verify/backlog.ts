import { TOPICS } from '@ebb/contracts';
import { EbbError, sleep } from '@ebb/core';
import { type KafkaHandle, topicOffsets } from '@ebb/kafka';
import type { Pool } from '@ebb/postgres';

const CONSUMED_TOPICS = [TOPICS.websiteEvents, TOPICS.purchaseEvents, TOPICS.deadLetters];
const POLL_MS = 200;

/** Messages that stand in the topics and are not yet committed to Postgres. */
export async function backlog(pool: Pool, kafka: KafkaHandle): Promise<bigint> {
  const { rows } = await pool.query<{ topic: string; partition: number; next_offset: string }>(
    'SELECT topic, partition, next_offset FROM stream.consumer_offsets',
  );
  const done = new Map(rows.map((row) => [`${row.topic}/${row.partition}`, BigInt(row.next_offset)]));
  let waiting = 0n;
  for (const topic of CONSUMED_TOPICS) {
    for (const { partition, low, high } of await topicOffsets(kafka, topic)) {
      const next = done.get(`${topic}/${partition}`) ?? low;
      if (high > next) waiting += high - next;
    }
  }
  return waiting;
}

/**
 * Waits until everything that stood in the topics at some moment is committed. Raises NOT_PROCESSED when the backlog
 * has not gone by the deadline; `onProgress` gets the backlog now and then.
 */
export async function waitUntilProcessed(
  pool: Pool,
  kafka: KafkaHandle,
  options: { timeoutMs: number; onProgress?: (waiting: bigint) => void },
): Promise<void> {
  const deadlineMs = Date.now() + options.timeoutMs;
  for (;;) {
    const waiting = await backlog(pool, kafka);
    options.onProgress?.(waiting);
    if (waiting === 0n) return;
    if (Date.now() > deadlineMs) {
      throw new EbbError(
        'NOT_PROCESSED',
        `${waiting} messages are still waiting after ${options.timeoutMs} ms; look at "ebb logs aggregator"`,
      );
    }
    await sleep(POLL_MS);
  }
}
