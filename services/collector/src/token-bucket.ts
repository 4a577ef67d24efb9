import type { Clock } from '@ebb/core';

/** What a key may send: a steady rate and a burst, both in events. */
export interface RateLimit {
  ratePerSecond: number;
  burst: number;
}

export type TakeResult = { allowed: true } | { allowed: false; retryAfterMs: number };

interface Bucket {
  tokens: number;
  updatedMs: number;
}

/**
 * Token buckets, one per key. A batch larger than the burst is let through when the bucket is full and
 * leaves it in debt; otherwise it could never be sent, however long its sender waits.
 */
export class TokenBuckets {
  readonly #buckets = new Map<string, Bucket>();
  readonly #clock: Clock;

  constructor(clock: Clock) {
    this.#clock = clock;
  }

  take(id: string, count: number, limit: RateLimit): TakeResult {
    const bucket = this.#refill(id, limit);
    const needed = Math.min(count, limit.burst);
    if (bucket.tokens < needed) {
      return { allowed: false, retryAfterMs: Math.ceil(((needed - bucket.tokens) / limit.ratePerSecond) * 1000) };
    }
    bucket.tokens -= count;
    return { allowed: true };
  }

  /** Gives back what a request took that was then refused for our own reasons. */
  refund(id: string, count: number, limit: RateLimit): void {
    const bucket = this.#refill(id, limit);
    bucket.tokens = Math.min(limit.burst, bucket.tokens + count);
  }

  /** Forgets the keys that are gone, so that revoked keys do not pile up. */
  retain(ids: ReadonlySet<string>): void {
    for (const id of this.#buckets.keys()) if (!ids.has(id)) this.#buckets.delete(id);
  }

  #refill(id: string, limit: RateLimit): Bucket {
    const now = this.#clock.nowMs();
    const bucket = this.#buckets.get(id);
    if (bucket === undefined) {
      const fresh = { tokens: limit.burst, updatedMs: now };
      this.#buckets.set(id, fresh);
      return fresh;
    }
    // A clock that steps back must not take tokens away.
    const elapsedMs = Math.max(0, now - bucket.updatedMs);
    bucket.tokens = Math.min(limit.burst, bucket.tokens + (elapsedMs / 1000) * limit.ratePerSecond);
    bucket.updatedMs = now;
    return bucket;
  }
}
