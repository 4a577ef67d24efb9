import { randomBytes } from 'node:crypto';
import { once } from 'node:events';
import type { IncomingMessage, ServerResponse } from 'node:http';
import type { Transform } from 'node:stream';
import { createBrotliCompress, createDeflate, createGzip, createZstdCompress } from 'node:zlib';
import { type EngineException, statusOf } from './exceptions.ts';

const COMPRESSORS: Record<string, () => Transform> = {
  zstd: createZstdCompress,
  br: createBrotliCompress,
  gzip: createGzip,
  deflate: createDeflate,
};

/** The answer to one request: pieces with back-pressure, compressed if the client can read it. */
export class Reply {
  readonly #response: ServerResponse;
  #compressor: Transform | null = null;
  #isOver = false;
  readonly #exceptionTag = randomBytes(8).toString('hex');

  constructor(response: ServerResponse) {
    this.#response = response;
    response.setHeader('X-ClickHouse-Exception-Tag', this.#exceptionTag);
    // A client that hangs up is no failure of ours; whoever runs the query watches `closed`.
    response.on('error', () => {});
    response.once('close', () => {
      this.#isOver = true;
    });
  }

  /** The client has hung up, or everything is sent. */
  get isOver(): boolean {
    return this.#isOver;
  }

  get hasBegun(): boolean {
    return this.#response.headersSent;
  }

  setHeader(name: string, value: string): void {
    this.#response.setHeader(name, value);
  }

  /** From here on pieces are compressed, if the request's headers allow it. */
  compress(request: IncomingMessage): void {
    const accepted = [request.headers['accept-encoding']].join(',').toLowerCase();
    const encoding = Object.keys(COMPRESSORS).find((name) => new RegExp(`\\b${name}\\b`).test(accepted));
    const create = encoding === undefined ? undefined : COMPRESSORS[encoding];
    if (encoding === undefined || create === undefined) return;
    this.#compressor = create();
    this.#compressor.on('error', () => this.#response.destroy());
    this.#response.setHeader('Content-Encoding', encoding);
    this.#compressor.pipe(this.#response);
  }

  /** Resolves when more may come. */
  async write(piece: Buffer): Promise<void> {
    const target = this.#compressor ?? this.#response;
    if (piece.length === 0 || this.#isOver || target.write(piece)) return;
    const done = new AbortController();
    const { signal } = done;
    const waits = [once(target, 'drain', { signal }), once(this.#response, 'close', { signal })];
    await Promise.race(waits).finally(() => {
      for (const wait of waits) wait.catch(() => {});
      done.abort();
    });
  }

  end(last?: Buffer): void {
    const target = this.#compressor ?? this.#response;
    if (this.#isOver) return;
    if (last === undefined) target.end();
    else target.end(last);
  }

  /**
   * As an answer while none has begun; else in the midst of the result, marked as ClickHouse marks it since 25.11, and
   * with the connection cut behind it, so that nobody takes half a result for a whole.
   */
  fail(error: EngineException, version: string): void {
    if (this.#isOver) return;
    const text = Buffer.from(`${error.message} (version ${version} (embedded))\n`);
    if (this.#compressor !== null) {
      this.#response.destroy();
      return;
    }
    if (this.#response.headersSent) {
      const mark = `\r\n__exception__\r\n`;
      const end = `${text.length} ${this.#exceptionTag}${mark}`;
      this.#response.write(`${mark}${this.#exceptionTag}\r\n${text.toString()}${end}`, () => this.#response.destroy());
      return;
    }
    this.#response.statusCode = statusOf(error.exceptionCode);
    this.#response.setHeader('X-ClickHouse-Exception-Code', String(error.exceptionCode));
    this.#response.setHeader('Content-Type', 'text/plain; charset=UTF-8');
    if (this.#response.statusCode === 403 && error.exceptionCode === 516)
      this.#response.setHeader('Connection', 'close');
    this.#response.end(text);
  }
}
