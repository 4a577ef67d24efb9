import { errorMessage, sleep } from '@ebb/core';

export interface EventuallyOptions {
  /** Default 30,000. */
  timeoutMs?: number;
  /** Default 25. */
  intervalMs?: number;
}

/**
 * Calls `fn` until it neither throws nor returns false, and returns its value. At the deadline the last failure is
 * thrown, as the cause of an error that says how long was waited.
 */
export async function eventually<T>(fn: () => T | Promise<T>, options: EventuallyOptions = {}): Promise<T> {
  const timeoutMs = options.timeoutMs ?? 30_000;
  const deadline = Date.now() + timeoutMs;
  for (;;) {
    const failure = await attempt(fn);
    if ('value' in failure) return failure.value;
    if (Date.now() > deadline) {
      const message = `not so within ${timeoutMs} ms: ${errorMessage(failure.error)}`;
      throw new Error(message, { cause: failure.error });
    }
    await sleep(options.intervalMs ?? 25);
  }
}

async function attempt<T>(fn: () => T | Promise<T>): Promise<{ value: T } | { error: unknown }> {
  try {
    const value = await fn();
    return value === false ? { error: new Error('the condition is false') } : { value };
  } catch (error) {
    return { error };
  }
}
