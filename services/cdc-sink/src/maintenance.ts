import { errorMessage } from '@ebb/core';
import type { BoundsReader } from '@ebb/kafka';
import type { Logger } from '@ebb/runtime';
import type { CapturedTables, PartitionProgress, PartitionStand } from './captured/types.ts';
import { keyOf } from './lane-partitions.ts';

export interface MaintenanceDeps {
  readonly tables: Pick<CapturedTables, 'maintain'>;
  /** Nothing is done before the captured tables were opened. */
  readonly isOpen: () => boolean;
  readonly topics: () => readonly string[];
  readonly bounds: BoundsReader;
  readonly loadProgress: () => Promise<PartitionProgress[]>;
  readonly logger: Logger;
  readonly nowMs: () => number;
}

const EVERY_MS = 30_000;
/** Inserts wait for the maintenance: it may take one part in so many of the time. */
const SHARE = 50;

/** Lets the captured tables clean up now and then, with a view of all partitions, those of other instances included. */
export class Maintenance {
  readonly #deps: MaintenanceDeps;
  #nextAtMs: number;

  constructor(deps: MaintenanceDeps) {
    this.#deps = deps;
    this.#nextAtMs = deps.nowMs() + EVERY_MS;
  }

  /** Does something when it is time; never rejects. */
  async runWhenDue(): Promise<void> {
    const { tables, isOpen, logger, nowMs } = this.#deps;
    const startedAtMs = nowMs();
    if (!isOpen() || startedAtMs < this.#nextAtMs) return;
    try {
      await tables.maintain({ nowMs: startedAtMs, partitions: await this.#stands() });
    } catch (error) {
      logger.warn({ event: 'maintenance_failed', message: errorMessage(error) });
    }
    this.#nextAtMs = nowMs() + Math.max(EVERY_MS, (nowMs() - startedAtMs) * SHARE);
  }

  async #stands(): Promise<PartitionStand[]> {
    const { bounds, topics, loadProgress } = this.#deps;
    const stored = new Map((await loadProgress()).map((row) => [keyOf(row), row.nextOffset]));
    const stands: PartitionStand[] = [];
    for (const topic of topics()) {
      for (const [partition, { low, high }] of await bounds.topic(topic)) {
        const nextOffset = stored.get(keyOf({ topic, partition })) ?? 0;
        stands.push({ topic, partition, logStart: low, highWatermark: high, nextOffset });
      }
    }
    return stands;
  }
}
