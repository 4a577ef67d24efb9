import { createHash } from 'node:crypto';
import type { Readable } from 'node:stream';
import { inPieces, PART_BYTES } from './content-streams.ts';

/**
 * The ETag that S3 servers give content stored by `put`: its MD5 in hex, or that of its parts' MD5s with their number.
 * Equal ETags and sizes mean equal content, so that nothing is sent twice.
 */
export async function contentEtag(content: Readable): Promise<string> {
  const digests: Buffer[] = [];
  let isParted = false;
  for await (const piece of inPieces(content, PART_BYTES, undefined)) {
    isParted ||= piece.length === PART_BYTES;
    digests.push(md5(piece));
  }
  if (isParted) return `${md5(Buffer.concat(digests)).toString('hex')}-${digests.length}`;
  return (digests[0] ?? md5(Buffer.alloc(0))).toString('hex');
}

function md5(content: Buffer): Buffer {
  return createHash('md5').update(content).digest();
}
