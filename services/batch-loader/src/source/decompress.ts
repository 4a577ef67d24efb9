import { pipeline, Readable } from 'node:stream';
import { createGunzip } from 'node:zlib';
import { FileRefused } from '../errors.ts';
import type { Content } from './content.ts';

const PIECE_BYTES = 1024 ** 2;

/** The bytes of a gzip file, checked by its own length and checksum. */
export async function* gunzip(content: Content): AsyncGenerator<Buffer> {
  const output = createGunzip({ chunkSize: PIECE_BYTES });
  pipeline(Readable.from(content.stream()), output, () => {});
  try {
    yield* output as AsyncIterable<Buffer>;
  } catch (error) {
    throw refusal(error);
  }
}

function refusal(error: unknown): unknown {
  const code = error instanceof Error && 'code' in error ? error.code : undefined;
  if (code === 'Z_BUF_ERROR') {
    return new FileRefused([{ rule: 'file_truncated', detail: 'the gzip file ends too early: it is cut off' }]);
  }
  if (code === 'Z_DATA_ERROR') {
    return new FileRefused([{ rule: 'file_format', detail: 'the file is no gzip file, or a damaged one' }]);
  }
  return error;
}
