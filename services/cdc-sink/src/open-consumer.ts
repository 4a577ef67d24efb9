import { createConsumer, type GroupConsumer, type KafkaHandle } from '@ebb/kafka';
import type { Logger } from '@ebb/runtime';

const MIB = 1024 ** 2;
/** The driver holds a fetch several times over; bigger ones bring memory up, not speed. */
const FETCH_BYTES_PER_PARTITION = MIB / 2;
const FETCH_BYTES = 3 * MIB;
/** A stop waits for the fetch under way, so this is also what it may take. */
const FETCH_WAIT_MS = 250;
/** A consumer that was killed keeps its partitions for so long; the least that brokers allow by default. */
const SESSION_TIMEOUT_MS = 6_000;
const JOIN_TIMEOUT_MS = 300_000;
/** More than a lane has partitions: a chunk that waits for room must not hold back other partitions. */
const CHUNKS_AT_ONCE = 512;

/** The member of a lane's group. */
export function openConsumer(
  kafka: KafkaHandle,
  options: { readonly groupId: string; readonly topics: readonly string[]; readonly logger: Logger },
): GroupConsumer {
  const { groupId, topics, logger } = options;
  return createConsumer(kafka, {
    groupId,
    topics,
    maxBytesPerPartition: FETCH_BYTES_PER_PARTITION,
    maxBytes: FETCH_BYTES,
    maxWaitMs: FETCH_WAIT_MS,
    sessionTimeoutMs: SESSION_TIMEOUT_MS,
    concurrency: CHUNKS_AT_ONCE,
    giveUpAfterMs: JOIN_TIMEOUT_MS,
    onRestart: (error) => logger.warn({ event: 'consumer_restarted', groupId, message: error.message }),
  });
}
