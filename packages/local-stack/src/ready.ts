import { errorMessage, sleep } from '@ebb/core';
import { describeExit, type LoggedChild, logTail } from './child.ts';
import { LocalStackError } from './errors.ts';

export interface ReadyOptions {
  name: string;
  child: LoggedChild;
  logFile: string;
  timeoutMs: number;
  signal?: AbortSignal | undefined;
  /** Resolves when the server answers and is the right one; NOT_OURS ends the wait, any other error is tried again. */
  probe: () => Promise<void>;
}

const PROBE_TIMEOUT_MS = 10_000;
/** Servers start side by side: probing all of them 25 times a second took a tenth of the processor they start with. */
const FIRST_PAUSE_MS = 40;
const LONGEST_PAUSE_MS = 250;

/** Waits until a server that was just started answers; on failure the server is stopped before the error is thrown. */
export async function waitUntilReady(options: ReadyOptions): Promise<void> {
  try {
    await poll(options);
  } catch (error) {
    await options.child.stop({ signal: 'SIGTERM', graceMs: 5_000 });
    throw error;
  }
}

async function poll(options: ReadyOptions): Promise<void> {
  const startedAt = Date.now();
  const deadline = startedAt + options.timeoutMs;
  for (;;) {
    if (options.signal?.aborted) throw new LocalStackError('ABORTED', `starting ${options.name} was given up`);
    const failure = await probeOnce(options);
    if (options.signal?.aborted) continue;
    // Asked after the probe: an answer may come from a stranger on the port while ours failed to bind.
    const exit = options.child.exitInfo();
    if (exit !== null) {
      const log = `${options.name} ended at start (${describeExit(exit)}); its log ${options.logFile} ends:\n${logTail(options.logFile)}`;
      throw new LocalStackError('SERVER_EXITED', log, { retryable: true });
    }
    if (failure === null) return;
    if (failure.error instanceof LocalStackError && failure.error.code === 'NOT_OURS') throw failure.error;
    if (Date.now() > deadline) {
      const seconds = Math.round(options.timeoutMs / 1000);
      const reason = `${options.name} did not answer within ${seconds} s: ${errorMessage(failure.error)}`;
      throw new LocalStackError('START_TIMEOUT', `${reason}; see ${options.logFile}`, { retryable: true });
    }
    await sleep(pauseMs(Date.now() - startedAt), options.signal);
  }
}

/** A twentieth of what has been waited already, within limits. */
function pauseMs(waitedMs: number): number {
  return Math.min(LONGEST_PAUSE_MS, Math.max(FIRST_PAUSE_MS, waitedMs / 20));
}

/** A probe has its own idea of patience (a client that retries for half a minute); neither a stop nor we wait for it. */
async function probeOnce(options: ReadyOptions): Promise<{ error: unknown } | null> {
  const limit = new AbortController();
  const patience = sleep(
    PROBE_TIMEOUT_MS,
    options.signal ? AbortSignal.any([options.signal, limit.signal]) : limit.signal,
  );
  const slow = patience.then(() => ({ error: new LocalStackError('START_TIMEOUT', 'no answer to a probe yet') }));
  const outcome = options.probe().then(
    () => null,
    (error: unknown) => ({ error }),
  );
  try {
    return await Promise.race([outcome, slow]);
  } finally {
    limit.abort();
  }
}
