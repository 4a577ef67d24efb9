import { backoffMs, errorMessage, isEbbError, sleep } from '@ebb/core';
import { describeExit, identifyProcess } from '@ebb/local-stack';
import type { Part, PartContext, StartedPart } from './part.ts';
import type { PartRecord } from './state.ts';

const BACKOFF = { initialDelayMs: 250, maxDelayMs: 15_000, attempts: Infinity };
/** A part that ran this long before it died has earned an immediate restart. */
const HEALTHY_AFTER_MS = 30_000;
const FIRST_ATTEMPTS = 3;

export interface RunnerHooks {
  onChange: (record: PartRecord) => void;
  log: (entry: Record<string, unknown>) => void;
}

/** Starts one part and keeps it running, on the same port, until it is stopped. */
export class PartRunner {
  readonly part: Part;
  readonly #context: PartContext;
  readonly #hooks: RunnerHooks;
  #record: PartRecord;
  #running: StartedPart | null = null;
  #startedAtMs = 0;
  #quickDeaths = 0;
  #keeping: Promise<void> = Promise.resolve();

  constructor(part: Part, context: PartContext, record: PartRecord, hooks: RunnerHooks) {
    this.part = part;
    this.#context = context;
    this.#record = record;
    this.#hooks = hooks;
  }

  /** Resolves when the part is ready for the first time; throws, with nothing left running, when it cannot start. */
  async start(): Promise<void> {
    const { name } = this.part;
    const begun = performance.now();
    for (let attempt = 1; ; attempt += 1) {
      const port = await this.#context.ports.reserve(this.part.port);
      this.#update({ state: 'starting', port });
      this.#context.progress(`starting on port ${port}`);
      try {
        await this.#startOnce(port);
        break;
      } catch (error) {
        this.#hooks.log({ event: 'start_failed', part: name, attempt, message: errorMessage(error) });
        if (attempt >= FIRST_ATTEMPTS || !isWorthRetrying(error) || this.#context.signal.aborted) {
          this.#update({ state: 'failed', process: null, problem: errorMessage(error) });
          throw error;
        }
        await sleep(backoffMs(attempt, BACKOFF), this.#context.signal);
      }
    }
    this.#context.progress(`ready after ${((performance.now() - begun) / 1000).toFixed(1)} s`);
    this.#keeping = this.#keepRunning();
  }

  /** The context's signal must be aborted before, or the part would be started again. */
  async stop(): Promise<void> {
    await this.#running?.stop();
    await this.#keeping;
    // A restart may have succeeded in between.
    await this.#running?.stop();
    this.#update({ state: 'stopped', process: null });
  }

  async #startOnce(port: number): Promise<void> {
    this.#running = await this.part.start(this.#context, port);
    this.#startedAtMs = performance.now();
    this.#update({ state: 'ready', process: identifyProcess(this.#running.pid), problem: null });
  }

  async #keepRunning(): Promise<void> {
    const { signal } = this.#context;
    while (this.#running !== null && !signal.aborted) {
      const exit = await this.#running.exited;
      if (signal.aborted) return;
      const ranMs = performance.now() - this.#startedAtMs;
      this.#quickDeaths = ranMs > HEALTHY_AFTER_MS ? 0 : this.#quickDeaths + 1;
      this.#hooks.log({ event: 'exited', part: this.part.name, exit: describeExit(exit), ranMs: Math.round(ranMs) });
      this.#running = null;
      this.#update({ ...this.#died(`ended with ${describeExit(exit)}`) });
      // The first two deaths in a row may be somebody's kill; after that it is a crash loop.
      if (this.#quickDeaths > 2) await sleep(backoffMs(this.#quickDeaths - 2, BACKOFF), signal);
      await this.#restart(signal);
    }
  }

  async #restart(signal: AbortSignal): Promise<void> {
    for (let attempt = 1; !signal.aborted; attempt += 1) {
      try {
        await this.#startOnce(this.#record.port ?? 0);
        this.#hooks.log({ event: 'restarted', part: this.part.name, attempt });
        return;
      } catch (error) {
        this.#hooks.log({ event: 'restart_failed', part: this.part.name, attempt, message: errorMessage(error) });
        this.#update({ problem: errorMessage(error) });
        await sleep(backoffMs(attempt, BACKOFF), signal);
      }
    }
  }

  #died(problem: string): Partial<PartRecord> {
    return { state: 'restarting', process: null, restarts: this.#record.restarts + 1, problem };
  }

  #update(change: Partial<PartRecord>): void {
    const since = change.state === undefined ? this.#record.since : new Date().toISOString();
    this.#record = { ...this.#record, ...change, since };
    this.#hooks.onChange(this.#record);
  }
}

/** A missing tool stays missing; a port somebody took in the last moment, or a crash, may go better next time. */
function isWorthRetrying(error: unknown): boolean {
  return ['SERVER_EXITED', 'NOT_OURS'].some((code) => isEbbError(error, code));
}
