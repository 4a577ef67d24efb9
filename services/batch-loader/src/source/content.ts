import { createHash, randomUUID } from 'node:crypto';
import { createReadStream } from 'node:fs';
import { type FileHandle, open, rm } from 'node:fs/promises';
import { join } from 'node:path';
import type { FileSource, FoundFile } from './file-source.ts';
import { LoaderError } from '../errors.ts';

/** Up to here a file is kept in memory while it is loaded. */
const MEMORY_BYTES = 32 * 1024 ** 2;
const PIECE_BYTES = 1024 ** 2;

/** A copy of a file that nobody else writes to: what was hashed is what is loaded. */
export interface Content {
  readonly bytes: number;
  readonly sha256: string;
  stream(): AsyncIterable<Buffer>;
  read(start: number, end: number): Promise<Buffer>;
  dispose(): Promise<void>;
}

/** Reads a file once. Raises SOURCE_CHANGED when somebody wrote to it meanwhile: it will be looked at again. */
export async function takeContent(source: FileSource, file: FoundFile, spoolFolder: string): Promise<Content> {
  const content = await copy(await source.read(file), spoolFolder);
  const now = await source.look(file.key).catch(async (error: unknown) => {
    await content.dispose();
    throw error;
  });
  if (now !== null && now.version === file.version && content.bytes === file.bytes) return content;
  await content.dispose();
  throw new LoaderError('SOURCE_CHANGED', `${file.key} was written to while it was read`, { retryable: true });
}

async function copy(chunks: AsyncIterable<Buffer>, spoolFolder: string): Promise<Content> {
  const hash = createHash('sha256');
  const held: Buffer[] = [];
  let bytes = 0;
  let spool: { path: string; file: FileHandle } | null = null;
  try {
    for await (const chunk of chunks) {
      hash.update(chunk);
      bytes += chunk.length;
      held.push(chunk);
      if (bytes <= MEMORY_BYTES) continue;
      spool ??= await openSpool(spoolFolder);
      for (const one of held.splice(0)) await spool.file.appendFile(one);
    }
  } catch (error) {
    if (spool !== null) await remove(spool);
    throw error;
  }
  const sha256 = hash.digest('hex');
  return spool === null ? inMemory(Buffer.concat(held), sha256) : inFile(spool, bytes, sha256);
}

async function openSpool(folder: string): Promise<{ path: string; file: FileHandle }> {
  const path = join(folder, `ebb-load-${randomUUID()}`);
  return { path, file: await open(path, 'wx+', 0o600) };
}

async function remove({ path, file }: { path: string; file: FileHandle }): Promise<void> {
  await file.close();
  await rm(path, { force: true });
}

function inMemory(content: Buffer, sha256: string): Content {
  return {
    bytes: content.length,
    sha256,
    stream: () => pieces(content),
    read: (start, end) => Promise.resolve(content.subarray(start, end)),
    dispose: () => Promise.resolve(),
  };
}

// eslint-disable-next-line typescript/require-await -- an async iterable is what readers take.
async function* pieces(content: Buffer): AsyncGenerator<Buffer> {
  for (let at = 0; at < content.length; at += PIECE_BYTES) yield content.subarray(at, at + PIECE_BYTES);
}

function inFile(spool: { path: string; file: FileHandle }, bytes: number, sha256: string): Content {
  return {
    bytes,
    sha256,
    stream: () => createReadStream(spool.path, { highWaterMark: PIECE_BYTES }),
    read: async (start, end) => {
      const buffer = Buffer.alloc(end - start);
      await spool.file.read(buffer, 0, buffer.length, start);
      return buffer;
    },
    dispose: () => remove(spool),
  };
}
