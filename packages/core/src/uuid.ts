import { createHash } from 'node:crypto';

/** Name-based UUID, version 5 (RFC 9562, section 5.5): the same namespace and name give the same id everywhere. */
export function uuidV5(namespace: string, name: string): string {
  const digest = createHash('sha1')
    .update(Buffer.from(namespace.replaceAll('-', ''), 'hex'))
    .update(name, 'utf8')
    .digest()
    .subarray(0, 16);
  digest[6] = ((digest[6] ?? 0) & 0x0f) | 0x50;
  digest[8] = ((digest[8] ?? 0) & 0x3f) | 0x80;
  return formatUuid(digest.toString('hex'));
}

/**
 * Time-ordered UUID, version 7 (RFC 9562, section 5.7). `randomUint32` is passed in so that seeded producers repeat.
 * Ids that grow with time keep a B-tree insert at its right edge.
 */
export function uuidV7(timeMs: number, randomUint32: () => number): string {
  const time = timeMs.toString(16).padStart(12, '0');
  const a = ((randomUint32() & 0x0fff) | 0x7000).toString(16);
  const b = (((randomUint32() & 0x3fffffff) | 0x80000000) >>> 0).toString(16);
  const c = randomUint32().toString(16).padStart(8, '0');
  return formatUuid(time + a + b + c);
}

function formatUuid(hex: string): string {
  return `${hex.slice(0, 8)}-${hex.slice(8, 12)}-${hex.slice(12, 16)}-${hex.slice(16, 20)}-${hex.slice(20, 32)}`;
}
