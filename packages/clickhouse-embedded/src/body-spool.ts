import { createReadStream, createWriteStream } from 'node:fs';
import { type FileHandle, open, rm } from 'node:fs/promises';
import { randomUUID } from 'node:crypto';
import { join } from 'node:path';
import type { Readable } from 'node:stream';
import { pipeline } from 'node:stream/promises';
import { refuse } from './exceptions.ts';

export interface SpoolOptions {
  directory: string;
  /** Up to here the body stays in memory. */
  memoryBytes: number;
  maxBytes: number;
}

/** What of a body is data: everything from this byte on, with text in front of it. */
export interface Cut {
  from: number;
  prefix: string;
}

/** A request's body: in memory while it is small, in a file beyond. */
export class BodySpool {
  readonly #options: SpoolOptions;
  readonly #paths: string[] = [];
  #chunks: Buffer[] = [];
  #buffered = 0;
  #spill: FileHandle | null = null;
  /** The first bytes, kept when the rest went to a file. */
  #start: Buffer = Buffer.alloc(0);
  size = 0;

  constructor(options: SpoolOptions) {
    this.#options = options;
  }

  async readAll(body: Readable): Promise<void> {
    for await (const chunk of body as AsyncIterable<Buffer>) {
      this.size += chunk.length;
      if (this.size > this.#options.maxBytes) {
        throw refuse('QUERY_IS_TOO_LARGE', `The body is larger than ${this.#options.maxBytes} bytes.`);
      }
      this.#chunks.push(chunk);
      this.#buffered += chunk.length;
      if (this.#buffered > this.#options.memoryBytes) await this.#spillChunks();
    }
    if (this.#spill !== null) await this.#spillChunks();
  }

  /** The body as text; throws for one that is too large to be a statement. */
  text(): string {
    if (this.#spill !== null) throw refuse('QUERY_IS_TOO_LARGE', 'Too large for a statement.');
    return Buffer.concat(this.#chunks).toString('utf8');
  }

  /** The first bytes, a character each, so that positions in the text are positions in the body. */
  beginning(maxBytes: number): string {
    const bytes = this.#spill === null ? Buffer.concat(this.#chunks) : this.#start;
    return bytes.toString('latin1', 0, Math.min(maxBytes, bytes.length));
  }

  /** What was read is no data. */
  clear(): void {
    this.#chunks = [];
    this.size = 0;
  }

  /** The data in a file, until `remove`. */
  async file(cut: Cut): Promise<string> {
    if (this.#spill === null) return this.#write(cut);
    const [spilled = ''] = this.#paths;
    if (cut.from === 0 && cut.prefix === '') return spilled;
    const path = this.#newPath();
    const target = createWriteStream(path, { mode: 0o600 });
    target.write(cut.prefix);
    await pipeline(createReadStream(spilled, { start: cut.from }), target);
    return path;
  }

  async remove(): Promise<void> {
    this.#chunks = [];
    await this.#spill?.close();
    await Promise.all(this.#paths.map((path) => rm(path, { force: true })));
  }

  async #write(cut: Cut): Promise<string> {
    const path = this.#newPath();
    const file = await open(path, 'wx', 0o600);
    try {
      const chunks = cut.from === 0 ? this.#chunks : [Buffer.concat(this.#chunks).subarray(cut.from)];
      await writeAll(file, cut.prefix === '' ? chunks : [Buffer.from(cut.prefix, 'utf8'), ...chunks]);
    } finally {
      await file.close();
    }
    return path;
  }

  async #spillChunks(): Promise<void> {
    if (this.#spill === null) {
      this.#start = Buffer.concat(this.#chunks);
      this.#spill = await open(this.#newPath(), 'wx', 0o600);
    }
    const chunks = this.#chunks;
    this.#chunks = [];
    this.#buffered = 0;
    await writeAll(this.#spill, chunks);
  }

  #newPath(): string {
    const path = join(this.#options.directory, `${randomUUID()}.body`);
    this.#paths.push(path);
    return path;
  }
}

/** A full disk takes a part of a write without an error; a shortened body must never be inserted. */
async function writeAll(file: FileHandle, chunks: readonly Buffer[]): Promise<void> {
  let expected = 0;
  for (const chunk of chunks) expected += chunk.length;
  if (expected === 0) return;
  try {
    const { bytesWritten } = await file.writev(chunks);
    if (bytesWritten === expected) return;
  } catch (error) {
    const isFull = error instanceof Error && 'code' in error && ['ENOSPC', 'EDQUOT'].includes(String(error.code));
    if (!isFull) throw error;
  }
  throw refuse('NOT_ENOUGH_SPACE', 'There is no room for the data on the disk.');
}
