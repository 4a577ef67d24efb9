import { ensureTopics, type KafkaHandle, type TopicDefinition, topicOffsets } from '@ebb/kafka';
import type { ConnectorConfig } from '../config.ts';
import { HEARTBEAT_TABLE_TOPIC, NOTIFICATION_TOPIC, TOPIC_PREFIX } from '../names.ts';
import { MAX_MESSAGE_BYTES } from './definition.ts';

const DAY_MS = 86_400_000;
const HISTORY_TOPIC = 'cdc.ops.ddl_history';

/** Topics of the captured tables, by `schema.table`, and that of the notices. */
export function captureTopics(config: ConnectorConfig, tables: readonly string[]): TopicDefinition[] {
  return [NOTIFICATION_TOPIC, ...tables.map((table) => `${TOPIC_PREFIX}.${table}`)].map((name) => ({
    name,
    partitions: name.startsWith(`${TOPIC_PREFIX}.ops.`) || name === NOTIFICATION_TOPIC ? 1 : config.partitions,
    replicationFactor: config.replicationFactor,
    config: {
      'cleanup.policy': 'delete',
      'message.timestamp.type': 'LogAppendTime',
      'max.message.bytes': String(MAX_MESSAGE_BYTES),
      'retention.ms': String(retentionMs(config, name)),
    },
  }));
}

/** The history of schemas is needed as long as there is one message it explains. */
function retentionMs(config: ConnectorConfig, name: string): number {
  if (name === HISTORY_TOPIC) return -1;
  return name === HEARTBEAT_TABLE_TOPIC ? DAY_MS : config.retentionDays * DAY_MS;
}

/** Makes topics before anybody writes to them, each once. */
export class TopicKeeper {
  readonly #kafka: KafkaHandle;
  readonly #config: ConnectorConfig;
  readonly #made = new Set<string>();

  constructor(kafka: KafkaHandle, config: ConnectorConfig) {
    this.#kafka = kafka;
    this.#config = config;
  }

  /**
   * Names of the topics that were made now. One that is there stays as it is: with other partitions a row's changes
   * would go on elsewhere than they began.
   */
  async ensure(tables: readonly string[]): Promise<string[]> {
    const missing = tables.filter((table) => !this.#made.has(table));
    if (missing.length === 0) return [];
    const wanted = captureTopics(this.#config, missing);
    const offsets = await Promise.all(wanted.map(({ name }) => topicOffsets(this.#kafka, name)));
    const absent = wanted.filter((_, index) => offsets[index]?.length === 0);
    const { created } = await ensureTopics(this.#kafka, absent);
    for (const table of missing) this.#made.add(table);
    return created;
  }
}
