import { errorMessage, sleep } from '@ebb/core';
import type { Logger } from '@ebb/runtime';

export interface KafkaHealthDeps {
  /** Asks the brokers something that needs no message; rejects while they are away. */
  probe: () => Promise<unknown>;
  oldestInFlightMs: () => number;
  nowMs: () => number;
  logger: Logger;
}

const CHECK_INTERVAL_MS = 500;
/** A produce that takes longer means that Kafka is away; requests are refused instead of piling up behind it. */
const STALL_MS = 3_000;
/** Without a produce for this long the brokers are asked, so that readiness is true also when nothing comes in. */
const IDLE_PROBE_MS = 10_000;
const AWAY_PROBE_MS = 1_000;

/**
 * Whether Kafka takes events now. Unhealthy after a failed or stalled produce; healthy again after a produce or a
 * probe that succeeds, so that an outage ends without a request having to be the guinea pig.
 */
export class KafkaHealth {
  readonly #deps: KafkaHealthDeps;
  readonly #stop = new AbortController();
  #healthy = false;
  #lastAnswerMs = 0;
  #lastProbeMs = 0;

  constructor(deps: KafkaHealthDeps) {
    this.#deps = deps;
  }

  get healthy(): boolean {
    return this.#healthy;
  }

  /** Told of every produce. */
  report(error: unknown): void {
    if (error === undefined) this.#lastAnswerMs = this.#deps.nowMs();
    this.#set(error === undefined, error);
  }

  /** Watches until stopped. */
  async run(): Promise<void> {
    while (!this.#stop.signal.aborted) {
      if (this.#deps.oldestInFlightMs() > STALL_MS) this.#set(false, new Error('a produce has stalled'));
      else if (this.#isProbeDue()) await this.#probe();
      await sleep(CHECK_INTERVAL_MS, this.#stop.signal);
    }
  }

  stop(): void {
    this.#stop.abort();
  }

  #isProbeDue(): boolean {
    const now = this.#deps.nowMs();
    if (now - this.#lastProbeMs < AWAY_PROBE_MS) return false;
    return !this.#healthy || now - Math.max(this.#lastAnswerMs, this.#lastProbeMs) > IDLE_PROBE_MS;
  }

  async #probe(): Promise<void> {
    try {
      await this.#deps.probe();
      this.#set(true, undefined);
    } catch (error) {
      this.#set(false, error);
    }
    this.#lastProbeMs = this.#deps.nowMs();
  }

  #set(healthy: boolean, error: unknown): void {
    if (healthy === this.#healthy) return;
    this.#healthy = healthy;
    if (healthy) this.#deps.logger.info({ event: 'kafka_available' });
    else this.#deps.logger.warn({ event: 'kafka_unavailable', message: errorMessage(error) });
  }
}
