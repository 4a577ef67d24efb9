import { EbbError, errorMessage } from '@ebb/core';
import type { BoundsReader, StallWatch } from '@ebb/kafka';
import type { Logger } from '@ebb/runtime';
import type { CapturedTables } from './captured/types.ts';
import type { SinkErrorCode } from './errors.ts';
import type { Lane } from './lane.ts';
import { keyOf, lagOf, type LanePartition } from './lane-partitions.ts';
import type { SinkMetrics } from './metrics.ts';
import type { PartsWatch } from './parts-watch.ts';

export interface MonitorDeps {
  readonly lanes: readonly Lane[];
  readonly bounds: BoundsReader;
  readonly parts: PartsWatch;
  readonly tables: Pick<CapturedTables, 'stats' | 'stoppedTables'>;
  readonly stalls: StallWatch;
  readonly metrics: SinkMetrics;
  readonly logger: Logger;
  readonly nowMs: () => number;
}

/** How often stopped partitions are looked at again. */
const RETRY_STOPPED_MS = 30_000;

/** Looks at the lanes from outside, every few seconds: lag, lost messages, stopped partitions, parts, stalls. */
export class Monitor {
  readonly #deps: MonitorDeps;
  #brokerFailures = 0;
  #clickhouseFailures = 0;
  #partsAlerts = '';
  #retriedAtMs = 0;

  constructor(deps: MonitorDeps) {
    this.#deps = deps;
  }

  get isBrokerAway(): boolean {
    return this.#brokerFailures > 1;
  }

  get isClickhouseAway(): boolean {
    return this.#clickhouseFailures > 1;
  }

  /** One look. Raises STALLED when a partition stands still although nothing is known to be in its way. */
  async look(): Promise<void> {
    const isBrokerThere = await this.#readBounds();
    await this.#watchParts();
    this.#report();
    this.#retryStopped();
    if (isBrokerThere) this.#checkStalls();
    else this.#deps.stalls.reset();
  }

  async #readBounds(): Promise<boolean> {
    try {
      for (const lane of this.#deps.lanes) {
        for (const topic of new Set(lane.partitions.map(({ queue }) => queue.id.topic))) {
          const bounds = await this.#deps.bounds.topic(topic);
          for (const partition of lane.partitions) {
            const own = partition.queue.id.topic === topic ? bounds.get(partition.queue.id.partition) : undefined;
            if (own !== undefined) noteBounds(partition, own);
          }
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

  async #watchParts(): Promise<void> {
    const { parts, metrics, logger } = this.#deps;
    try {
      await parts.look();
      this.#clickhouseFailures = 0;
    } catch (error) {
      this.#clickhouseFailures += 1;
      logger.warn({ event: 'clickhouse_unreachable', message: errorMessage(error) });
      return;
    }
    for (const [table, count] of parts.parts) metrics.parts.set({ table }, count);
    const alerts = parts.alerts;
    metrics.partAlerts.set(alerts.length);
    const shown = alerts.toSorted().join();
    if (shown !== this.#partsAlerts && shown !== '') logger.error({ event: 'many_parts', tables: alerts });
    this.#partsAlerts = shown;
  }

  #report(): void {
    const { metrics, lanes, tables } = this.#deps;
    // Partitions come and go with rebalances; another member reports those that went.
    metrics.lag.reset();
    metrics.stopped.reset();
    for (const lane of lanes) {
      metrics.waitingBytes.set({ lane: lane.name }, lane.waitingBytes);
      for (const partition of lane.partitions) {
        const { topic, partition: number } = partition.queue.id;
        const labels = { lane: lane.name, topic, partition: String(number) };
        metrics.lag.set(labels, lagOf(partition));
        metrics.stopped.set(labels, partition.queue.alarm === null ? 0 : 1);
      }
    }
    metrics.stoppedTables.reset();
    for (const { table } of tables.stoppedTables()) metrics.stoppedTables.set({ table }, 1);
    for (const { table, deadRowRatio } of tables.stats()) metrics.deadRowRatio.set({ table }, deadRowRatio);
  }

  #retryStopped(): void {
    const { lanes, nowMs } = this.#deps;
    if (nowMs() - this.#retriedAtMs < RETRY_STOPPED_MS) return;
    this.#retriedAtMs = nowMs();
    for (const lane of lanes) if (lane.partitions.some(({ queue }) => queue.alarm !== null)) lane.retryStopped();
  }

  #checkStalls(): void {
    // A lane that fails says so and retries; what it holds up is no stall.
    const moving = this.#deps.lanes.filter((lane) => lane.trouble === null).flatMap((lane) => lane.partitions);
    const partitions = moving
      .filter(({ queue }) => queue.alarm === null)
      .map((partition) => ({ ...partition.queue.id, next: partition.storedOffset, lag: lagOf(partition) }));
    const stalled = this.#deps.stalls.check(partitions, this.#deps.nowMs());
    if (stalled.length === 0) return;
    const shown = stalled.map((partition) => `${keyOf(partition)} at ${partition.next}, lag ${partition.lag}`);
    throw new EbbError<SinkErrorCode>('STALLED', `no progress: ${shown.join('; ')}`);
  }
}

function noteBounds({ queue, storedOffset }: LanePartition, { low, high }: { low: number; high: number }): void {
  queue.high = Math.max(queue.high, high);
  // Deleted before it was stored, or another log: loading the position anew raises the alarm.
  if (queue.next !== undefined && storedOffset !== undefined && (low > queue.next || high < storedOffset))
    queue.forget();
}
