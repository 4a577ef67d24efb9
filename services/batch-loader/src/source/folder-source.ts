import { createReadStream } from 'node:fs';
import { type FileHandle, open, opendir, stat } from 'node:fs/promises';
import { join, resolve } from 'node:path';
import type { Readable } from 'node:stream';
import { errorMessage } from '@ebb/core';
import { LoaderError } from '../errors.ts';
import type { FileSource, FoundFile } from './file-source.ts';

const READ_BYTES = 1024 ** 2;

/** A folder and everything below it. */
export class FolderSource implements FileSource {
  readonly id: string;
  readonly isAtomic = false;
  readonly #root: string;

  constructor(path: string) {
    this.#root = resolve(path);
    this.id = `folder:${this.#root}`;
  }

  async *list(prefix = ''): AsyncIterable<FoundFile> {
    await checkFolder(this.#root);
    for await (const key of walk(this.#root, '')) {
      if (!key.startsWith(prefix)) continue;
      const found = await this.look(key);
      if (found !== null) yield found;
    }
  }

  read({ key }: FoundFile): Promise<Readable> {
    return Promise.resolve(createReadStream(join(this.#root, key), { highWaterMark: READ_BYTES }));
  }

  async look(key: string): Promise<FoundFile | null> {
    try {
      const { size, mtimeNs, ino } = await stat(join(this.#root, key), { bigint: true });
      return {
        key,
        bytes: Number(size),
        version: `${size}-${mtimeNs}-${ino}`,
        modifiedAtMs: Number(mtimeNs / 1_000_000n),
      };
    } catch (error) {
      if (isGone(error)) return null;
      throw unreadable(join(this.#root, key), error);
    }
  }
}

/** In the order of their names, so that days are loaded one after the other. */
async function* walk(root: string, folder: string): AsyncGenerator<string> {
  const entries = [];
  try {
    for await (const entry of await opendir(join(root, folder))) entries.push(entry);
  } catch (error) {
    if (isGone(error)) return;
    throw unreadable(join(root, folder), error);
  }
  for (const entry of entries.toSorted((one, other) => (one.name < other.name ? -1 : 1))) {
    const key = folder === '' ? entry.name : `${folder}/${entry.name}`;
    if (entry.isDirectory()) yield* walk(root, key);
    else if (entry.isFile()) yield key;
  }
}

async function checkFolder(path: string): Promise<void> {
  let handle: FileHandle | null = null;
  try {
    handle = await open(path, 'r');
    if ((await handle.stat()).isDirectory()) return;
  } catch (error) {
    throw unreadable(path, error);
  } finally {
    await handle?.close();
  }
  throw new LoaderError('SOURCE_UNREADABLE', `${path} is no folder: give the folder that the files are in`);
}

function unreadable(path: string, error: unknown): LoaderError {
  return new LoaderError('SOURCE_UNREADABLE', `cannot read ${path}: ${errorMessage(error)}`, {
    cause: error,
    retryable: true,
  });
}

function isGone(error: unknown): boolean {
  return error instanceof Error && 'code' in error && (error.code === 'ENOENT' || error.code === 'ENOTDIR');
}
