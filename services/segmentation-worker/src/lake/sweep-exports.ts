import type { ObjectStore, StoredObject } from '@ebb/object-store';
import { EXPORTS_PREFIX } from './lake-manifest.ts';

/** As many as runs of a kind: see `sweep` of the run tables. */
const KEPT_EXPORTS = 14;

/**
 * Deletes the files of all but the newest whole exports and this one; those without a manifest are what a killed attempt
 * left. Only one worker writes exports, and it calls this between two. Returns how many files it deleted.
 */
export async function sweepExports(store: ObjectStore, current: string, kept = KEPT_EXPORTS): Promise<number> {
  const files: StoredObject[] = [];
  for await (const file of store.list(EXPORTS_PREFIX)) files.push(file);
  const newest = files
    .filter(({ key }) => key.endsWith('/manifest.json'))
    .toSorted((a, b) => b.lastModified.getTime() - a.lastModified.getTime())
    .slice(0, kept);
  const keep = new Set([current, ...newest.map(({ key }) => folderOf(key))]);
  const left = files.filter(({ key }) => !keep.has(folderOf(key)));
  for (const { key } of left) await store.remove(key);
  return left.length;
}

function folderOf(key: string): string {
  return key.slice(EXPORTS_PREFIX.length).split('/')[0] ?? '';
}
