import { EbbError, errorMessage, isEbbError } from '@ebb/core';
import { type Environment } from '@ebb/config';
import { ensureSecrets } from './secrets.ts';
import { rotateLogs } from './log-files.ts';
import type { StackHome } from './home.ts';
import { stopProcesses } from './orphans.ts';
import { findOwnProcesses, ownIdentity } from './ownership.ts';
import type { Part, PartContext } from './part.ts';
import { PartRunner } from './part-runner.ts';
import { PortPlan } from './port-plan.ts';
import { refuseUnfinishedRestore } from './restored.ts';
import { setUp } from './setup.ts';
import { newState, type PartRecord, type StackState, writeState } from './state.ts';

const HEARTBEAT_MS = 1_000;

export interface SupervisorOptions {
  home: StackHome;
  env: Environment;
  parts: readonly Part[];
  log: (entry: Record<string, unknown>) => void;
}

/**
 * Runs the whole stack: starting → ready → stopping → stopped, or failed when a part cannot be started, with
 * everything stopped again. The state file is written at every change, and every second in case somebody damaged it.
 */
export class Supervisor {
  readonly #options: SupervisorOptions;
  readonly #abort = new AbortController();
  readonly #state: StackState;
  readonly #runners: PartRunner[] = [];

  constructor(options: SupervisorOptions) {
    this.#options = options;
    this.#state = newState(
      ownIdentity(),
      options.parts.map((part) => part.name),
    );
  }

  /** May be called at any time, repeatedly. */
  stop(): void {
    if (this.#state.phase !== 'failed') this.#state.phase = 'stopping';
    this.#abort.abort();
  }

  /** Resolves when everything has ended: true after a stop, false when the start failed. */
  async run(): Promise<boolean> {
    this.#write();
    const heartbeat = setInterval(() => {
      this.#write();
      rotateLogs(this.#options.home);
    }, HEARTBEAT_MS);
    try {
      await this.#start();
      await this.#untilStopped();
    } catch (error) {
      this.#fail(error);
    } finally {
      this.#abort.abort();
      await this.#stopAll();
      clearInterval(heartbeat);
    }
    const isOrderly = this.#state.phase !== 'failed';
    if (isOrderly) this.#state.phase = 'stopped';
    this.#write();
    return isOrderly;
  }

  async #start(): Promise<void> {
    const { home, env, parts } = this.#options;
    refuseUnfinishedRestore(home);
    const orphans = findOwnProcesses(home);
    if (orphans.length > 0) {
      this.#progress('ebb', `stopping ${orphans.length} processes that an earlier supervisor left behind`);
      await stopProcesses(home, orphans);
    }
    const ports = new PortPlan(home, env);
    const base = { home, env, ports, secrets: ensureSecrets(home), signal: this.#abort.signal };
    await this.#startLevel(parts, 'server', base);
    const progress = (text: string): void => {
      this.#progress('ebb', text);
    };
    const target = {
      ...base,
      postgresPort: ports.current('postgres') ?? 0,
      kafkaPort: ports.current('kafka') ?? 0,
      clickhousePort: ports.current('clickhouse') ?? 0,
      objectStorePort: ports.current('objectStore') ?? 0,
    };
    await setUp(target, progress);
    await this.#startLevel(parts, 'service', base);
    this.#state.phase = this.#abort.signal.aborted ? 'stopping' : 'ready';
    this.#write();
  }

  async #startLevel(parts: readonly Part[], level: Part['level'], base: Omit<PartContext, 'progress'>): Promise<void> {
    if (this.#abort.signal.aborted) throw new EbbError('ABORTED', 'stopped while starting');
    const runners = parts.filter((part) => part.level === level).map((part) => this.#runner(part, base));
    this.#runners.push(...runners);
    const outcomes = await Promise.allSettled(
      runners.map(async (runner) => {
        try {
          await runner.start();
        } catch (error) {
          // The others need not finish their start: nothing will come of it.
          this.#abort.abort();
          throw error;
        }
      }),
    );
    const failures = outcomes.flatMap((outcome) => (outcome.status === 'rejected' ? [outcome.reason as unknown] : []));
    const first = failures.find((failure) => !isEbbError(failure, 'ABORTED')) ?? failures[0];
    if (first !== undefined) throw first;
    if (this.#abort.signal.aborted) throw new EbbError('ABORTED', 'stopped while starting');
  }

  #runner(part: Part, base: Omit<PartContext, 'progress'>): PartRunner {
    const progress = (text: string): void => {
      this.#progress(part.name, text);
    };
    const onChange = (record: PartRecord): void => {
      this.#state.parts[part.name] = record;
      this.#write();
    };
    const record = this.#state.parts[part.name];
    if (record === undefined) throw new EbbError('UNKNOWN_PART', `no state for part ${part.name}`);
    return new PartRunner(part, { ...base, progress }, record, { onChange, log: this.#options.log });
  }

  #untilStopped(): Promise<void> {
    const { signal } = this.#abort;
    if (signal.aborted) return Promise.resolve();
    return new Promise((resolve) => {
      signal.addEventListener('abort', () => {
        resolve();
      });
    });
  }

  async #stopAll(): Promise<void> {
    for (const level of ['service', 'server'] as const) {
      const runners = this.#runners.filter((runner) => runner.part.level === level);
      await Promise.all(runners.map((runner) => runner.stop()));
    }
  }

  #fail(error: unknown): void {
    if (this.#state.phase === 'stopping') return;
    this.#state.phase = 'failed';
    this.#state.problem = errorMessage(error);
    this.#options.log({ event: 'failed', message: errorMessage(error) });
    this.#write();
  }

  #progress(who: string, text: string): void {
    this.#state.progress.push(`${who}: ${text}`);
    this.#options.log({ event: 'progress', part: who, text });
    this.#write();
  }

  #write(): void {
    writeState(this.#options.home, this.#state);
  }
}
