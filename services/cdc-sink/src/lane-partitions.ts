import {
  type Bounds,
  bridgeGap,
  type ChunkControl,
  type GapActions,
  type MessageChunk,
  PartitionQueue,
  type TopicPartition,
} from '@ebb/kafka';
import type { Logger } from '@ebb/runtime';
import type { PartitionProgress } from './captured/types.ts';
import { alarmOf } from './positions.ts';
import type { TopicBatch } from './waiting-rows.ts';

/** One partition of a lane. */
export interface LanePartition {
  readonly queue: PartitionQueue;
  /** Where decoding stands; undefined until the stored progress is loaded. */
  decoded: PartitionProgress | undefined;
  /** Where storing stands. */
  storedOffset: number | undefined;
  /** Broker time of the newest stored message, ms. */
  storedTimeMs: number | null;
}

export interface LanePartitionsDeps {
  readonly loadProgress: () => Promise<PartitionProgress[]>;
  readonly bounds: (id: TopicPartition) => Promise<Bounds>;
  readonly seek: (id: TopicPartition, offset: number) => void;
  /** Why a topic takes no messages for now. */
  readonly stopReason: (topic: string) => string | null;
  readonly logger: Logger;
}

/** The partitions a lane was assigned: what is fetched of each, where it stands, and why it stands still. */
export class LanePartitions {
  readonly #deps: LanePartitionsDeps;
  readonly #partitions = new Map<string, LanePartition>();
  /** Alarms that were logged; a partition that is looked at again and still has it says nothing. */
  readonly #alarms = new Map<string, string>();

  constructor(deps: LanePartitionsDeps) {
    this.#deps = deps;
  }

  get all(): LanePartition[] {
    return [...this.#partitions.values()];
  }

  get hasWork(): boolean {
    return this.all.some(({ queue }) => queue.hasWork);
  }

  get hasUnknown(): boolean {
    return this.all.some(({ queue }) => queue.isUnknown);
  }

  get queuedBytes(): number {
    let bytes = 0;
    for (const { queue } of this.#partitions.values()) bytes += queue.bytes;
    return bytes;
  }

  /** Messages of a topic that wait in Kafka or in the queues. */
  undecoded(topic: string): number {
    let count = 0;
    for (const { queue } of this.#partitions.values()) if (queue.id.topic === topic) count += queue.lag;
    return count;
  }

  /** Replaces the partitions; progress is loaded anew, since another member may have moved it meanwhile. */
  assign(partitions: readonly TopicPartition[]): void {
    for (const { queue } of this.#partitions.values()) queue.forget();
    this.#partitions.clear();
    for (const { topic, partition } of partitions) {
      const queue = new PartitionQueue({ topic, partition }, topic);
      this.#partitions.set(keyOf(queue.id), { queue, decoded: undefined, storedOffset: undefined, storedTimeMs: null });
    }
  }

  async push(chunk: MessageChunk, control: ChunkControl): Promise<void> {
    const queue = this.#partitions.get(keyOf(chunk))?.queue;
    if (queue === undefined || control.isStale()) return;
    if (queue.push(chunk) === 'gap') await bridgeGap(queue, chunk, this.#gapActions());
  }

  #gapActions(): GapActions {
    const { bounds, seek, logger } = this.#deps;
    return { bounds, seek, onHole: (hole) => logger.warn({ event: 'offset_hole', ...hole }) };
  }

  /** Loads where partitions stand that do not know it, and begins there or raises their alarm. */
  async load(): Promise<void> {
    const unknown = this.all.filter(({ queue }) => queue.isUnknown);
    const [progress, bounds] = await Promise.all([
      this.#deps.loadProgress(),
      Promise.all(unknown.map(({ queue }) => this.#deps.bounds(queue.id))),
    ]);
    const stored = new Map(progress.map((row) => [keyOf(row), row]));
    for (const [index, partition] of unknown.entries()) {
      const { queue } = partition;
      // A rebalance may have replaced it meanwhile.
      const isCurrent = this.#partitions.get(keyOf(queue.id)) === partition && queue.isUnknown;
      const found = bounds[index];
      if (isCurrent && found !== undefined) this.#begin(partition, stored.get(keyOf(queue.id)), found);
    }
  }

  #begin(partition: LanePartition, stored: PartitionProgress | undefined, bounds: Bounds): void {
    const { queue } = partition;
    partition.storedOffset = stored?.nextOffset;
    const alarm = this.#deps.stopReason(queue.id.topic) ?? alarmOf(stored?.nextOffset, bounds);
    if (alarm !== null) return this.#stop(partition, alarm);
    const decoded = stored ?? { ...queue.id, nextOffset: bounds.low, maxVersion: 0n };
    partition.decoded = decoded;
    partition.storedOffset = decoded.nextOffset;
    queue.high = Math.max(queue.high, bounds.high);
    if (queue.start(decoded.nextOffset)) this.#deps.seek(queue.id, decoded.nextOffset);
    if (this.#alarms.delete(keyOf(queue.id))) this.#deps.logger.info({ event: 'partition_resumed', ...queue.id });
  }

  #stop({ queue }: LanePartition, alarm: string): void {
    queue.stop(alarm);
    const key = keyOf(queue.id);
    if (this.#alarms.get(key) !== alarm) this.#deps.logger.error({ event: 'partition_stopped', ...queue.id, alarm });
    this.#alarms.set(key, alarm);
  }

  /** Stops all partitions of a topic where they are stored. */
  stopTopic(topic: string, alarm: string): void {
    for (const partition of this.all) {
      if (partition.queue.id.topic === topic && partition.queue.alarm === null) this.#stop(partition, alarm);
    }
  }

  /** Looks at stopped partitions again: their alarm is raised anew unless its reason is gone. */
  retryStopped(): void {
    for (const { queue } of this.#partitions.values()) if (queue.alarm !== null) queue.resume();
  }

  markStored(batch: TopicBatch): void {
    const newestMs = batch.times.reduce((newest, span) => Math.max(newest, span.newestMs), 0);
    for (const { topic, partition, nextOffset } of batch.progress.values()) {
      const owner = this.#partitions.get(keyOf({ topic, partition }));
      if (owner === undefined) continue;
      owner.storedOffset = Math.max(owner.storedOffset ?? 0, nextOffset);
      if (newestMs > 0) owner.storedTimeMs = Math.max(owner.storedTimeMs ?? 0, newestMs);
    }
  }
}

export function keyOf({ topic, partition }: TopicPartition): string {
  return `${topic}:${partition}`;
}

/** Messages of a partition that are not visible yet; 0 while its position is not known. */
export function lagOf({ queue, storedOffset }: LanePartition): number {
  return storedOffset === undefined ? 0 : Math.max(0, queue.high - storedOffset);
}
