import { timingSafeEqual } from 'node:crypto';
import { Refusal } from './errors.ts';
import { normalizeOrigin, originAllowed, presentedSecret, type WriteKey, type WriteKeySet } from './write-keys.ts';

/** What of a request decides who may send. */
export interface Presented {
  authorization: string | undefined;
  queryKey: unknown;
  /** Only browsers send it; they cannot be made to leave it out. */
  origin: string | undefined;
  host: string | undefined;
}

export interface AccessOptions {
  /** SHA-256 of the demo shop's key, which may be used from the collector's own pages wherever it is reached. */
  demoKeyHash: Buffer | null;
}

/** The write key of a request; refuses with 401 without a valid key, 403 from a browser origin the key does not list. */
export function authorize(presented: Presented, keys: WriteKeySet, options: AccessOptions): WriteKey {
  const secret = presentedSecret(presented.authorization, presented.queryKey);
  if (secret === null) {
    throw new Refusal('unauthorized', 'a write key is required: "Authorization: Bearer <key>" or "?key=<key>"');
  }
  const key = keys.find(secret);
  if (key === undefined) throw new Refusal('unauthorized', 'the write key is unknown or revoked');
  if (presented.origin !== undefined && !mayUse(key, presented, options)) throw originRefusal(presented.origin);
  return key;
}

/** Whether a preflight, which carries no Authorization header, gets a yes: some key lets the origin in. */
export function isOriginWelcome(presented: Presented, keys: WriteKeySet, options: AccessOptions): boolean {
  if (presented.origin === undefined) return false;
  const secret = presentedSecret(undefined, presented.queryKey);
  const key = secret === null ? undefined : keys.find(secret);
  if (key !== undefined) return mayUse(key, presented, options);
  return keys.anyAllows(normalizeOrigin(presented.origin)) || (options.demoKeyHash !== null && isOwnOrigin(presented));
}

export function originRefusal(origin: string): Refusal {
  return new Refusal('origin_not_allowed', `origin ${origin.slice(0, 200)} is not on the key's list`);
}

function mayUse(key: WriteKey, presented: Presented, options: AccessOptions): boolean {
  if (presented.origin === undefined || originAllowed(key, normalizeOrigin(presented.origin))) return true;
  return options.demoKeyHash !== null && timingSafeEqual(key.hash, options.demoKeyHash) && isOwnOrigin(presented);
}

function isOwnOrigin(presented: Presented): boolean {
  return presented.host !== undefined && URL.parse(presented.origin ?? '')?.host === presented.host.toLowerCase();
}
