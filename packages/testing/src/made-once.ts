import { existsSync } from 'node:fs';
import { mkdtemp, readFile, rename, rm, writeFile } from 'node:fs/promises';
import { setTimeout as sleep } from 'node:timers/promises';

const POLL_MS = 100;

/**
 * The directory at `path`: of the processes that ask for it the first fills it with `make`, and the others wait. Where `make` fails, its
 * error goes to the one who called it, and the next one tries anew.
 */
export async function madeOnce(path: string, make: (directory: string) => Promise<void>): Promise<string> {
  const lock = `${path}.lock`;
  for (;;) {
    if (existsSync(path)) return path;
    if (await hasTaken(lock)) break;
    await sleep(POLL_MS);
  }
  try {
    if (!existsSync(path)) await fill(path, make);
    return path;
  } finally {
    await rm(lock, { force: true });
  }
}

/** Under another name until it is whole: whoever sees it may use it. */
async function fill(path: string, make: (directory: string) => Promise<void>): Promise<void> {
  const draft = await mkdtemp(`${path}.`);
  try {
    await make(draft);
    await rename(draft, path);
  } finally {
    await rm(draft, { recursive: true, force: true });
  }
}

/** Whether the lock is ours now. That of a process which died over its work is given up for the next try. */
async function hasTaken(lock: string): Promise<boolean> {
  try {
    await writeFile(lock, String(process.pid), { flag: 'wx' });
    return true;
  } catch (error) {
    if (!isExisting(error)) throw error;
  }
  const owner = Number(await readFile(lock, 'utf8').catch(() => ''));
  if (owner > 0 && !isAlive(owner)) await rm(lock, { force: true });
  return false;
}

function isExisting(error: unknown): boolean {
  return error instanceof Error && 'code' in error && error.code === 'EEXIST';
}

function isAlive(pid: number): boolean {
  try {
    process.kill(pid, 0);
    return true;
  } catch {
    return false;
  }
}
