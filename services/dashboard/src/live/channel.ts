import { type Clock, MINUTE_MS } from '@ebb/core';
import { liveDeltaSchema, type LiveSnapshot, liveSnapshotSchema, type LiveTick } from '../api/live-schema.ts';
import type { DashboardMetrics } from '../metrics.ts';
import type { Pulse } from '../queries/pulse.ts';
import { serverTime } from '../time/server-time.ts';
import { diffSnapshots, isSameView } from './diff.ts';
import type { LiveReader } from './live-reader.ts';
import type { Choice, Selection } from './selection.ts';

export type LiveMessage = 'snapshot' | 'delta' | 'tick' | 'bye';

/** One page that listens. `data` is JSON. */
export interface Subscriber {
  send(kind: LiveMessage, data: string): void;
}

export interface ChannelOptions {
  readonly choice: Choice;
  readonly reader: LiveReader;
  readonly clock: Clock;
  readonly pollMs: number;
  readonly metrics: DashboardMetrics;
  /** Called once per outage, not once per poll. */
  readonly onFailure: (error: unknown) => void;
}

/** Longest silence towards a page, well below what the page takes for a lost connection. */
const TICK_MS = 2_000;
const FAILED_POLL_MS = 1_000;

/**
 * One selection, polled once however many pages show it.
 *
 * Each poll reads a fingerprint; only when that moved, or the minute did (the last 15 minutes slide), the figures are
 * read, compared with what the pages have, and the difference sent. Failures change nothing on the pages but the
 * `healthy` flag; the next success catches up.
 */
export class Channel {
  readonly #options: ChannelOptions;
  readonly #subscribers = new Set<Subscriber>();
  #snapshot: LiveSnapshot | null = null;
  #selection: Selection | null = null;
  #fingerprint = '';
  #minute = 0;
  #isHealthy = true;
  #lastSentMs = 0;
  #timer: NodeJS.Timeout | null = null;
  #isClosed = false;

  constructor(options: ChannelOptions) {
    this.#options = options;
  }

  get size(): number {
    return this.#subscribers.size;
  }

  start(): void {
    void this.#pollAndSchedule();
  }

  /** Adds a page; it gets the figures at once if they are known, else with the first poll. */
  add(subscriber: Subscriber): void {
    this.#subscribers.add(subscriber);
    if (this.#snapshot === null) return;
    subscriber.send('snapshot', JSON.stringify({ ...this.#snapshot, serverTime: this.#nowIso() }));
    if (!this.#isHealthy) subscriber.send('tick', this.#tick());
  }

  remove(subscriber: Subscriber): void {
    this.#subscribers.delete(subscriber);
  }

  close(): void {
    this.#isClosed = true;
    if (this.#timer !== null) clearTimeout(this.#timer);
    for (const subscriber of this.#subscribers) subscriber.send('bye', '{}');
    this.#subscribers.clear();
  }

  async #pollAndSchedule(): Promise<void> {
    await this.#poll();
    if (this.#isClosed) return;
    const delayMs = this.#isHealthy ? this.#options.pollMs : Math.max(FAILED_POLL_MS, this.#options.pollMs);
    this.#timer = setTimeout(() => void this.#pollAndSchedule(), delayMs);
  }

  async #poll(): Promise<void> {
    const startMs = performance.now();
    let outcome = 'unchanged';
    try {
      outcome = (await this.#readChanges()) ? 'changed' : 'unchanged';
      this.#isHealthy = true;
    } catch (error) {
      outcome = 'failed';
      if (this.#isHealthy) this.#onOutage(error);
    }
    this.#options.metrics.pollMs.observe({ outcome }, performance.now() - startMs);
    const isDue = this.#options.clock.nowMs() - this.#lastSentMs >= TICK_MS;
    if (isDue && !this.#isClosed) this.#broadcast('tick', this.#tick());
  }

  #onOutage(error: unknown): void {
    this.#isHealthy = false;
    this.#options.onFailure(error);
    if (!this.#isClosed) this.#broadcast('tick', this.#tick());
  }

  async #readChanges(): Promise<boolean> {
    const { reader, choice, clock } = this.#options;
    // The default currency is chosen once; a page would otherwise jump between two that are close.
    const currency = choice.currency ?? this.#selection?.currency ?? null;
    const source = choice.source ?? this.#selection?.source ?? null;
    const selection = await reader.select({ source, currency, date: choice.date });
    const minute = Math.floor(clock.nowMs() / MINUTE_MS);
    const isMoved = minute !== this.#minute || !isSameSelection(selection, this.#selection);
    if (!isMoved && this.#snapshot !== null) {
      const pulse = await reader.readPulse(selection);
      if (pulse.fingerprint === this.#fingerprint) {
        this.#snapshot = { ...this.#snapshot, freshness: pulse.freshness };
        return false;
      }
    }
    const read = await reader.readSnapshot(selection);
    this.#publish(read, selection, minute);
    return true;
  }

  #publish(read: { snapshot: LiveSnapshot; pulse: Pulse }, selection: Selection, minute: number): void {
    const before = this.#snapshot;
    this.#snapshot = read.snapshot;
    this.#selection = selection;
    this.#fingerprint = read.pulse.fingerprint;
    this.#minute = minute;
    if (this.#isClosed) return;
    if (before !== null && isSameView(before, read.snapshot)) {
      this.#broadcast('delta', JSON.stringify(liveDeltaSchema.parse(diffSnapshots(before, read.snapshot))));
    } else {
      this.#broadcast('snapshot', JSON.stringify(liveSnapshotSchema.parse(read.snapshot)));
    }
  }

  #tick(): string {
    const freshness = this.#snapshot?.freshness ?? { dataAsOf: null, lastChangeAt: null };
    return JSON.stringify({ serverTime: this.#nowIso(), freshness, healthy: this.#isHealthy } satisfies LiveTick);
  }

  #broadcast(kind: LiveMessage, data: string): void {
    this.#lastSentMs = this.#options.clock.nowMs();
    for (const subscriber of this.#subscribers) subscriber.send(kind, data);
    this.#options.metrics.pushes.inc({ kind }, this.#subscribers.size);
  }

  #nowIso(): string {
    return serverTime(this.#options.clock);
  }
}

function isSameSelection(one: Selection, other: Selection | null): boolean {
  return (
    other !== null &&
    one.source === other.source &&
    one.currency === other.currency &&
    one.date === other.date &&
    one.isToday === other.isToday
  );
}
