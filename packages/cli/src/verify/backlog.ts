import { TOPICS } from '@ebb/contracts';
import { EbbError, sleep } from '@ebb/core';
import { type KafkaHandle, topicOffsets } from '@ebb/kafka';
import type { Pool } from '@ebb/postgres';
import { Stalls } from './stalls.ts';

const CONSUMED_TOPICS = [TOPICS.websiteEvents, TOPICS.purchaseEvents, TOPICS.deadLetters];
const POLL_MS = 200;
const TELL_MS = 10_000;

/** A partition whose messages are not all committed to Postgres. */
export interface Backlog {
  readonly partition: string;
  readonly waiting: bigint;
  /** Offset of the first message that waits. */
  readonly next: bigint;
}

export async function backlogs(pool: Pool, kafka: KafkaHandle): Promise<Backlog[]> {
  const { rows } = await pool.query<{ topic: string; partition: number; next_offset: string }>(
    'SELECT topic, partition, next_offset FROM stream.consumer_offsets',
  );
  const done = new Map(rows.map((row) => [`${row.topic}/${row.partition}`, BigInt(row.next_offset)]));
  const found: Backlog[] = [];
  for (const topic of CONSUMED_TOPICS) {
    for (const { partition: number, low, high } of await topicOffsets(kafka, topic)) {
      const partition = `${topic}/${number}`;
      const next = done.get(partition) ?? low;
      if (high > next) found.push({ partition, waiting: high - next, next });
    }
  }
  return found;
}

export const allWaiting = (found: readonly Backlog[]): bigint => found.reduce((sum, { waiting }) => sum + waiting, 0n);

export interface Patience {
  /** Without a single message of some partition being processed. */
  readonly stuckMs: number;
  readonly onWaiting?: (waiting: bigint) => void;
}

/**
 * Waits until nothing in the topics is left to be committed, however long a slow machine takes for it. Raises
 * NOT_PROCESSED once a partition has not moved for `stuckMs`; `onWaiting` gets the messages that wait every ten seconds.
 */
export async function waitUntilProcessed(pool: Pool, kafka: KafkaHandle, patience: Patience): Promise<void> {
  const stalls = new Stalls(patience.stuckMs);
  let tellAtMs = Date.now() + TELL_MS;
  for (;;) {
    const found = await backlogs(pool, kafka);
    if (found.length === 0) return;
    const nowMs = Date.now();
    const [stuck] = stalls.stuck(new Map(found.map(({ partition, next }) => [partition, next])), nowMs);
    if (stuck !== undefined) {
      throw new EbbError(
        'NOT_PROCESSED',
        `${allWaiting(found)} messages wait, and none of ${stuck} was processed for ${patience.stuckMs} ms; look at "ebb logs aggregator"`,
      );
    }
    if (nowMs >= tellAtMs) {
      patience.onWaiting?.(allWaiting(found));
      tellAtMs = nowMs + TELL_MS;
    }
    await sleep(POLL_MS);
  }
}
