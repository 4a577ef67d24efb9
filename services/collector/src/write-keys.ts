import { createHash, timingSafeEqual } from 'node:crypto';
import type { RateLimit } from './token-bucket.ts';

/** A live row of ops.write_keys. */
export interface WriteKey {
  id: string;
  name: string;
  /** SHA-256 of the key, 32 bytes; the key itself is stored nowhere. */
  hash: Buffer;
  /** Browser origins that may use the key; `*` is any. Requests without an Origin header are not from a browser. */
  allowedOrigins: readonly string[];
  /** Source of events that name none. */
  source: string;
  limit: RateLimit;
}

/** The keys that are valid now. Immutable: a refresh makes a new set. */
export class WriteKeySet {
  readonly #byPrefix = new Map<string, WriteKey[]>();
  readonly ids: ReadonlySet<string>;
  readonly #keys: readonly WriteKey[];

  constructor(keys: readonly WriteKey[]) {
    this.#keys = keys;
    this.ids = new Set(keys.map((key) => key.id));
    for (const key of keys) {
      const prefix = prefixOf(key.hash);
      this.#byPrefix.set(prefix, [...(this.#byPrefix.get(prefix) ?? []), key]);
    }
  }

  get size(): number {
    return this.#keys.length;
  }

  /**
   * The key with this secret. Candidates are found by a prefix of the SHA-256, which a caller cannot steer, and
   * compared in constant time, so that answers' timing tells nothing about a stored hash.
   */
  find(secret: string): WriteKey | undefined {
    const hash = createHash('sha256').update(secret, 'utf8').digest();
    return this.#byPrefix.get(prefixOf(hash))?.find((key) => timingSafeEqual(key.hash, hash));
  }

  /** Whether any key lets this origin in: all a preflight without a key can be asked. */
  anyAllows(origin: string): boolean {
    return this.#keys.some((key) => originAllowed(key, origin));
  }
}

function prefixOf(hash: Buffer): string {
  return hash.toString('latin1', 0, 8);
}

export function originAllowed(key: WriteKey, origin: string): boolean {
  return key.allowedOrigins.some((allowed) => allowed === '*' || allowed === origin);
}

/** An origin as browsers send it: lower-case scheme and host, no trailing slash. */
export function normalizeOrigin(origin: string): string {
  return origin.trim().toLowerCase().replace(/\/+$/, '');
}

const BEARER = /^bearer +([^\s]+)$/i;
const MAX_SECRET_LENGTH = 256;

/** The secret a request carries: `Authorization: Bearer …`, else `?key=…`; null when there is none. */
export function presentedSecret(authorization: string | undefined, queryKey: unknown): string | null {
  const bearer = authorization === undefined ? undefined : BEARER.exec(authorization.trim())?.[1];
  const secret = bearer ?? (typeof queryKey === 'string' ? queryKey : undefined);
  return secret === undefined || secret === '' || secret.length > MAX_SECRET_LENGTH ? null : secret;
}
