import { type Clock, sleep } from '@ebb/core';
import type { Service } from '@ebb/runtime';
import type { AckLog } from './delivery/ack-log.ts';
import type { MessageSink } from './delivery/message-sink.ts';
import type { SimulatorMetrics } from './metrics.ts';
import { dueUntilMs, type PaceOptions } from './pace.ts';
import type { Simulation } from './simulation.ts';
import type { SimMessage } from './world/message.ts';

export interface SimulateDeps {
  simulation: Simulation;
  sink: MessageSink;
  pace: PaceOptions;
  clock: Clock;
  metrics: SimulatorMetrics;
  ackLog: AckLog | null;
  /** Called at intervals and at the end: writes the truth. */
  keepTruth: () => void;
  /** Called once when the list of customers is used up. */
  onExhausted: () => void;
  /** Called at intervals with the messages acknowledged so far. */
  onProgress: (sent: number) => void;
}

const CHUNK_MESSAGES = 4_000;
/** A request costs the broker as much as some ten events. */
const TICK_MS = 50;
const TRUTH_EVERY_MS = 600_000;
const FIRST_PROGRESS_MS = 2_000;
const PROGRESS_EVERY_MS = 60_000;

/**
 * Sends events when they are due, whatever the delivery takes (open loop): after an outage the backlog follows at once,
 * with its own times. Memory stays bounded because events are made when they are sent, one chunk ahead.
 */
export class SimulateService implements Service {
  readonly #deps: SimulateDeps;
  readonly #stopping = new AbortController();
  #truthMs: number;
  #progressMs: number;
  #sent = 0;
  #toldExhausted = false;

  constructor(deps: SimulateDeps) {
    this.#deps = deps;
    this.#truthMs = deps.clock.nowMs();
    this.#progressMs = this.#truthMs + FIRST_PROGRESS_MS;
  }

  async run(): Promise<void> {
    await this.#deps.sink.connect();
    try {
      await this.#pump(this.#stopping.signal);
    } finally {
      await this.#deps.sink.close();
      this.#deps.keepTruth();
    }
  }

  stop(): Promise<void> {
    this.#stopping.abort();
    return Promise.resolve();
  }

  async #pump(signal: AbortSignal): Promise<void> {
    let sending: Promise<void> = Promise.resolve();
    while (!signal.aborted) {
      const { chunk, more } = this.#make();
      await sending;
      sending = chunk.length > 0 ? this.#send(chunk, signal) : Promise.resolve();
      // Awaited one turn later; until then a failure must not count as unhandled.
      sending.catch(() => {});
      if (this.#deps.simulation.ended) break;
      this.#housekeeping();
      if (!more) await sleep(TICK_MS, signal);
    }
    await sending;
  }

  #make(): { chunk: SimMessage[]; more: boolean } {
    const { simulation, clock, pace, metrics } = this.#deps;
    const nowMs = clock.nowMs();
    const chunk: SimMessage[] = [];
    const more = simulation.advance(dueUntilMs(nowMs, pace), CHUNK_MESSAGES, chunk);
    metrics.behindSeconds.set(more ? Math.max(0, dueUntilMs(nowMs, pace) - simulation.lastMs) / 1_000 : 0);
    return { chunk, more };
  }

  async #send(chunk: SimMessage[], signal: AbortSignal): Promise<void> {
    const { sink, clock, ackLog, metrics } = this.#deps;
    const startedMs = clock.nowMs();
    try {
      await sink.send(chunk, signal);
    } catch (error) {
      // Stopped during an outage: the chunk was not acknowledged and is not reported as sent.
      if (signal.aborted) return;
      throw error;
    }
    ackLog?.record(chunk, clock.nowMs());
    metrics.sendSeconds.observe((clock.nowMs() - startedMs) / 1_000);
    const web = chunk.reduce((count, message) => (message.stream === 'web' ? count + 1 : count), 0);
    this.#sent += chunk.length;
    metrics.sent.inc({ stream: 'web' }, web);
    metrics.sent.inc({ stream: 'purchase' }, chunk.length - web);
  }

  #housekeeping(): void {
    const { simulation, clock, keepTruth, onExhausted, metrics } = this.#deps;
    const { population } = simulation.world;
    metrics.customers.set(population.acquired);
    if (population.exhausted && !this.#toldExhausted) {
      this.#toldExhausted = true;
      onExhausted();
    }
    const nowMs = clock.nowMs();
    if (nowMs >= this.#progressMs) {
      this.#progressMs = nowMs + PROGRESS_EVERY_MS;
      this.#deps.onProgress(this.#sent);
    }
    if (nowMs - this.#truthMs < TRUTH_EVERY_MS) return;
    this.#truthMs = nowMs;
    keepTruth();
  }
}
