import { type Clock, sleep } from '@ebb/core';
import type { Service } from '@ebb/runtime';
import type { CrmMetrics } from './crm-metrics.ts';
import type { CrmStep, StepSource } from './crm-world.ts';
import type { CrmBatch } from './crm-store.ts';
import { type CrmChange, rowsOf } from './rows.ts';

/** Where batches go; resolves once they are there for good. */
export interface CrmTarget {
  write(batch: CrmBatch, signal: AbortSignal): Promise<void>;
}

export interface CrmServiceDeps {
  world: StepSource;
  target: CrmTarget;
  clock: Clock;
  metrics: CrmMetrics;
  /** Steps that were written before. */
  doneSteps: number;
  batchRows: number;
  /** Ends before the first live step at or after this time, ms; null: no such end. */
  endMs: number | null;
  /** Ends after this many row changes; null: no such end. */
  count: number | null;
  /** Whether live changes wait until they are due. */
  isPaced: boolean;
  plan: () => string;
  keepTruth: () => void;
  onProgress: (rows: number) => void;
}

const HISTORY_BATCH_ROWS = 2_000;
const TRUTH_EVERY_MS = 600_000;
const PROGRESS_EVERY_MS = 60_000;

interface Collected {
  changes: CrmChange[];
  steps: number;
  rows: number;
  dueMs: number;
  isLive: boolean;
  isLast: boolean;
}

/**
 * Writes the world's transactions when they are due, whatever the database takes (open loop). What goes into one
 * transaction depends on the world and the batch size alone, never on the machine.
 */
export class CrmService implements Service {
  readonly #deps: CrmServiceDeps;
  readonly #stopping = new AbortController();
  #step: number;
  #written = 0;
  #pending: CrmStep | null = null;
  #truthMs: number;
  #progressMs: number;

  constructor(deps: CrmServiceDeps) {
    this.#deps = deps;
    this.#step = deps.doneSteps;
    this.#truthMs = deps.clock.nowMs();
    this.#progressMs = this.#truthMs;
  }

  /** Row changes committed by this run. */
  get written(): number {
    return this.#written;
  }

  async run(): Promise<void> {
    const { signal } = this.#stopping;
    try {
      for (;;) {
        const batch = this.#collect();
        if (batch.steps > 0) await this.#waitUntilDue(batch, signal);
        if (signal.aborted) return;
        if (batch.steps > 0) await this.#write(batch, signal);
        if (batch.isLast) return;
        this.#housekeeping();
      }
    } catch (error) {
      // Stopped during an outage: the batch is made again by the next run.
      if (!signal.aborted) throw error;
    } finally {
      this.#deps.keepTruth();
    }
  }

  stop(): Promise<void> {
    this.#stopping.abort();
    return Promise.resolve();
  }

  #collect(): Collected {
    const { world, count, endMs, batchRows } = this.#deps;
    const batch: Collected = { changes: [], steps: 0, rows: 0, dueMs: 0, isLive: false, isLast: false };
    for (;;) {
      const step = this.#pending ?? world.next();
      this.#pending = null;
      batch.isLast = endMs !== null && step.isLive && step.timeMs >= endMs;
      if (batch.isLast) return batch;
      if (step.isLive && !batch.isLive && batch.steps > 0) {
        // History is written at once, what is live when it is due: never in one transaction.
        this.#pending = step;
        return batch;
      }
      batch.changes.push(...step.changes);
      batch.steps += 1;
      batch.rows += step.rows;
      batch.dueMs = step.timeMs;
      batch.isLive = step.isLive;
      batch.isLast = count !== null && this.#written + batch.rows >= count;
      if (batch.isLast || batch.rows >= (step.isLive ? batchRows : Math.max(batchRows, HISTORY_BATCH_ROWS)))
        return batch;
    }
  }

  async #waitUntilDue({ dueMs, isLive }: Collected, signal: AbortSignal): Promise<void> {
    if (!isLive || !this.#deps.isPaced) return;
    const waitMs = dueMs - this.#deps.clock.nowMs();
    this.#deps.metrics.behindSeconds.set(Math.max(0, -waitMs) / 1_000);
    if (waitMs > 0) await sleep(waitMs, signal);
  }

  async #write(batch: Collected, signal: AbortSignal): Promise<void> {
    const { target, plan, metrics, world } = this.#deps;
    const toStep = this.#step + batch.steps;
    await target.write({ changes: batch.changes, fromStep: this.#step, toStep, plan: plan() }, signal);
    this.#step = toStep;
    this.#written += batch.rows;
    metrics.transactions.inc();
    metrics.customers.set(world.active);
    for (const change of batch.changes) {
      const op = change.op === 'delete_all' ? 'delete' : change.op;
      metrics.rows.inc({ table: change.table, op }, rowsOf(change));
    }
  }

  #housekeeping(): void {
    const nowMs = this.#deps.clock.nowMs();
    if (nowMs - this.#progressMs >= PROGRESS_EVERY_MS) {
      this.#progressMs = nowMs;
      this.#deps.onProgress(this.#written);
    }
    if (nowMs - this.#truthMs < TRUTH_EVERY_MS) return;
    this.#truthMs = nowMs;
    this.#deps.keepTruth();
  }
}
