import { createConsumer, type GroupConsumer, type KafkaHandle, STEADY_FETCH } from '@ebb/kafka';
import type { Logger } from '@ebb/runtime';

/** More than a lane has partitions: a chunk that waits for room must not hold back other partitions. */
const CHUNKS_AT_ONCE = 512;

/** Rows wait longer than that for the next insert anyway. */
const PACE_MS = 200;

/** The member of a lane's group. */
export function openConsumer(
  kafka: KafkaHandle,
  options: { readonly groupId: string; readonly topics: readonly string[]; readonly logger: Logger },
): GroupConsumer {
  const { groupId, topics, logger } = options;
  return createConsumer(kafka, {
    groupId,
    topics,
    ...STEADY_FETCH,
    paceMs: PACE_MS,
    concurrency: CHUNKS_AT_ONCE,
    onRestart: (error) => logger.warn({ event: 'consumer_restarted', groupId, message: error.message }),
  });
}
