import { MINUTE_MS, SECOND_MS, type SeededRandom } from '@ebb/core';
import type { Ids } from './ids.ts';
import type { SimMessage } from './message.ts';
import { TimeQueue } from './time-queue.ts';

/** Shares of events, each 0 to 1. */
export interface FaultShares {
  /** Sent again, byte for byte, a little later. */
  duplicates: number;
  /** Sent minutes after they happened. */
  late: number;
  /** Sent up to a few seconds late, so that others overtake them. */
  outOfOrder: number;
  /** Garbage sent besides. */
  malformed: number;
  /** Events dated years ahead, sent besides. */
  future: number;
}

export interface FaultCounts {
  duplicates: number;
  late: number;
  outOfOrder: number;
  malformed: number;
  future: number;
}

const DUPLICATE_WITHIN_MS = 30 * SECOND_MS;
const LATE_MEAN_MS = 10 * MINUTE_MS;
const LATE_LEAST_MS = MINUTE_MS;
const OVERTAKEN_WITHIN_MS = 5 * SECOND_MS;
/** Far enough that a simulation of the past cannot reach the present with it. */
const FUTURE_MS = 10 * 365 * 24 * 3_600 * SECOND_MS;

/**
 * Disturbs a stream of messages on its way out, in simulated time: what comes out depends on what went in and the
 * seed, not on how it was cut into chunks. No event is ever lost or changed.
 */
export class FaultInjector {
  readonly counts: FaultCounts = { duplicates: 0, late: 0, outOfOrder: 0, malformed: 0, future: 0 };
  readonly #shares: FaultShares;
  readonly #random: SeededRandom;
  readonly #ids: Ids;
  readonly #held = new TimeQueue<SimMessage>();

  constructor(shares: FaultShares, random: SeededRandom, ids: Ids) {
    this.#shares = shares;
    this.#random = random;
    this.#ids = ids;
  }

  /** Passes a message on, now or later, and what was held back until its time. */
  pass(message: SimMessage, out: SimMessage[]): void {
    const { timeMs } = message;
    const random = this.#random;
    this.release(timeMs, out);
    if (random.bool(this.#shares.late)) {
      this.counts.late += 1;
      this.#held.push(timeMs + LATE_LEAST_MS + random.exponential(1 / LATE_MEAN_MS), message);
    } else if (random.bool(this.#shares.outOfOrder)) {
      this.counts.outOfOrder += 1;
      this.#held.push(timeMs + random.float() * OVERTAKEN_WITHIN_MS, message);
    } else out.push(message);
    if (random.bool(this.#shares.duplicates)) {
      this.counts.duplicates += 1;
      this.#held.push(timeMs + random.float() * DUPLICATE_WITHIN_MS, message);
    }
    if (random.bool(this.#shares.malformed)) {
      this.counts.malformed += 1;
      out.push(this.#garbage(message));
    }
    if (message.stream === 'web' && random.bool(this.#shares.future)) {
      this.counts.future += 1;
      out.push(this.#fromTheFuture(message));
    }
  }

  /** What was held back until a time; +∞ for all of it. */
  release(timeMs: number, out: SimMessage[]): void {
    while (this.#held.size > 0 && this.#held.nextTime() <= timeMs) out.push(this.#held.pop());
  }

  #garbage(message: SimMessage): SimMessage {
    const { value } = message;
    const kinds = [
      value.slice(0, Math.floor(value.length / 2)),
      'not json at all',
      '[]',
      '{}',
      value.replace(/"event_id":"[^"]*",/, ''),
      value.replace(/"(event_timestamp|status_time)":"[^"]*"/, '"$1":"yesterday"'),
      value.replace(/"(event_type|order_status)":"[^"]*"/, '"$1":"unheard_of"'),
    ];
    return { ...message, value: this.#random.pick(kinds), eventId: null };
  }

  #fromTheFuture(message: SimMessage): SimMessage {
    const futureMs = message.timeMs + FUTURE_MS;
    const value = message.value
      .replace(/"event_id":"[^"]*"/, `"event_id":"${this.#ids.next(futureMs)}"`)
      .replace(/"event_timestamp":"[^"]*"/, `"event_timestamp":"${this.#ids.timestamp(futureMs)}"`);
    return { ...message, value, eventId: null };
  }
}
