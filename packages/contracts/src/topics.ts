import { DAY_MS } from '@ebb/core';

/** Names of the topics of events; `cdc.*` topics are created by Connect. */
export const TOPICS = {
  websiteEvents: 'website_events',
  purchaseEvents: 'purchase_events',
  deadLetters: 'dead_letters',
  collectorReceipts: 'collector_receipts',
} as const;

export type TopicName = (typeof TOPICS)[keyof typeof TOPICS];

/** Message headers. All values are text. */
export const HEADERS = {
  /** Version of the policy (ops.policies) the sender validated with. Absent: the one in force at the Kafka time. */
  policy: 'ebb-policy',
  /** `1` marks a replay of history: the retention's lower bound does not apply. */
  replay: 'ebb-replay',
  /** Name of the program that produced the message. */
  producer: 'ebb-producer',
  /** Id (never the secret) of the write key the event came in with. */
  writeKey: 'ebb-write-key',
  /** Which receipt of its collector counts the event (encodeReceiptBucket). */
  receipt: 'ebb-receipt',
} as const;

export const REPLAY_HEADER_VALUE = '1';

export interface TopicDefinition {
  readonly name: string;
  readonly partitions: number;
  readonly replicationFactor: number;
  readonly config: Record<string, string>;
}

export interface TopicOptions {
  readonly partitions: number;
  readonly retentionDays: number;
  readonly replicationFactor: number;
}

/**
 * Kafka's `max.message.bytes` limits a whole record batch, not a message: it must hold what a producer sends to one
 * partition at once. Single events are held to 1 MB by the contract.
 */
const RECORD_BATCH_BYTES = 8_388_608;

/**
 * The topics the migration step creates. `LogAppendTime`: the Kafka time of the acceptance rule is the broker's clock,
 * never the sender's. `min.insync.replicas` is one below the replication factor, so that one broker may be away.
 */
export function topicDefinitions(options: TopicOptions): TopicDefinition[] {
  const define = (name: string): TopicDefinition => ({
    name,
    partitions: options.partitions,
    replicationFactor: options.replicationFactor,
    config: {
      'cleanup.policy': 'delete',
      'message.timestamp.type': 'LogAppendTime',
      'retention.ms': String(options.retentionDays * DAY_MS),
      'min.insync.replicas': String(Math.max(1, options.replicationFactor - 1)),
      'max.message.bytes': String(RECORD_BATCH_BYTES),
    },
  });
  return Object.values(TOPICS).map(define);
}
