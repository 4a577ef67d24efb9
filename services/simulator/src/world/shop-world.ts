import { DAY_MS, must, SeededRandom } from '@ebb/core';
import { anonymousId, customerId } from './customer-traits.ts';
import { CHANNELS, COUNTRIES, DEVICES } from './attributes.ts';
import { Ids } from './ids.ts';
import type { SimMessage, Stream } from './message.ts';
import { Order, planFulfilment } from './order.ts';
import type { WorldKind, WorldParameters } from './parameters.ts';
import { Population } from './population.ts';
import { HIGHEST_INTENSITY, intensityAt } from './season.ts';
import { BROWSING_VISITS, planBrowsing, planPurchase } from './session-plan.ts';
import { Session, type Visitor } from './session.ts';
import { TimeQueue } from './time-queue.ts';

export interface WorldOptions {
  seed: string;
  kind: WorldKind;
  parameters: WorldParameters;
  startMs: number;
  customers: number;
  purchasesPerDay: number;
  /** Mean time between two events of a visit, ms. */
  sessionGapMs: number;
  fulfilmentMs: number;
  /** What is written; the other stream happens all the same. */
  streams: readonly Stream[];
}

const CANCELLED_SHARE = 0.04;
const RETURNED_SHARE: Readonly<Record<WorldKind, number>> = { bgnbd: 0.05, seasonal: 0.15 };
const LONGEST_GAPS = 8;
/** Visits that began this many gaps before the start are over by then. */
const WARM_UP_GAPS = 25;
const MAIN_DEVICE_SHARE = 0.85;
/** Steps of one call, so that a stretch without output does not hold up the event loop. */
const MOST_STEPS = 50_000;

type Pending = { kind: 'visit'; session: Session } | { kind: 'order'; order: Order } | { kind: 'leave'; index: number };

/**
 * The shop as a sequence of events in the order of simulated time. Visits arrive as one Poisson process (the many of
 * the customers taken together), a visit ends in a purchase with a fixed chance, so purchases of a customer are Poisson
 * with its own λ; after one it drops out with its own p. It runs for a while before the start, unrecorded, so that the
 * first second holds visits in every stage.
 */
export class ShopWorld {
  readonly population: Population;
  readonly #options: WorldOptions;
  readonly #random: SeededRandom;
  /** What only one stream draws has a generator of its own, so that leaving a stream out leaves the other as it is. */
  readonly #webRandom: SeededRandom;
  readonly #webIds: Ids;
  readonly #ids: Ids;
  readonly #queue = new TimeQueue<Pending>();
  readonly #writes: ReadonlySet<Stream>;
  #nextVisitMs: number;

  constructor(options: WorldOptions) {
    this.#options = options;
    this.#writes = new Set(options.streams);
    this.#random = new SeededRandom(`${options.seed}/world/${options.startMs}`);
    this.#ids = new Ids(this.#random.fork('ids'));
    this.#webRandom = this.#random.fork('web');
    this.#webIds = new Ids(this.#random.fork('web-ids'));
    this.population = new Population(options);
    const warmStartMs = options.startMs - WARM_UP_GAPS * options.sessionGapMs;
    this.#acquire(warmStartMs);
    this.#nextVisitMs = warmStartMs;
    this.#scheduleVisit();
  }

  /** Appends what happens up to a time, at most about `limit` messages. True when there is more until that time. */
  advance(untilMs: number, limit: number, out: SimMessage[]): boolean {
    for (let step = 0; step < MOST_STEPS && out.length < limit; step += 1) {
      const eventMs = this.#queue.nextTime();
      if (Math.min(eventMs, this.#nextVisitMs) > untilMs) return false;
      if (this.#nextVisitMs <= eventMs) this.#beginVisit();
      else this.#happen(eventMs, this.#queue.pop(), out);
    }
    return true;
  }

  #happen(timeMs: number, pending: Pending, out: SimMessage[]): void {
    switch (pending.kind) {
      case 'visit':
        this.#visit(timeMs, pending, out);
        return;
      case 'order':
        this.#write(pending.order.next(Math.floor(timeMs), this.#ids), out);
        this.#scheduleOrder(timeMs, pending.order);
        return;
      case 'leave':
        this.population.leave(pending.index, timeMs);
        this.#acquire(timeMs);
    }
  }

  #visit(timeMs: number, pending: { kind: 'visit'; session: Session }, out: SimMessage[]): void {
    const { session } = pending;
    const isRecorded = timeMs >= this.#options.startMs;
    const atMs = Math.floor(timeMs);
    if (session.nextIsCheckout) this.#purchase(atMs, session, isRecorded, out);
    else if (isRecorded && this.#writes.has('web')) out.push(session.next(atMs, this.#webIds, this.#webRandom, ''));
    else session.skip();
    if (!session.isOver) this.#queue.push(timeMs + this.#gap(), pending);
  }

  #purchase(timeMs: number, session: Session, isRecorded: boolean, out: SimMessage[]): void {
    const { index, userId, country } = session.visitor;
    const value = this.#random.gamma(
      this.#options.parameters.spendP,
      this.#options.parameters.spendP / (this.population.spendMean[index] ?? 1),
    );
    if (!isRecorded) {
      session.skip();
      return;
    }
    this.population.recordPurchase(index, timeMs);
    const orderId = this.#ids.next(timeMs);
    const details = { orderId, userId, country, basket: session.plan.basket, value, purchaseTimeMs: timeMs };
    const shares = { cancelledShare: CANCELLED_SHARE, returnedShare: RETURNED_SHARE[this.#options.kind] };
    const path = planFulfilment({ ...shares, fulfilmentMs: this.#options.fulfilmentMs }, this.#random);
    const order = new Order(details, path, this.#random);
    if (this.#writes.has('web')) out.push(session.next(timeMs, this.#webIds, this.#webRandom, orderId));
    else session.skip();
    this.#write(order.placed(this.#ids), out);
    this.#scheduleOrder(timeMs, order);
  }

  #write(message: SimMessage, out: SimMessage[]): void {
    if (this.#writes.has(message.stream)) out.push(message);
  }

  #scheduleOrder(timeMs: number, order: Order): void {
    const { waitMs } = order;
    if (waitMs !== null) this.#queue.push(timeMs + waitMs, { kind: 'order', order });
  }

  #beginVisit(): void {
    const timeMs = this.#nextVisitMs;
    this.#scheduleVisit();
    if (this.#options.kind === 'seasonal' && !this.#random.bool(intensityAt(timeMs) / HIGHEST_INTENSITY)) return;
    const index = this.population.pick(this.#random);
    if (!this.population.isActive(index)) return;
    const buys = this.#random.bool(1 / (1 + BROWSING_VISITS));
    const plan = buys ? planPurchase(this.#random) : planBrowsing(this.#random);
    const session = new Session(this.#visitor(index), plan, this.#ids.next(timeMs));
    this.#queue.push(timeMs, { kind: 'visit', session });
    if (buys && this.#options.kind === 'bgnbd' && this.#random.bool(this.population.dropout[index] ?? 0)) {
      this.population.leave(index, timeMs);
      this.#acquire(timeMs);
    }
  }

  #scheduleVisit(): void {
    const peak = this.#options.kind === 'seasonal' ? HIGHEST_INTENSITY : 1;
    const ratePerMs = this.population.ratePerMs * (1 + BROWSING_VISITS) * peak;
    this.#nextVisitMs = ratePerMs > 0 ? this.#nextVisitMs + this.#random.exponential(ratePerMs) : Infinity;
  }

  /** New customers of the seasonal world get their day of leaving at once: it does not depend on what they buy. */
  #acquire(timeMs: number): void {
    const { from, to } = this.population.acquire(timeMs);
    if (this.#options.kind !== 'seasonal') return;
    for (let index = from; index < to; index += 1) {
      const leavesPerMs = ((this.population.dropout[index] ?? 0) * this.population.meanLambda) / DAY_MS;
      this.#queue.push(timeMs + this.#random.exponential(leavesPerMs), { kind: 'leave', index });
    }
  }

  #gap(): number {
    const gapMs = this.#options.sessionGapMs;
    return 1 + Math.min(this.#random.exponential(1 / gapMs), LONGEST_GAPS * gapMs);
  }

  #visitor(index: number): Visitor {
    const { seed } = this.#options;
    const main = this.population.device[index] ?? 0;
    const device = this.#random.bool(MAIN_DEVICE_SHARE) ? DEVICES[main] : this.#random.pick(DEVICES);
    const channel = CHANNELS[this.population.channel[index] ?? 0]?.[0] ?? '';
    return {
      index,
      userId: customerId(seed, index),
      anonymousId: anonymousId(seed, index),
      device: must(device, 'a device'),
      country: COUNTRIES[this.population.country[index] ?? 0]?.[0] ?? '',
      origin: ORIGINS[channel] ?? '',
    };
  }
}

const ORIGINS: Readonly<Record<string, string>> = {
  social: '"utm_source":"instagram","utm_medium":"social","utm_campaign":"always-on",',
  search: '"referrer":"https://search.example/",',
  referral: '"referrer":"https://blog.example/gift-guide",',
  email: '"utm_source":"newsletter","utm_medium":"email","utm_campaign":"weekly",',
  ads: '"utm_source":"adnetwork","utm_medium":"cpc","utm_campaign":"catalogue",',
};
