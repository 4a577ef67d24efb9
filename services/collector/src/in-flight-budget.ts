import { Refusal } from './errors.ts';

export interface BudgetLimits {
  maxRequests: number;
  maxBytes: number;
}

const RETRY_AFTER_MS = 1_000;

/**
 * What all requests together may hold in memory. Bytes are counted as they are read, not as they are announced, so
 * that slow senders reserve nothing, and are given back only when the broker has settled what they became: while
 * Kafka is away the collector refuses instead of growing.
 */
export class InFlightBudget {
  readonly #limits: BudgetLimits;
  #requests = 0;
  #bytes = 0;

  constructor(limits: BudgetLimits) {
    this.#limits = limits;
  }

  get requests(): number {
    return this.#requests;
  }

  get bytes(): number {
    return this.#bytes;
  }

  /** Admits one request or refuses with `overloaded`. */
  admit(): Reservation {
    if (this.#requests >= this.#limits.maxRequests) throw overloaded('too many requests in flight');
    this.#requests += 1;
    let held = 0;
    let open = true;
    return {
      add: (bytes) => {
        if (this.#bytes + bytes > this.#limits.maxBytes) throw overloaded('too many bytes in flight');
        this.#bytes += bytes;
        held += bytes;
      },
      release: () => {
        if (!open) return;
        open = false;
        this.#requests -= 1;
        this.#bytes -= held;
      },
    };
  }
}

/** One request's share. `release` may be called more than once. */
export interface Reservation {
  add(bytes: number): void;
  release(): void;
}

function overloaded(message: string): Refusal {
  return new Refusal('overloaded', `${message}; try again later`, { retryAfterMs: RETRY_AFTER_MS });
}
