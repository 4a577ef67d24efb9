import { backoffMs, type RetryPolicy, sleep } from '@ebb/core';
import { stopped } from './errors.ts';

const POLICY: RetryPolicy = { attempts: Number.POSITIVE_INFINITY, initialDelayMs: 50, maxDelayMs: 3_000 };

export interface RetryUntilOptions {
  /** Ends the trying: STOPPED is raised. */
  readonly signal: AbortSignal;
  /** Told of every failure; raises what shall not be tried again. */
  readonly onFailure: (error: unknown, attempt: number) => void;
}

/** Tries until it works, however long that takes: what is being stored must not be lost. */
export async function retryUntilDone<T>(fn: () => Promise<T>, { signal, onFailure }: RetryUntilOptions): Promise<T> {
  for (let attempt = 1; ; attempt += 1) {
    if (signal.aborted) throw stopped();
    try {
      return await fn();
    } catch (error) {
      if (signal.aborted) throw stopped();
      onFailure(error, attempt);
      await sleep(backoffMs(attempt, POLICY), signal);
    }
  }
}
