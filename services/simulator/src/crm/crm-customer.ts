import type { CrmChange, CrmTable, CrmValues } from './rows.ts';
import { type CrmTraits, crmTraits } from './crm-traits.ts';
import { type CrmKind, type Severity, TICKET_HALF_LIFE_DAYS } from './crm-profile.ts';

/** A row that may still change, with what it holds now. */
export interface LiveRow {
  id: string;
  values: CrmValues;
  /** Deleted, for now or for good. */
  isGone: boolean;
}

export interface CrmProduct {
  name: string;
  /** First day of the month of its latest statement. */
  month: string;
  logId: string;
}

/** A customer as it stands; the world alone changes it. */
export class CrmCustomer {
  readonly index: number;
  readonly traits: CrmTraits;
  /** Position among the active ones; −1: not active. */
  slot = -1;
  isErased = false;
  geography: string;
  tier: string | null;
  balance: bigint;
  openedMs = 0;
  closedMs: number | null = null;
  readonly products: CrmProduct[] = [];
  lastBooking: LiveRow | null = null;
  readonly openOffers = new Map<string, LiveRow>();
  /** Rows there are now; erasing the customer deletes as many. */
  readonly rows: Record<CrmTable, number> = {
    customers: 0,
    transactions: 0,
    support_tickets: 0,
    offers: 0,
    usage_logs: 0,
  };
  readonly tickets: Record<Severity, number> = { Low: 0, Medium: 0, High: 0 };
  offersMade = 0;
  offersAccepted = 0;
  /** How many ids of its own the customer's rows have used. */
  #ids = 0;
  #burden = 0;
  #burdenDays = 0;

  constructor(index: number, options: { seed: string; kind: CrmKind }) {
    this.index = index;
    this.traits = crmTraits(index, options);
    this.geography = this.traits.geography;
    this.tier = this.traits.tier;
    this.balance = this.traits.balance;
  }

  get id(): string {
    return this.traits.customerId;
  }

  nextNumber(): number {
    this.#ids += 1;
    return this.#ids;
  }

  /** What past tickets still add to the log hazard of leaving. */
  burden(days: number): number {
    return this.#burden * 0.5 ** ((days - this.#burdenDays) / TICKET_HALF_LIFE_DAYS);
  }

  addBurden(days: number, effect: number): void {
    this.#burden = this.burden(days) + effect;
    this.#burdenDays = days;
  }
}

/** What happens at one instant: one database transaction in the making. */
export class CrmMoment {
  readonly changes: CrmChange[] = [];
  /** Calendar time of the moment. */
  readonly timeMs: number;
  /** The world's own time. */
  readonly days: number;

  constructor(timeMs: number, days: number) {
    this.timeMs = timeMs;
    this.days = days;
  }

  get iso(): string {
    return new Date(this.timeMs).toISOString();
  }

  get day(): string {
    return this.iso.slice(0, 10);
  }

  insert(customer: CrmCustomer, table: CrmTable, id: string, values: CrmValues): void {
    customer.rows[table] += 1;
    this.changes.push({ op: 'insert', table, customerId: customer.id, id, values });
  }

  update(customer: CrmCustomer, table: CrmTable, id: string, values: CrmValues): void {
    this.changes.push({ op: 'update', table, customerId: customer.id, id, values });
  }

  delete(customer: CrmCustomer, table: CrmTable, id: string): void {
    customer.rows[table] -= 1;
    this.changes.push({ op: 'delete', table, customerId: customer.id, id });
  }

  deleteAll(customer: CrmCustomer, table: CrmTable): void {
    const rows = customer.rows[table];
    customer.rows[table] = 0;
    if (rows > 0) this.changes.push({ op: 'delete_all', table, customerId: customer.id, rows });
  }
}
