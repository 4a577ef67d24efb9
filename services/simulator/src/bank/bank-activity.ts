import { DAY_MS, formatMoney, type Money, parseMoney, SeededRandom } from '@ebb/core';
import { BANK_FIXTURE } from '@ebb/datasets';
import type { CrmTable } from '../crm/rows.ts';
import { type FixtureRow, readBankTable } from './bank-file.ts';

/** A customer who has neither closed the account nor fallen silent on the day of the fixture. */
export interface LivingCustomer {
  id: string;
  currency: string;
  balance: Money;
  product: string;
  products: number;
}

const SILENT_DAYS = 90;

export function livingCustomers(): LivingCustomer[] {
  const asOfMs = Date.parse(BANK_FIXTURE.asOf);
  const transactions = readBankTable('transactions').filter((row) => row.values['transaction_type'] !== 'fee');
  const statements = new Map(readBankTable('usage_logs').map((row) => [row.values['customer_id'], row.values]));
  return readBankTable('customers').flatMap(({ id, values }) => {
    const own = transactions.filter((row) => row.values['customer_id'] === id);
    const lastMs = Math.max(...own.map((row) => Date.parse(String(row.values['occurred_at']))));
    const isChurned = values['churned_at'] !== null || asOfMs - lastMs >= SILENT_DAYS * DAY_MS;
    const statement = statements.get(id);
    if (isChurned || statement === undefined) return [];
    return [
      {
        id,
        currency: String(own[0]?.values['currency']),
        balance: parseMoney(String(statement['monthly_balance'])),
        product: String(statement['product_type']),
        products: Number(statement['num_products']),
      },
    ];
  });
}

export type ActivityRow = FixtureRow & { table: Extract<CrmTable, 'transactions' | 'usage_logs'> };

/**
 * What the living customers did after the day of the fixture: each month a statement, a deposit and a card payment,
 * the same in every run. Without it everybody would have been silent for 90 days soon after that day; with it 7 of 20
 * have churned on any later day too.
 */
export function activityUntil(untilMs: number): ActivityRow[] {
  const rows: ActivityRow[] = [];
  for (const monthMs of monthsUntil(untilMs)) {
    for (const customer of livingCustomers()) rows.push(...monthOf(customer, monthMs, untilMs));
  }
  return rows;
}

function monthOf(customer: LivingCustomer, monthMs: number, untilMs: number): ActivityRow[] {
  const month = new Date(monthMs).toISOString().slice(0, 7);
  const random = new SeededRandom(`bank/${customer.id}/${month}`);
  const rows: ActivityRow[] = [statementRow(customer, month)];
  for (const [type, mark] of [
    ['deposit', 'D'],
    ['card_payment', 'P'],
  ] as const) {
    const occurredMs = monthMs + Math.floor(random.float() * 27 * DAY_MS);
    const share = BigInt(10 + random.int(30));
    if (occurredMs > untilMs) continue;
    rows.push({
      table: 'transactions',
      id: `${mark}-${customer.id}-${month}`,
      values: {
        customer_id: customer.id,
        transaction_type: type,
        // Whole cents.
        amount: formatMoney(((customer.balance * share) / 100n / 100n) * 100n),
        currency: customer.currency,
        status: 'completed',
        occurred_at: new Date(occurredMs).toISOString(),
      },
    });
  }
  return rows;
}

/** Id of the statement of a month, `YYYY-MM`. */
export function statementId(customerId: string, month: string): string {
  return `S-${customerId}-${month}`;
}

function statementRow(customer: LivingCustomer, month: string): ActivityRow {
  return {
    table: 'usage_logs',
    id: statementId(customer.id, month),
    values: {
      customer_id: customer.id,
      product_type: customer.product,
      month: `${month}-01`,
      monthly_balance: formatMoney(customer.balance),
      num_products: customer.products,
    },
  };
}

function monthsUntil(untilMs: number): number[] {
  const first = new Date(BANK_FIXTURE.asOf);
  const months: number[] = [];
  for (let count = 0; ; count += 1) {
    const monthMs = Date.UTC(first.getUTCFullYear(), first.getUTCMonth() + count);
    if (monthMs > untilMs) return months;
    months.push(monthMs);
  }
}
