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

/** Lets the captured tables clean up now and then, with a view of all partitions, those of other instances included. */
export class Maintenance {
  readonly #deps: MaintenanceDeps;
  #lastAtMs: number;

  constructor(deps: MaintenanceDeps) {
    this.#deps = deps;
    this.#lastAtMs = deps.nowMs();
  }

  /** Does something when it is time; never rejects. */
  async runWhenDue(): Promise<void> {
    const { tables, isOpen, logger, nowMs } = this.#deps;
    if (!isOpen() || nowMs() - this.#lastAtMs < EVERY_MS) return;
    this.#lastAtMs = nowMs();
    try {
      await tables.maintain({ nowMs: nowMs(), partitions: await this.#stands() });
    } catch (error) {
      logger.warn({ event: 'maintenance_failed', message: errorMessage(error) });
    }
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
