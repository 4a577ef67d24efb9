import {
  type ConsumedMessage,
  createConsumer,
  ensureTopics,
  type GroupConsumer,
  type KafkaHandle,
  type MessageChunk,
  topicOffsets,
  type TopicPartition,
} from '@ebb/kafka';
import type { Pool } from '@ebb/postgres';
import type { Logger } from '@ebb/runtime';
import type { ConnectorConfig } from '../config.ts';
import { captureTopics } from '../connect/topics.ts';
import type { ConnectorMetrics } from '../metrics.ts';
import { HEARTBEAT_TABLE_TOPIC, NOTIFICATION_TOPIC } from '../names.ts';
import { completeResnapshot } from '../resnapshots/store.ts';
import { type Heartbeat, parseHeartbeat } from './heartbeat.ts';
import { parseNotification, type SnapshotNotice } from './notifications.ts';

export interface NoticeDeps {
  config: ConnectorConfig;
  kafka: KafkaHandle;
  pool: Pool;
  metrics: ConnectorMetrics;
  logger: Logger;
  onHeartbeat: (beat: Heartbeat) => void;
}

/**
 * Reads what the connector tells about itself: snapshots from the first message on, since all it does with them may be
 * done twice; heartbeats from now on.
 */
export class NoticeReader {
  readonly #deps: NoticeDeps;
  readonly #consumer: GroupConsumer;
  #heartbeatsFrom = 0;

  constructor(deps: NoticeDeps, groupId: string) {
    this.#deps = deps;
    this.#consumer = createConsumer(deps.kafka, {
      groupId,
      topics: [NOTIFICATION_TOPIC, HEARTBEAT_TABLE_TOPIC],
      maxBytesPerPartition: 256 * 1024,
      maxBytes: 1024 ** 2,
      maxWaitMs: 500,
      sessionTimeoutMs: 10_000,
      concurrency: 2,
      giveUpAfterMs: Number.MAX_SAFE_INTEGER,
    });
  }

  /** Runs until stopped. Rejects when Kafka does not answer at first; it may then be run again. */
  async run(): Promise<void> {
    const { kafka } = this.#deps;
    await ensureTopics(kafka, captureTopics(this.#deps.config, ['ops.cdc_heartbeat']));
    this.#heartbeatsFrom = Number((await topicOffsets(kafka, HEARTBEAT_TABLE_TOPIC))[0]?.high ?? 0n);
    await this.#consumer.run({
      onAssigned: (partitions) => {
        for (const partition of partitions) this.#consumer.seek(partition, this.#startOf(partition));
      },
      onChunk: (chunk) => this.#handle(chunk),
    });
  }

  stop(): Promise<void> {
    return this.#consumer.stop();
  }

  #startOf({ topic }: TopicPartition): number {
    return topic === HEARTBEAT_TABLE_TOPIC ? this.#heartbeatsFrom : 0;
  }

  async #handle(chunk: MessageChunk): Promise<void> {
    if (chunk.topic === HEARTBEAT_TABLE_TOPIC) this.#takeHeartbeats(chunk);
    else for (const message of chunk.messages) await this.#takeNotice(message);
  }

  #takeHeartbeats({ messages, toOffset }: MessageChunk): void {
    this.#heartbeatsFrom = toOffset;
    for (const { value, timestampMs } of messages) {
      const beat = parseHeartbeat(value, timestampMs);
      if (beat !== null) this.#deps.onHeartbeat(beat);
    }
  }

  async #takeNotice({ value }: ConsumedMessage): Promise<void> {
    const notice = parseNotification(value);
    if (notice !== null) await this.#apply(notice);
  }

  async #apply(notice: SnapshotNotice): Promise<void> {
    const { metrics, pool, logger } = this.#deps;
    if (notice.kind === 'scanned') metrics.snapshotRows.set({ table: notice.table }, Number(notice.rows));
    if (notice.kind === 'resnapshot_scanned') {
      await completeResnapshot(pool, { ...notice.of, outcome: notice.outcome, rows: notice.rows });
    }
    if (notice.kind !== 'finished' || !notice.isAborted) return;
    logger.warn({ event: 'snapshot_aborted', isInitial: notice.isInitial });
    if (notice.of !== null) await completeResnapshot(pool, { ...notice.of, outcome: 'aborted', rows: null });
  }
}
