import { once } from 'node:events';
import { createGunzip, type Gunzip } from 'node:zlib';

const BLOCK = 512;
const SIZE_AT = 124;
const SIZE_LENGTH = 12;
const GZIP = Buffer.from([0x1f, 0x8b]);

type OnContent = (chunk: Buffer) => void;

/**
 * Reads a tar stream and hands on the content of its files, unpacked where one is gzip: engines store the layers of an
 * image either way. Names and sizes are not handed on.
 */
export async function readTarContents(stream: AsyncIterable<Buffer>, onContent: OnContent): Promise<void> {
  const tar = new TarContents(onContent);
  for await (const chunk of stream) await tar.push(chunk);
}

class TarContents {
  readonly #onContent: OnContent;
  #pending: Buffer = Buffer.alloc(0);
  #left = 0;
  #padding = 0;
  #isNew = false;
  #gunzip: Gunzip | null = null;
  #unpacked: Promise<unknown> = Promise.resolve();

  constructor(onContent: OnContent) {
    this.#onContent = onContent;
  }

  async push(chunk: Buffer): Promise<void> {
    this.#pending = this.#pending.length === 0 ? chunk : Buffer.concat([this.#pending, chunk]);
    await this.#consume();
  }

  async #consume(): Promise<void> {
    for (;;) {
      if (this.#left > 0) {
        // The first two bytes say what the file is.
        if (this.#pending.length < Math.min(this.#left, this.#isNew ? GZIP.length : 1)) return;
        await this.#content(this.#take(Math.min(this.#left, this.#pending.length)));
      } else if (this.#padding > 0) {
        if (this.#pending.length < this.#padding) return;
        this.#take(this.#padding);
        this.#padding = 0;
      } else {
        if (this.#pending.length < BLOCK) return;
        this.#header(this.#take(BLOCK));
      }
    }
  }

  #take(length: number): Buffer {
    const taken = this.#pending.subarray(0, length);
    this.#pending = this.#pending.subarray(length);
    return taken;
  }

  #header(block: Buffer): void {
    const size = block
      .toString('latin1', SIZE_AT, SIZE_AT + SIZE_LENGTH)
      .replaceAll('\0', '')
      .trim();
    this.#left = Number.parseInt(size || '0', 8);
    this.#padding = (BLOCK - (this.#left % BLOCK)) % BLOCK;
    this.#isNew = true;
  }

  async #content(chunk: Buffer): Promise<void> {
    this.#left -= chunk.length;
    if (this.#isNew && chunk.subarray(0, GZIP.length).equals(GZIP)) {
      this.#gunzip = createGunzip().on('data', (content: Buffer) => this.#onContent(content));
      this.#unpacked = once(this.#gunzip, 'end');
      // Looked at when the file ends; a failure until then must not count as unhandled.
      this.#unpacked.catch(() => {});
    }
    this.#isNew = false;
    if (this.#gunzip === null) return this.#onContent(chunk);
    // Either it takes more, or it has failed.
    if (!this.#gunzip.write(chunk)) await Promise.race([once(this.#gunzip, 'drain'), this.#unpacked]);
    if (this.#left > 0) return;
    this.#gunzip.end();
    await this.#unpacked;
    this.#gunzip = null;
  }
}
