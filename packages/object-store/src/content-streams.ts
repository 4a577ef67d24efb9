import { Readable } from 'node:stream';
import { errorMessage } from '@ebb/core';
import { ObjectStoreError } from './errors.ts';

/** Content from this size on is stored in parts of it; client and server hold one of them in memory. */
export const PART_BYTES = 16 * 1024 ** 2;

/**
 * The content in pieces of so many bytes, the last one shorter. Raises INCOMPLETE when it cannot be read to its end, or
 * holds fewer or more bytes than announced: what is stored must not be a part of it.
 */
export async function* inPieces(
  content: Readable,
  pieceBytes: number,
  announced: number | undefined,
): AsyncGenerator<Buffer> {
  let held: Buffer = Buffer.alloc(0);
  let seen = 0;
  for await (const chunk of readable(content)) {
    seen += chunk.length;
    held = held.length === 0 ? chunk : Buffer.concat([held, chunk]);
    for (; held.length >= pieceBytes; held = held.subarray(pieceBytes)) yield held.subarray(0, pieceBytes);
  }
  if (announced !== undefined && seen !== announced) {
    throw new ObjectStoreError('INCOMPLETE', `${announced} bytes were announced and ${seen} came; nothing was stored`);
  }
  if (held.length > 0) yield held;
}

async function* readable(content: Readable): AsyncGenerator<Buffer> {
  try {
    yield* content as AsyncIterable<Buffer>;
  } catch (error) {
    throw new ObjectStoreError('INCOMPLETE', `the content could not be read to its end: ${errorMessage(error)}`, {
      cause: error,
    });
  }
}

/** The same content; what goes wrong while it is read is translated. Ending early closes the connection. */
export function withErrorsOf(source: Readable, translate: (error: unknown) => Error): Readable {
  return Readable.from(translated(source, translate), { objectMode: false });
}

async function* translated(source: Readable, translate: (error: unknown) => Error): AsyncGenerator<Buffer> {
  try {
    yield* source as AsyncIterable<Buffer>;
  } catch (error) {
    throw translate(error);
  }
}
