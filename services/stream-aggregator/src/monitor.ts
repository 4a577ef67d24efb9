import { EbbError, errorMessage } from '@ebb/core';
import type { BoundsReader, PartitionPace, StallWatch } from '@ebb/kafka';
import type { Pool } from '@ebb/postgres';
import type { Logger } from '@ebb/runtime';
import type { AggregatorErrorCode } from './errors.ts';
import type { Lane } from './lane.ts';
import type { AggregatorMetrics } from './metrics.ts';
import { type CaughtUp, clearedAlarms, loadWatermarks, markCaughtUp } from './offsets-store.ts';
import type { EventQueue } from './types.ts';

export interface MonitorDeps {
  readonly lanes: readonly Lane[];
  readonly bounds: BoundsReader;
  readonly pool: Pool;
  readonly stalls: StallWatch;
  readonly metrics: AggregatorMetrics;
  readonly logger: Logger;
  readonly nowMs: () => number;
}

/** Looks at the partitions from outside, every few seconds: lag, silence, lost messages, cleared alarms, stalls. */
export class Monitor {
  readonly #deps: MonitorDeps;
  #brokerFailures = 0;
  /** End of each log at an earlier look: under constant traffic a partition is never empty, but it gets past these. */
  readonly #marks = new WeakMap<EventQueue, { high: number; atMs: number }>();

  constructor(deps: MonitorDeps) {
    this.#deps = deps;
  }

  get isBrokerAway(): boolean {
    return this.#brokerFailures > 1;
  }

  /** One look. Raises STALLED when a partition stands still although nothing is known to be in its way. */
  async look(): Promise<void> {
    const queues = this.#deps.lanes.flatMap((lane) => [...lane.queues]);
    const atMs = this.#deps.nowMs();
    const isBrokerThere = await this.#readBounds(queues);
    const caughtUp = isBrokerThere ? this.#findCaughtUp(queues, atMs) : [];
    await this.#report(queues, caughtUp, atMs).catch((error: unknown) => {
      this.#deps.logger.warn({ event: 'monitor_failed', message: errorMessage(error) });
    });
    if (isBrokerThere) this.#checkStalls();
    else this.#deps.stalls.reset();
  }

  async #readBounds(queues: readonly EventQueue[]): Promise<boolean> {
    try {
      for (const topic of new Set(queues.map((queue) => queue.id.topic))) {
        const bounds = await this.#deps.bounds.topic(topic);
        for (const queue of queues) {
          const own = queue.id.topic === topic ? bounds.get(queue.id.partition) : undefined;
          if (own === undefined) continue;
          queue.high = Math.max(queue.high, own.high);
          // Deleted before it was stored, or another log: loading the position anew records it.
          if (queue.next !== undefined && (own.low > queue.next || own.high < queue.next)) queue.forget();
        }
      }
      this.#brokerFailures = 0;
      return true;
    } catch (error) {
      this.#brokerFailures += 1;
      this.#deps.logger.warn({ event: 'broker_unreachable', message: errorMessage(error) });
      return false;
    }
  }

  /** Up to when everything that had come in is stored. */
  #findCaughtUp(queues: readonly EventQueue[], atMs: number): CaughtUp[] {
    const found: CaughtUp[] = [];
    for (const queue of queues) {
      const { id, kind, next } = queue;
      const mark = this.#marks.get(queue);
      if (next === undefined) continue;
      if (next >= queue.high) found.push({ ...id, kind, atMs });
      else if (mark !== undefined && next >= mark.high) found.push({ ...id, kind, atMs: mark.atMs });
      else if (mark !== undefined) continue;
      this.#marks.set(queue, { high: queue.high, atMs });
    }
    return found;
  }

  async #report(queues: readonly EventQueue[], caughtUp: readonly CaughtUp[], atMs: number): Promise<void> {
    const { metrics, pool, lanes } = this.#deps;
    // Partitions come and go with rebalances; another member reports those that went.
    metrics.lag.reset();
    metrics.stopped.reset();
    metrics.watermarkAge.reset();
    for (const { id, lag, alarm } of queues) {
      const labels = { topic: id.topic, partition: String(id.partition) };
      metrics.lag.set(labels, lag);
      metrics.stopped.set(labels, alarm === null ? 0 : 1);
    }
    metrics.cachedUsers.set(lanes.reduce((users, lane) => users + lane.cachedUsers, 0));
    await markCaughtUp(pool, caughtUp);
    await this.#reportWatermarks(queues, atMs);
    await this.#clearAlarms(queues.filter(({ alarm }) => alarm !== null));
  }

  async #reportWatermarks(queues: readonly EventQueue[], atMs: number): Promise<void> {
    for (const { topic, partition, eventTimeMs } of await loadWatermarks(
      this.#deps.pool,
      queues.map(({ id }) => id),
    )) {
      this.#deps.metrics.watermarkAge.set({ topic, partition: String(partition) }, (atMs - eventTimeMs) / 1000);
    }
  }

  async #clearAlarms(stopped: readonly EventQueue[]): Promise<void> {
    if (stopped.length === 0) return;
    const cleared = await clearedAlarms(
      this.#deps.pool,
      stopped.map(({ id }) => id),
    );
    for (const queue of stopped) {
      if (!cleared.some(({ topic, partition }) => topic === queue.id.topic && partition === queue.id.partition))
        continue;
      queue.resume();
      this.#deps.logger.info({ event: 'partition_resumed', ...queue.id });
    }
  }

  #checkStalls(): void {
    // A lane that fails says so and retries; what it holds up is no stall.
    const partitions = this.#deps.lanes.filter((lane) => lane.failures === 0).flatMap(pacesOf);
    const stalled = this.#deps.stalls.check(partitions, this.#deps.nowMs());
    if (stalled.length === 0) return;
    const shown = stalled.map(({ topic, partition, next, lag }) => `${topic}/${partition} at ${next}, lag ${lag}`);
    throw new EbbError<AggregatorErrorCode>('STALLED', `no progress: ${shown.join('; ')}`);
  }
}

/** A partition that has nothing in a full lane waits for the others there; one that has something must move. */
export function pacesOf({ queues, isFull }: Pick<Lane, 'queues' | 'isFull'>): PartitionPace[] {
  return [...queues]
    .filter(({ alarm }) => alarm === null)
    .map(({ id, next, lag, hasWork }) => ({ ...id, next, lag, isHeld: isFull && !hasWork }));
}
