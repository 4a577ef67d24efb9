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

/** The longest message of each topic in bytes. Dead letters carry a payload in base64, so they get more room. */
const EVENT_MESSAGE_BYTES = 1_048_576;
const DEAD_LETTER_MESSAGE_BYTES = 524_288;
const RECEIPT_MESSAGE_BYTES = 65_536;

/**
 * The topics the migration step creates. `LogAppendTime`: the Kafka time of the acceptance rule is the broker's clock,
 * never the sender's. `min.insync.replicas` is one below the replication factor, so that one broker may be away.
 */
export function topicDefinitions(options: TopicOptions): TopicDefinition[] {
  const define = (name: string, maxMessageBytes: number): TopicDefinition => ({
    name,
    partitions: options.partitions,
    replicationFactor: options.replicationFactor,
    config: {
      'cleanup.policy': 'delete',
      'message.timestamp.type': 'LogAppendTime',
      'retention.ms': String(options.retentionDays * DAY_MS),
      'min.insync.replicas': String(Math.max(1, options.replicationFactor - 1)),
      'max.message.bytes': String(maxMessageBytes),
    },
  });
  return [
    define(TOPICS.websiteEvents, EVENT_MESSAGE_BYTES),
    define(TOPICS.purchaseEvents, EVENT_MESSAGE_BYTES),
    define(TOPICS.deadLetters, DEAD_LETTER_MESSAGE_BYTES),
    define(TOPICS.collectorReceipts, RECEIPT_MESSAGE_BYTES),
  ];
}
