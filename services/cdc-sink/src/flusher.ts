import { isEbbError, Signal } from '@ebb/core';
import type { BatchWriter } from './batch-writer.ts';
import type { PreparedBatch } from './captured/types.ts';
import type { FlushLimits, Pace } from './flush-policy.ts';
import { type TimeSpan, type TopicBatch, WaitingRows } from './waiting-rows.ts';

export interface FlusherDeps {
  readonly writer: BatchWriter;
  readonly paceOf: (topic: string) => Pace;
  /** A topic's rows and progress are stored. */
  readonly onStored: (batch: TopicBatch) => void;
  /** ClickHouse will not take a topic's rows: none of its progress moved. */
  readonly onRefused: (topic: string, reason: string) => void;
  /** Work that must not run beside an insert; called between two of them. It must not reject. */
  readonly betweenFlushes: () => Promise<void>;
}

const IDLE_WAIT_MS = 1_000;
const ROOM_WAIT_MS = 250;
/** What a stop may take to store what is decoded. */
const DRAIN_MS = 8_000;

/** Stores rows that wait when they are due, one flush after the other. */
export class Flusher {
  readonly #deps: FlusherDeps;
  readonly #mostBytes: number;
  readonly #waiting: WaitingRows;
  /** Rows wait, or are wanted at once. */
  readonly #rows = new Signal();
  readonly #flushed = new Signal();
  readonly #stopping = new AbortController();
  readonly #aborting = new AbortController();
  #inFlightBytes = 0;
  #isFlushing = false;
  #isWantedNow = false;

  /** `mostBytes`: decoded rows that may wait for their acknowledgement before `waitForRoom` waits. */
  constructor(deps: FlusherDeps, limits: FlushLimits, mostBytes: number) {
    this.#deps = deps;
    this.#mostBytes = mostBytes;
    this.#waiting = new WaitingRows(limits, deps.paceOf);
  }

  /** Bytes decoded and not yet acknowledged. */
  get bytes(): number {
    return this.#waiting.bytes + this.#inFlightBytes;
  }

  add(topic: string, prepared: PreparedBatch, messages: number, times: TimeSpan | null): void {
    this.#waiting.open(topic, performance.now()).add(prepared, messages, times);
    this.#rows.set();
  }

  /** Forgets what waits for a topic: it is read again. */
  drop(topic: string): void {
    this.#waiting.drop(topic);
  }

  async waitForRoom(): Promise<void> {
    while (this.bytes >= this.#mostBytes && !this.#stopping.signal.aborted) await this.#flushed.wait(ROOM_WAIT_MS);
  }

  /** Resolves when everything added so far is stored, or the sink gives up because it stops. */
  async settle(): Promise<void> {
    while (!this.#waiting.isEmpty || this.#isFlushing) {
      if (this.#aborting.signal.aborted) return;
      this.#isWantedNow = true;
      this.#rows.set();
      await this.#flushed.wait(ROOM_WAIT_MS);
    }
  }

  /** Works until `stop`; what waits then is stored if that does not take long. Rejects only for a defect. */
  async run(): Promise<void> {
    while (!this.#aborting.signal.aborted && !(this.#stopping.signal.aborted && this.#waiting.isEmpty)) {
      const isEverything = this.#isWantedNow || this.#stopping.signal.aborted;
      const due = this.#waiting.take(performance.now(), isEverything);
      if (due.length > 0) await this.#flush(due);
      else await this.#rest();
    }
  }

  stop(): void {
    if (this.#stopping.signal.aborted) return;
    this.#stopping.abort();
    setTimeout(() => this.#aborting.abort(), DRAIN_MS).unref();
    this.#rows.set();
    this.#flushed.set();
  }

  async #rest(): Promise<void> {
    this.#isWantedNow = false;
    this.#flushed.set();
    await this.#deps.betweenFlushes();
    const waitMs = this.#waiting.nextDueMs() - performance.now();
    await this.#rows.wait(Math.min(IDLE_WAIT_MS, Math.max(1, waitMs)));
  }

  async #flush(batches: readonly TopicBatch[]): Promise<void> {
    this.#isFlushing = true;
    this.#inFlightBytes = batches.reduce((sum, { bytes }) => sum + bytes, 0);
    try {
      const { stored, refused } = await this.#deps.writer.write(batches, this.#aborting.signal);
      for (const batch of stored) this.#deps.onStored(batch);
      for (const { batch, reason } of refused) this.#deps.onRefused(batch.topic, reason);
    } catch (error) {
      if (!isEbbError(error, 'STOPPED')) throw error;
    } finally {
      this.#inFlightBytes = 0;
      this.#isFlushing = false;
      this.#flushed.set();
    }
  }
}
