import { formatMoney, must, SeededRandom } from '@ebb/core';
import type { CrmClock } from '../crm/crm-clock.ts';
import type { CrmStep, StepSource } from '../crm/crm-world.ts';
import { crmUuid } from '../crm/crm-traits.ts';
import type { CrmChange } from '../crm/rows.ts';
import { type LivingCustomer, livingCustomers, statementId } from './bank-activity.ts';

const STATEMENT_SHARE = 0.5;
const OUTGOING = ['card_payment', 'card_payment', 'withdrawal', 'transfer_out'] as const;
const INCOMING = ['deposit', 'transfer_in'] as const;

/**
 * The bank's ordinary business: bookings of the customers who have not churned, and the balance of the month. Customers,
 * tickets and offers stay as the fixture has them, so that its figures hold while the tables change.
 */
export class BankLife implements StepSource {
  readonly #customers = livingCustomers();
  readonly #clock: CrmClock;
  readonly #random: SeededRandom;
  readonly #seed: string;
  #rows = 0;
  #steps = 0;

  constructor(seed: string, clock: CrmClock) {
    this.#seed = seed;
    this.#clock = clock;
    this.#random = new SeededRandom(`${seed}/bank-life`);
  }

  get active(): number {
    return this.#customers.length;
  }

  get rows(): number {
    return this.#rows;
  }

  get days(): number {
    return 0;
  }

  next(): CrmStep {
    const timeMs = this.#clock.timeMs(this.#rows, 0);
    const customer = must(this.#customers[this.#random.int(this.#customers.length)], 'a living customer');
    const changes = this.#book(customer, new Date(timeMs).toISOString());
    this.#rows += changes.length;
    this.#steps += 1;
    return { timeMs, isLive: true, changes, rows: changes.length };
  }

  #book(customer: LivingCustomer, at: string): CrmChange[] {
    const amount = BigInt(100 + this.#random.int(20_000)) * 100n;
    const isIncoming = customer.balance < amount * 2n || this.#random.bool(0.5);
    customer.balance += isIncoming ? amount : -amount;
    const values = {
      customer_id: customer.id,
      transaction_type: this.#random.pick(isIncoming ? INCOMING : OUTGOING),
      amount: formatMoney(amount),
      currency: customer.currency,
      status: 'completed',
      occurred_at: at,
    };
    const id = crmUuid(`${this.#seed}/bank-life/${this.#steps}`);
    const changes: CrmChange[] = [{ op: 'insert', table: 'transactions', customerId: customer.id, id, values }];
    if (!this.#random.bool(STATEMENT_SHARE)) return changes;
    const log = statementId(customer.id, at.slice(0, 7));
    const statement = { monthly_balance: formatMoney(customer.balance) };
    return [...changes, { op: 'update', table: 'usage_logs', customerId: customer.id, id: log, values: statement }];
  }
}
