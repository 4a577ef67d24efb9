import { ObjectStoreError } from './errors.ts';

const MAX_BYTES = 900;
const ALLOWED = /^[A-Za-z0-9/_.=-]+$/;

/**
 * Refuses keys that one S3 server takes and the next does not: other characters than letters, digits and `/_.=-`,
 * empty or dotted path segments, more than 900 bytes (a server on a file system needs room for a suffix).
 */
export function checkKey(key: string): void {
  const hasBadSegment = key.split('/').some((segment) => segment === '' || segment === '.' || segment === '..');
  if (ALLOWED.test(key) && !hasBadSegment && key.length <= MAX_BYTES) return;
  throw new ObjectStoreError(
    'BAD_KEY',
    `${JSON.stringify(key)} is no key that every object store takes: letters, digits and /_.=- only, no empty, "." or ` +
      `".." segment, at most ${MAX_BYTES} characters`,
  );
}
