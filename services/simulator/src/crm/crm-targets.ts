import { once } from 'node:events';
import { createWriteStream, type WriteStream } from 'node:fs';
import { EbbError, errorMessage, retry, type RetryPolicy } from '@ebb/core';
import { isTransient } from '@ebb/postgres';
import { writeOut } from '../command.ts';
import type { OnRetry } from '../delivery/delivery.ts';
import type { SimulatorErrorCode } from '../errors.ts';
import type { CrmTarget } from './crm-service.ts';
import type { CrmBatch, CrmStore } from './crm-store.ts';

/** About seven minutes: a database that restarts comes back, one that is gone is reported. */
const WRITE_POLICY: RetryPolicy = { attempts: 200, initialDelayMs: 100, maxDelayMs: 2_000 };

/** Tries again while the database is away; progress kept with the rows makes a repeated batch harmless. */
export class StoreTarget implements CrmTarget {
  readonly #store: CrmStore;
  readonly #onRetry: OnRetry;

  constructor(store: CrmStore, onRetry: OnRetry) {
    this.#store = store;
    this.#onRetry = onRetry;
  }

  async write(batch: CrmBatch, signal: AbortSignal): Promise<void> {
    try {
      await retry(() => this.#store.write(batch), WRITE_POLICY, {
        isRetryable: isTransient,
        onRetry: (error, attempt, delayMs) => this.#onRetry(attempt, delayMs, errorMessage(error)),
        signal,
      });
    } catch (error) {
      if (error instanceof EbbError) throw error;
      throw new EbbError<SimulatorErrorCode>(
        'CRM_WRITE_FAILED',
        `steps ${String(batch.fromStep)} to ${String(batch.toStep)}: ${errorMessage(error)}`,
        { cause: error },
      );
    }
  }
}

/** One change a line; `-` is standard output. */
export class ChangeFile implements CrmTarget {
  readonly #stream: WriteStream | null;

  constructor(path: string) {
    this.#stream = path === '-' ? null : createWriteStream(path);
  }

  async write({ changes }: CrmBatch): Promise<void> {
    const text = changes.map((change) => `${JSON.stringify(change)}\n`).join('');
    if (this.#stream === null) await writeOut(text);
    else if (!this.#stream.write(text)) await once(this.#stream, 'drain');
  }

  async close(): Promise<void> {
    if (this.#stream === null) return;
    this.#stream.end();
    await once(this.#stream, 'close');
  }
}
