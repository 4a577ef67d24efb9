import { errorMessage, sleep } from '@ebb/core';
import { endClient } from './end-client.ts';
import { isTransient } from './errors.ts';
import { type Client, connectClient } from './pool.ts';

export interface WhileAloneOptions {
  url: string;
  /** Number of the lock, the same in every process that must not work beside this one. */
  lock: number;
  applicationName: string;
  /** Ends the waiting and the work. */
  signal: AbortSignal;
  /** Between two looks at a lock that somebody else has, or at a server that is away; default 500. */
  retryMs?: number;
  /** The server could not be asked; it is tried again. */
  onTrouble?: (error: unknown) => void;
}

const RETRY_MS = 500;
/** A process that is killed closes its connection at once; one whose machine is gone is missed after half a minute. */
const NOTICE_LOSS = 'SET tcp_keepalives_idle = 10; SET tcp_keepalives_interval = 5; SET tcp_keepalives_count = 4';

/**
 * Does the work in one process at a time: others wait. The lock is its connection's, so a process that dies gives its
 * turn away at once; a process that loses the connection is told by the work's signal, and begins again when it has a
 * turn. Resolves when the work ends by itself or `signal` aborts; rejects with what the work throws.
 */
export async function whileAlone(
  options: WhileAloneOptions,
  work: (signal: AbortSignal) => Promise<void>,
): Promise<void> {
  const { signal } = options;
  while (!signal.aborted) {
    const lost = new AbortController();
    const client = await connected(options, lost);
    if (client === null) continue;
    try {
      const isOurs = await takeLock(client, options);
      if (!isOurs) return;
      await work(AbortSignal.any([signal, lost.signal]));
      if (!lost.signal.aborted) return;
    } catch (error) {
      if (!lost.signal.aborted && !isTransient(error)) throw error;
      options.onTrouble?.(error);
      await sleep(options.retryMs ?? RETRY_MS, signal);
    } finally {
      await endClient(client);
    }
  }
}

/** Null after a wait, when the server is away. */
async function connected(options: WhileAloneOptions, lost: AbortController): Promise<Client | null> {
  try {
    return await connectClient({
      url: options.url,
      applicationName: options.applicationName,
      onError: (error) => {
        lost.abort(new Error(`the connection that holds the lock is gone: ${errorMessage(error)}`));
      },
    });
  } catch (error) {
    if (!isTransient(error)) throw error;
    options.onTrouble?.(error);
    await sleep(options.retryMs ?? RETRY_MS, options.signal);
    return null;
  }
}

/** False when the signal came first. */
async function takeLock(client: Client, { lock, retryMs, signal }: WhileAloneOptions): Promise<boolean> {
  await client.query(NOTICE_LOSS);
  while (!signal.aborted) {
    const { rows } = await client.query<{ locked: boolean }>('SELECT pg_try_advisory_lock($1) AS locked', [lock]);
    if (rows[0]?.locked === true) return true;
    await sleep(retryMs ?? RETRY_MS, signal);
  }
  return false;
}
