import type { Readable } from 'node:stream';
import { createGunzip, type Gunzip } from 'node:zlib';
import { toError } from '@ebb/core';
import { Refusal } from './errors.ts';

export type BodyEncoding = 'identity' | 'gzip';

export interface BodyLimits {
  /** Upper limit of the body as sent and of the body as inflated. */
  maxBytes: number;
  /** Inflated bytes allowed for each compressed byte. */
  maxRatio: number;
}

/** Small bodies may compress better than the ratio allows without being able to hurt. */
const RATIO_FREE_BYTES = 64 * 1024;

/**
 * Reads a request's body within the limits; `onBytes` is told every chunk that is kept and may refuse. Inflating is
 * streamed and cut off at the limit, so that a bomb never exists in memory. After a refusal the rest of the request
 * is read and thrown away, which lets the answer reach a client that is still sending.
 */
export function readBody(
  source: Readable,
  encoding: BodyEncoding,
  limits: BodyLimits,
  onBytes: (count: number) => void,
): Promise<Buffer> {
  return new Promise((resolve, reject) => {
    const chunks: Buffer[] = [];
    let sent = 0;
    let kept = 0;
    const gunzip = encoding === 'gzip' ? createGunzip() : null;
    const fail = (error: Error): void => {
      detach();
      reject(error);
    };
    const keep = (chunk: Buffer): void => {
      kept += chunk.length;
      guard(fail, () => {
        if (kept > limits.maxBytes) throw tooLarge(limits.maxBytes, gunzip === null ? '' : ' after decompression');
        if (gunzip !== null) checkRatio(kept, gunzip.bytesWritten, limits);
        onBytes(chunk.length);
        chunks.push(chunk);
      });
    };
    const receive = (chunk: Buffer): void => {
      sent += chunk.length;
      if (sent > limits.maxBytes) fail(tooLarge(limits.maxBytes, ''));
      else if (gunzip === null) keep(chunk);
      else if (!gunzip.write(chunk)) pauseUntilDrained(source, gunzip);
    };
    const finish = (): void => {
      detach();
      resolve(chunks.length === 1 && chunks[0] !== undefined ? chunks[0] : Buffer.concat(chunks, kept));
    };
    const onEnd = (): void => {
      // A request closes right after its end, while its last bytes may still be being inflated.
      source.off('close', onClose);
      if (gunzip === null) finish();
      else gunzip.end();
    };
    const onClose = (): void => fail(new Refusal('invalid_request', 'the connection closed before the body ended'));
    const detach = (): void => {
      source.off('data', receive).off('end', onEnd).off('close', onClose).off('error', fail);
      gunzip?.removeAllListeners().on('error', ignore).destroy();
      source.on('error', ignore);
      source.resume();
    };
    gunzip?.on('data', keep).on('end', finish);
    gunzip?.on('error', (cause) => fail(new Refusal('invalid_encoding', `not valid gzip: ${cause.message}`)));
    source.on('data', receive).on('end', onEnd).on('close', onClose).on('error', fail);
  });
}

function ignore(): void {}

function guard(fail: (error: Error) => void, step: () => void): void {
  try {
    step();
  } catch (error) {
    fail(toError(error));
  }
}

function pauseUntilDrained(source: Readable, gunzip: Gunzip): void {
  source.pause();
  gunzip.once('drain', () => source.resume());
}

function checkRatio(inflated: number, compressed: number, limits: BodyLimits): void {
  if (inflated <= RATIO_FREE_BYTES || inflated <= compressed * limits.maxRatio) return;
  throw new Refusal('compression_ratio', `the body inflates to more than ${limits.maxRatio} times its size`);
}

function tooLarge(maxBytes: number, when: string): Refusal {
  return new Refusal('body_too_large', `the body is larger than ${maxBytes} bytes${when}; send smaller batches`);
}
