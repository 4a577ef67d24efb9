import type { TopicPartition } from './consumer.ts';

export interface PartitionPace extends TopicPartition {
  readonly next: number | undefined;
  readonly lag: number;
  /** Waits for others that have to move first; where they do not, they are found. */
  readonly isHeld?: boolean;
}

/** Finds partitions that have something waiting and do not move. Time in which nothing could move does not count. */
export class StallWatch {
  readonly #stallMs: number;
  readonly #seen = new Map<string, { next: number | undefined; sinceMs: number }>();

  constructor(stallMs: number) {
    this.#stallMs = stallMs;
  }

  /** Everything assigned, at regular intervals; returns the partitions that stand still for too long. */
  check(partitions: readonly PartitionPace[], nowMs: number): PartitionPace[] {
    const known = new Set(partitions.map(keyOf));
    for (const key of this.#seen.keys()) if (!known.has(key)) this.#seen.delete(key);
    return partitions.filter((partition) => this.#isStalled(partition, nowMs));
  }

  /** A known outage: whoever handles it retries by itself, and a restart would change nothing. */
  reset(): void {
    this.#seen.clear();
  }

  #isStalled(partition: PartitionPace, nowMs: number): boolean {
    const key = keyOf(partition);
    const seen = this.#seen.get(key);
    const isAtRest = partition.lag === 0 || partition.isHeld === true;
    if (seen === undefined || isAtRest || seen.next !== partition.next) {
      this.#seen.set(key, { next: partition.next, sinceMs: nowMs });
      return false;
    }
    return nowMs - seen.sinceMs >= this.#stallMs;
  }
}

function keyOf({ topic, partition }: TopicPartition): string {
  return `${topic}:${partition}`;
}
