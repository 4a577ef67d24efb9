import { EbbError, sleep } from '@ebb/core';
import type { ComposeTestErrorCode } from './errors.ts';

/** Raises CHECK_FAILED with every problem at once. */
export function ensureNone(problems: readonly string[]): void {
  if (problems.length > 0) throw new EbbError<ComposeTestErrorCode>('CHECK_FAILED', problems.join('; '));
}

/** Calls `look` until it names no problem; raises NOT_READY with the last ones at the deadline. */
export async function waitForNone(
  look: () => Promise<string[]>,
  options: { timeoutMs: number; intervalMs?: number },
): Promise<void> {
  const deadlineMs = Date.now() + options.timeoutMs;
  for (;;) {
    const problems = await look();
    if (problems.length === 0) return;
    if (Date.now() > deadlineMs) {
      throw new EbbError<ComposeTestErrorCode>('NOT_READY', `after ${options.timeoutMs} ms: ${problems.join('; ')}`);
    }
    await sleep(options.intervalMs ?? 500);
  }
}
