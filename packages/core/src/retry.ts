import { sleep } from './sleep.ts';

export interface RetryPolicy {
  /** Calls in all, the first one included. */
  attempts: number;
  initialDelayMs: number;
  maxDelayMs: number;
  /** Growth per attempt, 2 unless given. */
  factor?: number;
  /** Share of the delay that is random, 0..1, 0.2 unless given: many clients must not come back in step. */
  jitter?: number;
}

export interface RetryOptions {
  isRetryable?: (error: unknown) => boolean;
  onRetry?: (error: unknown, attempt: number, delayMs: number) => void;
  signal?: AbortSignal;
  random?: () => number;
}

/** Delay before the attempt after `attempt` (1-based): initial × factor^(attempt − 1), capped, with jitter. */
export function backoffMs(attempt: number, policy: RetryPolicy, random: () => number = Math.random): number {
  const raw = policy.initialDelayMs * (policy.factor ?? 2) ** (attempt - 1);
  const capped = Math.min(raw, policy.maxDelayMs);
  const jitter = policy.jitter ?? 0.2;
  return capped * (1 - jitter + 2 * jitter * random());
}

/** Calls `fn` until it succeeds, its error is not retryable, the attempts are used up or the signal aborts. */
export async function retry<T>(
  fn: (attempt: number) => Promise<T>,
  policy: RetryPolicy,
  options: RetryOptions = {},
): Promise<T> {
  for (let attempt = 1; ; attempt += 1) {
    try {
      return await fn(attempt);
    } catch (error) {
      const again = attempt < policy.attempts && (options.isRetryable?.(error) ?? true) && !options.signal?.aborted;
      if (!again) throw error;
      const delayMs = backoffMs(attempt, policy, options.random);
      options.onRetry?.(error, attempt, delayMs);
      await sleep(delayMs, options.signal);
      if (options.signal?.aborted) throw error;
    }
  }
}
