import { randomBytes } from 'node:crypto';
import { mkdir, open, readFile, rename } from 'node:fs/promises';
import { join } from 'node:path';

const OWNER_READS_ONLY = 0o400;
const LISTABLE_FOLDER = 0o755;

/** Gives a file away; injected because only root may, and tests do not run as root everywhere. */
export type ChangeOwner = (path: string, uid: number) => Promise<void>;

/** 192 random bits in characters that need no escaping in a URL, a shell or SQL. */
export function randomSecret(): string {
  return randomBytes(24).toString('base64url');
}

/** Returns the stored secret, or stores a generated one. A secret that exists is never replaced. */
export async function keepOrCreate(
  folder: string,
  name: string,
  generate: () => string,
): Promise<{ value: string; created: boolean }> {
  await mkdir(folder, { recursive: true, mode: LISTABLE_FOLDER });
  const path = join(folder, name);
  try {
    return { value: await readFile(path, 'utf8'), created: false };
  } catch (error) {
    if (!isMissing(error)) throw error;
  }
  const value = generate();
  await writeWhole(path, value);
  return { value, created: true };
}

/** Writes a copy that only `uid` can read. It takes its place in one step: a reader never sees half a secret. */
export async function handOver(path: string, value: string, uid: number, changeOwner: ChangeOwner): Promise<void> {
  await mkdir(join(path, '..'), { recursive: true, mode: LISTABLE_FOLDER });
  await writeWhole(path, value, (temporary) => changeOwner(temporary, uid));
}

async function writeWhole(path: string, value: string, prepare?: (temporary: string) => Promise<void>): Promise<void> {
  const temporary = `${path}.${randomBytes(6).toString('hex')}.new`;
  const file = await open(temporary, 'wx', OWNER_READS_ONLY);
  try {
    await file.writeFile(value);
    await file.sync();
  } finally {
    await file.close();
  }
  await prepare?.(temporary);
  await rename(temporary, path);
}

function isMissing(error: unknown): boolean {
  return error instanceof Error && 'code' in error && error.code === 'ENOENT';
}
