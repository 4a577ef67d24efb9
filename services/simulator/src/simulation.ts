import { SeededRandom } from '@ebb/core';
import { type FaultCounts, FaultInjector, type FaultShares } from './world/faults.ts';
import { Ids } from './world/ids.ts';
import type { SimMessage } from './world/message.ts';
import { ShopWorld, type WorldOptions } from './world/shop-world.ts';

export interface SimulationOptions extends WorldOptions {
  faults: FaultShares;
  /** Events in all; garbage, repeats and future-dated ones come on top. Null: no such end. */
  count: number | null;
  /** No event is at or after this time; null: no such end. */
  endMs: number | null;
}

export interface SimulationCounts extends FaultCounts {
  web: number;
  purchase: number;
}

/** A world with its end and its faults: the same options give the same messages, however they are asked for. */
export class Simulation {
  readonly world: ShopWorld;
  readonly #options: SimulationOptions;
  readonly #faults: FaultInjector;
  readonly #fresh: SimMessage[] = [];
  #left: number;
  #web = 0;
  #purchase = 0;
  #ended = false;
  #lastMs: number;

  constructor(options: SimulationOptions) {
    this.#options = options;
    this.world = new ShopWorld(options);
    const random = new SeededRandom(`${options.seed}/faults/${options.startMs}`);
    this.#faults = new FaultInjector(options.faults, random, new Ids(random.fork('ids')));
    this.#left = options.count ?? Number.POSITIVE_INFINITY;
    this.#lastMs = options.startMs;
  }

  /** Nothing follows any more. */
  get ended(): boolean {
    return this.#ended;
  }

  /** Time of the latest event. */
  get lastMs(): number {
    return this.#lastMs;
  }

  get counts(): SimulationCounts {
    return { web: this.#web, purchase: this.#purchase, ...this.#faults.counts };
  }

  /** Appends what is due at a time, about `limit` messages at most. True when more is due already. */
  advance(untilMs: number, limit: number, out: SimMessage[]): boolean {
    if (this.#ended) return false;
    const { endMs } = this.#options;
    const target = endMs === null ? untilMs : Math.min(untilMs, endMs - 1);
    this.#fresh.length = 0;
    const more = this.world.advance(target, Math.min(limit, this.#left), this.#fresh);
    for (const message of this.#fresh) {
      // A purchase writes two messages at once, which may be one more than asked for.
      if (this.#left === 0) break;
      this.#left -= 1;
      this.#count(message);
      this.#faults.pass(message, out);
    }
    const isOver = this.#left === 0 || (!more && endMs !== null && untilMs >= endMs);
    if (isOver) this.#end(out);
    else if (!more) this.#faults.release(target, out);
    return more && !isOver;
  }

  #count(message: SimMessage): void {
    this.#lastMs = message.timeMs;
    if (message.stream === 'web') this.#web += 1;
    else this.#purchase += 1;
  }

  /** What was held back is sent at the end: a late event is late, not lost. */
  #end(out: SimMessage[]): void {
    this.#faults.release(Number.POSITIVE_INFINITY, out);
    this.#ended = true;
  }
}
