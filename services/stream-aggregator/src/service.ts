import { TOPICS } from '@ebb/contracts';
import { errorMessage, sleep } from '@ebb/core';
import {
  type ChunkControl,
  type GroupConsumer,
  type MessageChunk,
  PartitionQueue,
  type TopicPartition,
} from '@ebb/kafka';
import type { Pool } from '@ebb/postgres';
import type { Logger, Readiness, Service } from '@ebb/runtime';
import type { Lane } from './lane.ts';
import type { AggregatorMetrics } from './metrics.ts';
import type { Monitor } from './monitor.ts';
import { keepRetention } from './retention.ts';
import type { TopicKind } from './types.ts';

/** Topic names by what they carry. */
export type TopicNames = Readonly<Record<TopicKind, string>>;

export const DEFAULT_TOPICS: TopicNames = {
  website: TOPICS.websiteEvents,
  purchase: TOPICS.purchaseEvents,
  dead_letters: TOPICS.deadLetters,
};

export interface AggregatorDeps {
  readonly topics: TopicNames;
  readonly consumer: GroupConsumer;
  readonly lanes: readonly Lane[];
  readonly monitor: Monitor;
  readonly pool: Pool;
  readonly metrics: AggregatorMetrics;
  readonly logger: Logger;
  readonly nowMs: () => number;
  readonly monitorMs: number;
}

const MIRROR_MS = 1_000;
const RETENTION_MS = 3_600_000;
const RETENTION_RETRY_MS = 60_000;

/** Hands what the consumer fetches to the lanes, and keeps the helpers around them running. */
export class Aggregator implements Service {
  readonly #deps: AggregatorDeps;
  readonly #kinds: ReadonlyMap<string, TopicKind>;
  readonly #stopping = new AbortController();
  #assigned = new Set<string>();
  #hasJoined = false;
  #mirrored = new Map<string, number>();
  #lanesDone: Promise<unknown> = Promise.resolve();

  constructor(deps: AggregatorDeps) {
    this.#deps = deps;
    this.#kinds = new Map((Object.entries(deps.topics) as [TopicKind, string][]).map(([kind, topic]) => [topic, kind]));
  }

  readiness(): Readiness {
    const reasons: string[] = [];
    const { lanes, monitor } = this.#deps;
    if (this.#stopping.signal.aborted) reasons.push('stopping');
    if (!this.#hasJoined) reasons.push('not in the consumer group yet');
    if (lanes.some((lane) => lane.failures > 0 || !lane.isConnected)) reasons.push('Postgres does not take batches');
    if (monitor.isBrokerAway) reasons.push('Kafka does not answer');
    return { ready: reasons.length === 0, reasons };
  }

  async run(): Promise<void> {
    const { lanes, consumer } = this.#deps;
    this.#lanesDone = Promise.all(lanes.map((lane) => lane.run()));
    const consuming = consumer.run({
      onAssigned: (partitions) => this.#assign(partitions),
      onChunk: (chunk, control) => this.#push(chunk, control),
    });
    const helpers = [this.#watch(), this.#mirror(), this.#retain()];
    try {
      await Promise.race([consuming, this.#lanesDone, ...helpers]);
      if (!this.#stopping.signal.aborted) throw new Error('a part of the aggregator ended by itself');
      await Promise.all([this.#lanesDone, ...helpers]);
    } finally {
      this.#stopping.abort();
    }
  }

  /** Ends the batches under way; what is fetched and not stored stays where it is, in the topic. */
  async drain(): Promise<void> {
    this.#stopping.abort();
    for (const lane of this.#deps.lanes) lane.stop();
    await this.#lanesDone;
    await this.#commitMirror().catch(() => {});
  }

  async stop(): Promise<void> {
    this.#stopping.abort();
    for (const lane of this.#deps.lanes) lane.stop();
    await this.#deps.consumer.stop();
    await this.#lanesDone;
  }

  seek(id: TopicPartition, offset: number): void {
    // A position set for a partition of somebody else would be kept, and used when it comes back.
    if (this.#assigned.has(keyOf(id))) this.#deps.consumer.seek(id, offset);
  }

  #assign(partitions: readonly TopicPartition[]): void {
    const { lanes, logger } = this.#deps;
    this.#assigned = new Set(partitions.map(keyOf));
    this.#mirrored = new Map();
    this.#hasJoined = true;
    const queues = partitions.flatMap(({ topic, partition }) => {
      const kind = this.#kinds.get(topic);
      return kind === undefined ? [] : [new PartitionQueue({ topic, partition }, kind)];
    });
    for (const [index, lane] of lanes.entries()) {
      lane.assign(queues.filter(({ id }) => id.partition % lanes.length === index));
    }
    logger.info({ event: 'partitions_assigned', partitions: [...this.#assigned] });
  }

  async #push(chunk: MessageChunk, control: ChunkControl): Promise<void> {
    const { lanes } = this.#deps;
    await lanes[chunk.partition % lanes.length]?.push(chunk, control);
  }

  async #watch(): Promise<void> {
    while (!this.#stopping.signal.aborted) {
      await sleep(this.#deps.monitorMs, this.#stopping.signal);
      if (!this.#stopping.signal.aborted) await this.#deps.monitor.look();
    }
  }

  async #mirror(): Promise<void> {
    while (!this.#stopping.signal.aborted) {
      await sleep(MIRROR_MS, this.#stopping.signal);
      // Only for tools that show lag, and a better first guess of the position after a restart.
      await this.#commitMirror().catch((error: unknown) => {
        this.#deps.logger.debug({ event: 'mirror_failed', message: errorMessage(error) });
      });
    }
  }

  async #commitMirror(): Promise<void> {
    const moved = this.#deps.lanes
      .flatMap((lane) => [...lane.queues])
      .flatMap(({ id, next }) =>
        next === undefined || this.#mirrored.get(keyOf(id)) === next ? [] : [{ ...id, offset: next }],
      );
    await this.#deps.consumer.commit(moved);
    for (const position of moved) this.#mirrored.set(keyOf(position), position.offset);
  }

  async #retain(): Promise<void> {
    const { logger, metrics, pool, nowMs } = this.#deps;
    while (!this.#stopping.signal.aborted) {
      let pauseMs = RETENTION_MS;
      try {
        const days = await keepRetention(pool, nowMs());
        metrics.droppedDays.inc(days.length);
        if (days.length > 0) logger.info({ event: 'days_dropped', days });
      } catch (error) {
        pauseMs = RETENTION_RETRY_MS;
        logger.warn({ event: 'retention_failed', message: errorMessage(error) });
      }
      await sleep(pauseMs, this.#stopping.signal);
    }
  }
}

function keyOf({ topic, partition }: TopicPartition): string {
  return `${topic}:${partition}`;
}
