import type { DeadLetter } from '@ebb/contracts';
import type { PartitionProgress, PreparedBatch, TableInsert } from './captured/types.ts';
import { dueAtMs, type FlushLimits, type Pace } from './flush-policy.ts';

/** Rows of several slices for one table, in one insert. */
export interface MergedInsert {
  readonly table: string;
  readonly columns: readonly string[];
  readonly body: Buffer[];
  rows: number;
  bytes: number;
}

/** Broker times of what a batch holds, ms. */
export interface TimeSpan {
  readonly oldestMs: number;
  readonly newestMs: number;
}

/** Everything that waits to be stored for one topic. */
export class TopicBatch {
  readonly topic: string;
  /** When the first of it was decoded. */
  readonly sinceMs: number;
  readonly inserts = new Map<string, MergedInsert>();
  readonly progress = new Map<number, PartitionProgress>();
  readonly deadLetters: DeadLetter[] = [];
  readonly times: TimeSpan[] = [];
  messages = 0;
  rows = 0;
  bytes = 0;

  constructor(topic: string, sinceMs: number) {
    this.topic = topic;
    this.sinceMs = sinceMs;
  }

  add(prepared: PreparedBatch, messages: number, times: TimeSpan | null): void {
    for (const insert of prepared.inserts) this.#merge(insert);
    this.deadLetters.push(...prepared.deadLetters);
    this.progress.set(prepared.progress.partition, prepared.progress);
    this.messages += messages;
    if (times !== null) this.times.push(times);
  }

  #merge(insert: TableInsert): void {
    // A table's columns change when its schema does; rows of before and after then go separately.
    const key = `${insert.table}(${insert.columns.join()})`;
    let merged = this.inserts.get(key);
    if (merged === undefined) {
      merged = { table: insert.table, columns: insert.columns, body: [], rows: 0, bytes: 0 };
      this.inserts.set(key, merged);
    }
    const bytes = insert.body.reduce((sum, part) => sum + part.length, 0);
    merged.body.push(...insert.body);
    merged.rows += insert.rows;
    merged.bytes += bytes;
    this.rows += insert.rows;
    this.bytes += bytes;
  }
}

/** Decoded rows that wait for their insert, by topic: each topic has tables of its own, and is due by itself. */
export class WaitingRows {
  readonly #limits: FlushLimits;
  readonly #paceOf: (topic: string) => Pace;
  readonly #batches = new Map<string, TopicBatch>();
  readonly #lastFlushMs = new Map<string, number>();

  constructor(limits: FlushLimits, paceOf: (topic: string) => Pace) {
    this.#limits = limits;
    this.#paceOf = paceOf;
  }

  get bytes(): number {
    let bytes = 0;
    for (const batch of this.#batches.values()) bytes += batch.bytes;
    return bytes;
  }

  get isEmpty(): boolean {
    return this.#batches.size === 0;
  }

  /** The batch of a topic that rows are added to. */
  open(topic: string, nowMs: number): TopicBatch {
    let batch = this.#batches.get(topic);
    if (batch === undefined) {
      batch = new TopicBatch(topic, nowMs);
      this.#batches.set(topic, batch);
    }
    return batch;
  }

  /** When the first topic is due; infinite when nothing waits. */
  nextDueMs(): number {
    return Math.min(Infinity, ...[...this.#batches.values()].map((batch) => this.#dueAtMs(batch)));
  }

  /** Removes and returns what is due, or everything. */
  take(nowMs: number, isEverything: boolean): TopicBatch[] {
    const due = [...this.#batches.values()].filter((batch) => isEverything || this.#dueAtMs(batch) <= nowMs);
    for (const { topic } of due) {
      this.#batches.delete(topic);
      this.#lastFlushMs.set(topic, nowMs);
    }
    return due;
  }

  /** Forgets what waits for a topic: it is read again. */
  drop(topic: string): void {
    this.#batches.delete(topic);
  }

  #dueAtMs(batch: TopicBatch): number {
    const lastFlushMs = this.#lastFlushMs.get(batch.topic) ?? -Infinity;
    // Many topics with little each fill the memory as one with much does.
    const waiting = { rows: batch.rows, bytes: this.bytes, sinceMs: batch.sinceMs };
    return dueAtMs(waiting, lastFlushMs, this.#limits, this.#paceOf(batch.topic));
  }
}
