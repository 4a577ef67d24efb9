import type { ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { listenForInterruption } from './interruption.ts';

export interface Stoppable {
  stop(): Promise<unknown>;
}

export interface ServerOwner {
  /** Folder of its own, removed at the end. */
  readonly directory: string;
  /** What is stopped at the end: the latest first, and also when the end comes while it still starts. */
  readonly own: <T extends Stoppable>(starting: Promise<T>) => Promise<T>;
}

/**
 * For work that starts servers, which have process groups of their own: stops them and removes their folder whatever
 * happens in `fn`, Ctrl-C included (then raises INTERRUPTED).
 */
export async function withServers<T>(name: string, fn: (owner: ServerOwner) => Promise<T>): Promise<T> {
  const interruption = listenForInterruption('its servers are stopped');
  const directory = await mkdtemp(join(tmpdir(), `ebb-${name}-`));
  const owned: Promise<Stoppable>[] = [];
  const own = <S extends Stoppable>(starting: Promise<S>): Promise<S> => {
    owned.push(starting);
    return starting;
  };
  try {
    return await Promise.race([fn({ directory, own }), interruption.raised]);
  } finally {
    // What was interrupted runs on, and may start one more meanwhile.
    for (let next = owned.pop(); next !== undefined; next = owned.pop()) await stopStarted(next);
    interruption.stop();
    await rm(directory, { recursive: true, force: true, maxRetries: 5 });
  }
}

/** A child process; stopping it when it has ended changes nothing. */
export function stoppable(child: ChildProcess, signal: NodeJS.Signals = 'SIGTERM'): Stoppable {
  return {
    stop: async () => {
      const ended = once(child, 'exit');
      if (child.kill(signal)) await ended;
    },
  };
}

/** Whoever started it has been told if it could not be. */
async function stopStarted(starting: Promise<Stoppable>): Promise<void> {
  const [started] = await Promise.allSettled([starting]);
  if (started.status === 'fulfilled') await started.value.stop();
}
