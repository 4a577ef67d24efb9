import type { Clock } from '@ebb/core';
import type { DeadLetter } from '../api/quality-schema.ts';
import type { RecentEvent } from '../api/recent-schema.ts';
import { readNewestPurchases, readNewestWebEvents } from '../queries/recent/newest-events.ts';
import { readNewestLetters } from '../queries/quality/dead-letters.ts';
import type { Queryable } from '../queries/rows.ts';

export interface RecentLook {
  readonly atMs: number;
  readonly website: readonly RecentEvent[];
  readonly purchases: readonly RecentEvent[];
  readonly letters: readonly DeadLetter[];
}

const MOST_WEB_EVENTS = 1_000;
const MOST_PURCHASES = 300;
const MOST_LETTERS = 300;
const MAX_AGE_MS = 1_000;

/**
 * What was stored and refused last. All readers share one look, taken once a second while somebody reads: what it costs
 * the database does not grow with them, nor with what they filter by.
 */
export class RecentEvents {
  readonly #db: Queryable;
  readonly #clock: Clock;
  #look: { readonly atMs: number; readonly answer: Promise<RecentLook> } | null = null;

  constructor(db: Queryable, clock: Clock) {
    this.#db = db;
    this.#clock = clock;
  }

  look(): Promise<RecentLook> {
    const atMs = this.#clock.nowMs();
    if (this.#look !== null && atMs - this.#look.atMs < MAX_AGE_MS) return this.#look.answer;
    const answer = this.#read(atMs);
    const look = { atMs, answer };
    this.#look = look;
    // The next reader asks again.
    answer.catch(() => {
      if (this.#look === look) this.#look = null;
    });
    return answer;
  }

  async #read(atMs: number): Promise<RecentLook> {
    const [website, purchases, letters] = await Promise.all([
      readNewestWebEvents(this.#db, MOST_WEB_EVENTS),
      readNewestPurchases(this.#db, MOST_PURCHASES),
      readNewestLetters(this.#db, MOST_LETTERS),
    ]);
    return { atMs, website, purchases, letters };
  }
}
