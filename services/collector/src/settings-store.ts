import { parsePolicyRow, type Policy, PolicyBook } from '@ebb/contracts';
import { errorMessage, sleep } from '@ebb/core';
import { activeWriteKeys, type Pool } from '@ebb/postgres';
import type { Logger } from '@ebb/runtime';
import { normalizeOrigin, WriteKeySet } from './write-keys.ts';

/** Write keys and policies as read together. */
export interface IntakeSettings {
  keys: WriteKeySet;
  policies: PolicyBook;
}

export interface SettingsStoreOptions {
  pool: Pool;
  refreshMs: number;
  nowMs: () => number;
  logger: Logger;
  onFailure: () => void;
  onRefresh: (settings: IntakeSettings) => void;
}

/**
 * Reads keys and policies again and again. While Postgres is away the last set stays valid, with its age as a metric:
 * an outage of the database must not stop the intake.
 */
export class SettingsStore {
  readonly #options: SettingsStoreOptions;
  readonly #stop = new AbortController();
  #current: IntakeSettings | null = null;
  #readAtMs: number;
  #failing = false;

  constructor(options: SettingsStoreOptions) {
    this.#options = options;
    this.#readAtMs = options.nowMs();
  }

  /** Null until the first successful read. */
  get current(): IntakeSettings | null {
    return this.#current;
  }

  ageSeconds(): number {
    return (this.#options.nowMs() - this.#readAtMs) / 1_000;
  }

  async run(): Promise<void> {
    while (!this.#stop.signal.aborted) {
      await this.refresh();
      await sleep(this.#options.refreshMs, this.#stop.signal);
    }
  }

  stop(): void {
    this.#stop.abort();
  }

  /** Never rejects: a failure is logged once and counted each time. */
  async refresh(): Promise<void> {
    const startedMs = this.#options.nowMs();
    try {
      this.#current = await readSettings(this.#options.pool);
      this.#readAtMs = startedMs;
      this.#options.onRefresh(this.#current);
      if (this.#failing) this.#options.logger.info({ event: 'settings_available' });
      this.#failing = false;
    } catch (error) {
      this.#options.onFailure();
      if (!this.#failing) this.#options.logger.warn({ event: 'settings_unavailable', message: errorMessage(error) });
      this.#failing = true;
    }
  }
}

async function readSettings(pool: Pool): Promise<IntakeSettings> {
  const [keys, policies] = await Promise.all([activeWriteKeys(pool), readPolicies(pool)]);
  const entries = Array.from(keys, ([hexHash, key]) => ({
    id: key.id,
    name: key.name,
    hash: Buffer.from(hexHash, 'hex'),
    allowedOrigins: key.allowedOrigins.map(normalizeOrigin),
    source: key.source,
    limit: { ratePerSecond: key.ratePerSecond, burst: key.burst },
  }));
  return { keys: new WriteKeySet(entries), policies: new PolicyBook(policies) };
}

async function readPolicies(pool: Pool): Promise<Policy[]> {
  const { rows } = await pool.query(
    'SELECT version, raw_retention_days, custom_types, effective_from FROM ops.policies',
  );
  return rows.map(parsePolicyRow);
}
