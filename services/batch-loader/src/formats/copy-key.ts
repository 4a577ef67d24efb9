import { createHash } from 'node:crypto';

const REFUSED_BY_STORES = /[^A-Za-z0-9/_.=-]+/g;

/** `documents/tickets/a b.json` → `landed/tickets/a_b.json-1f2e3d4c.parquet`: a key that every object store takes. */
export function copyKey(name: string): string {
  const path = name.replace(/^documents\//, '');
  const plain = path.replaceAll(REFUSED_BY_STORES, '_');
  // Two names must not become one.
  const mark = plain === path ? '' : `-${createHash('sha256').update(path).digest('hex').slice(0, 8)}`;
  return `landed/${plain}${mark}.parquet`;
}
