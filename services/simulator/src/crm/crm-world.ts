import { DAY_MS, SeededRandom } from '@ebb/core';
import { TimeQueue } from '../world/time-queue.ts';
import { book, correctBooking, purgeBooking } from './bookings.ts';
import type { CrmClock } from './crm-clock.ts';
import { CrmCustomer, CrmMoment } from './crm-customer.ts';
import { CRM_PROFILES, type CrmKind, MOST_LEAVING_PER_DAY, type CrmProfile } from './crm-profile.ts';
import { crmTraits } from './crm-traits.ts';
import type { CrmContext, CustomerHappening, Happening } from './happenings.ts';
import { close, editProfile, erase, join, leavingPerDay, refreshTenure, reopen, rewriteCustomer } from './life.ts';
import { makeOffer } from './offers.ts';
import { type CrmChange, rowsOf } from './rows.ts';
import { openTicket } from './tickets.ts';

export interface CrmWorldOptions {
  seed: string;
  kind: CrmKind;
  /** Customers whose accounts exist, or existed, when the live part begins; later ones replace those who leave. */
  customers: number;
  historyDays: number;
  startMs: number;
}

/** What happens at one instant and belongs together. */
export interface CrmStep {
  timeMs: number;
  isLive: boolean;
  changes: readonly CrmChange[];
  rows: number;
}

/** Transactions one after the other, without an end. */
export interface StepSource {
  next(): CrmStep;
  /** Row changes made so far. */
  readonly rows: number;
  /** Time of the world's own, days. */
  readonly days: number;
  /** Customers with an open account. */
  readonly active: number;
}

const LOADED_AT_ONCE = 100;
const BULK_ROWS = 40;
const REOPENED_SHARE = 0.08;
const REOPEN_DAYS = 20;
const ERASED_SHARE = 0.4;
const ERASE_DAYS = 45;
const REPLACE_DAYS = 1;

type Spontaneous = keyof CrmProfile['rates'] | 'leave';

/** What can happen to one customer at any time. */
const HAPPENINGS: Readonly<Record<Exclude<Spontaneous, 'leave' | 'bulk'>, CustomerHappening>> = {
  booking: book,
  ticket: openTicket,
  offer: makeOffer,
  edit: editProfile,
  correction: correctBooking,
  rewrite: rewriteCustomer,
  purge: purgeBooking,
};

/**
 * A business's operational records as a sequence of small transactions, in the order of time. Each active customer has
 * the same chances per day (Gillespie's method over all of them), thinned by what it is: active ones book more,
 * troubled ones open more tickets, and the hazard of leaving follows age, region, balance and tickets.
 */
export class CrmWorld implements StepSource {
  /** Everybody there ever was, erased ones too. */
  readonly customers: CrmCustomer[] = [];
  readonly profile: CrmProfile;
  readonly #options: CrmWorldOptions;
  readonly #clock: CrmClock;
  readonly #random: SeededRandom;
  readonly #context: CrmContext;
  readonly #queue = new TimeQueue<Happening>();
  readonly #active: CrmCustomer[] = [];
  readonly #weights: readonly (readonly [Spontaneous, number])[];
  readonly #ratePerDay: number;
  /** Position of the next customer who comes because another left. */
  #replacements: number;
  #days = 0;
  #nextDays = Number.POSITIVE_INFINITY;
  #rows = 0;

  constructor(options: CrmWorldOptions, clock: CrmClock) {
    this.#options = options;
    this.#clock = clock;
    this.profile = CRM_PROFILES[options.kind];
    this.#random = new SeededRandom(`${options.seed}/crm-world/${options.kind}`);
    this.#context = {
      profile: this.profile,
      kind: options.kind,
      seed: options.seed,
      random: this.#random,
      later: (afterDays, happening) => this.#queue.push(this.#days + afterDays, happening),
    };
    const { rates } = this.profile;
    const entries = Object.entries(rates) as [Spontaneous, number][];
    this.#weights = [...entries, ['leave', MOST_LEAVING_PER_DAY]];
    this.#ratePerDay = this.#weights.reduce((sum, [, rate]) => sum + rate, 0);
    this.#replacements = options.customers;
    this.#scheduleArrivals();
  }

  get rows(): number {
    return this.#rows;
  }

  get active(): number {
    return this.#active.length;
  }

  get days(): number {
    return this.#days;
  }

  /** The next transaction; there is always one. */
  next(): CrmStep {
    for (;;) {
      const queuedDays = this.#queue.nextTime();
      const isQueued = queuedDays <= this.#nextDays;
      this.#days = isQueued ? queuedDays : this.#nextDays;
      const timeMs = this.#clock.timeMs(this.#rows, this.#days);
      const moment = new CrmMoment(timeMs, this.#days);
      if (isQueued) this.#queue.pop()(moment);
      else this.#happen(moment);
      this.#scheduleNext();
      if (moment.changes.length === 0) continue;
      const rows = moment.changes.reduce((sum, change) => sum + rowsOf(change), 0);
      this.#rows += rows;
      return { timeMs, isLive: this.#clock.isLive(this.#days), changes: moment.changes, rows };
    }
  }

  /** Who was there before the history begins is loaded in blocks; the others come on the day they opened. */
  #scheduleArrivals(): void {
    const { customers, historyDays, startMs } = this.#options;
    let block: number[] = [];
    const load = (): void => {
      const indices = block;
      block = [];
      if (indices.length > 0) this.#queue.push(0, (moment) => indices.forEach((index) => this.#arrive(index, moment)));
    };
    for (let index = 0; index < customers; index += 1) {
      const { openedDaysAgo } = crmTraits(index, this.#options);
      if (openedDaysAgo < historyDays) {
        const days = historyDays - (startMs % DAY_MS) / DAY_MS - openedDaysAgo + (index % 97) / 97;
        const within = Math.max(0, Math.min(days, historyDays - 0.001));
        this.#queue.push(within, (moment) => this.#arrive(index, moment));
        continue;
      }
      block.push(index);
      if (block.length === LOADED_AT_ONCE) load();
    }
    load();
  }

  #arrive(index: number, moment: CrmMoment): void {
    const { startMs, customers } = this.#options;
    const customer = new CrmCustomer(index, this.#options);
    const startDayMs = startMs - (startMs % DAY_MS);
    const isReplacement = index >= customers;
    customer.openedMs = isReplacement ? moment.timeMs : startDayMs - customer.traits.openedDaysAgo * DAY_MS;
    this.customers.push(customer);
    this.#activate(customer);
    join(customer, moment, this.#context);
  }

  #scheduleNext(): void {
    const rate = this.#ratePerDay * this.#active.length;
    // The process has no memory, so the next time may be drawn anew whenever the number of customers changed.
    this.#nextDays = rate > 0 ? this.#days + this.#random.exponential(rate) : Number.POSITIVE_INFINITY;
  }

  #happen(moment: CrmMoment): void {
    const customer = this.#active[this.#random.int(this.#active.length)];
    if (customer === undefined) return;
    const what = this.#random.weighted(this.#weights);
    if (what === 'leave') this.#considerLeaving(customer, moment);
    else if (what === 'bulk') this.#bulk(customer, moment);
    else HAPPENINGS[what](customer, moment, this.#context);
  }

  /** One job over a block of customers, in one transaction. */
  #bulk(first: CrmCustomer, moment: CrmMoment): void {
    const to = Math.min(this.#active.length, first.slot + BULK_ROWS);
    for (const customer of this.#active.slice(first.slot, to)) refreshTenure(customer, moment, this.#context);
  }

  #considerLeaving(customer: CrmCustomer, moment: CrmMoment): void {
    const chance = leavingPerDay(customer, moment.days, this.profile) / MOST_LEAVING_PER_DAY;
    if (!this.#random.bool(chance)) return;
    this.#deactivate(customer);
    close(customer, moment, this.#context);
    this.#context.later(this.#random.exponential(1 / REPLACE_DAYS), (then) => {
      this.#replacements += 1;
      this.#arrive(this.#replacements - 1, then);
    });
    if (this.#random.bool(REOPENED_SHARE)) {
      this.#context.later(this.#random.exponential(1 / REOPEN_DAYS), (then) => this.#comeBack(customer, then));
    } else if (this.#random.bool(ERASED_SHARE)) {
      this.#context.later(this.#random.exponential(1 / ERASE_DAYS), (then) => erase(customer, then, this.#context));
    }
  }

  #comeBack(customer: CrmCustomer, moment: CrmMoment): void {
    this.#activate(customer);
    reopen(customer, moment, this.#context);
  }

  #activate(customer: CrmCustomer): void {
    customer.slot = this.#active.length;
    this.#active.push(customer);
  }

  #deactivate(customer: CrmCustomer): void {
    const last = this.#active.pop();
    if (last !== undefined && last !== customer) {
      this.#active[customer.slot] = last;
      last.slot = customer.slot;
    }
    customer.slot = -1;
  }
}
