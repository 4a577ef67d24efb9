import { formatMoney, type Money } from '@ebb/core';
import { SegmentsError } from './errors.ts';

/** One line of an invoice, or a whole invoice: lines of the same number count once in frequency. */
export interface Purchase {
  readonly customer: string;
  readonly invoice: string;
  /** Days since 1970-01-01. */
  readonly day: number;
  /** Gross; exact, in units of 1/10,000. */
  readonly amount: Money;
}

/** What one customer's purchases come to. */
export interface RfmRow {
  readonly customer: string;
  readonly recencyDays: number;
  readonly frequency: number;
  readonly monetary: Money;
}

/**
 * Recency, frequency and monetary value by column, customers ascending by code units and each there once. The order is
 * part of the type: whatever order the rows came in, models see the same table.
 */
export interface RfmTable {
  readonly customers: readonly string[];
  /** Days from the last purchase to the as-of day. */
  readonly recencyDays: Float64Array;
  /** Distinct invoices. */
  readonly frequency: Float64Array;
  /** In units of 1/10,000 of the currency. */
  readonly monetary: BigInt64Array;
}

export interface RfmPeriod {
  /** Last day that counts, in days since 1970-01-01: recency 0. */
  readonly asOf: number;
  /** Only purchases of the last so many days, the as-of day included. Default: all there are. */
  readonly windowDays?: number;
}

/**
 * RFM of everyone who bought in the period (A. M. Hughes, Strategic Database Marketing, 1994). Later purchases are not
 * seen, so a table as of a past day is what that day would have made. Raises BAD_PURCHASE.
 */
export function rfmFromPurchases(purchases: Iterable<Purchase>, period: RfmPeriod): RfmTable {
  const { asOf, windowDays = Number.POSITIVE_INFINITY } = period;
  if (!Number.isInteger(asOf) || !(windowDays >= 1)) {
    throw new SegmentsError(
      'BAD_OPTION',
      `as-of day ${asOf} and window ${windowDays}: a whole number of days since 1970, and at least one day`,
    );
  }
  const found = new Map<string, { lastDay: number; invoices: Set<string>; amount: Money }>();
  for (const purchase of purchases) {
    checkPurchase(purchase);
    if (purchase.day > asOf || purchase.day <= asOf - windowDays) continue;
    const known = found.get(purchase.customer);
    if (known === undefined) {
      found.set(purchase.customer, {
        lastDay: purchase.day,
        invoices: new Set([purchase.invoice]),
        amount: purchase.amount,
      });
    } else {
      known.lastDay = Math.max(known.lastDay, purchase.day);
      known.invoices.add(purchase.invoice);
      known.amount += purchase.amount;
    }
  }
  const rows = [...found].map(([customer, { lastDay, invoices, amount }]) => ({
    customer,
    recencyDays: asOf - lastDay,
    frequency: invoices.size,
    monetary: amount,
  }));
  return rfmTable(rows);
}

/** A table of rows in any order. Raises BAD_TABLE for a customer who is there twice and for figures that are none. */
export function rfmTable(rows: Iterable<RfmRow>): RfmTable {
  const sorted = [...rows].toSorted((a, b) => (a.customer < b.customer ? -1 : a.customer > b.customer ? 1 : 0));
  for (const [index, row] of sorted.entries()) checkRow(row, sorted[index - 1]);
  return {
    customers: sorted.map(({ customer }) => customer),
    recencyDays: Float64Array.from(sorted, ({ recencyDays }) => recencyDays),
    frequency: Float64Array.from(sorted, ({ frequency }) => frequency),
    monetary: BigInt64Array.from(sorted, ({ monetary }) => monetary),
  };
}

function checkPurchase({ customer, invoice, day }: Purchase): void {
  if (customer !== '' && invoice !== '' && Number.isInteger(day)) return;
  throw new SegmentsError(
    'BAD_PURCHASE',
    `purchase of customer ${JSON.stringify(customer)}, invoice ${JSON.stringify(invoice)}, day ${day}: ` +
      'it needs all three; leave guests and undated lines out beforehand',
  );
}

function checkRow(row: RfmRow, before: RfmRow | undefined): void {
  const name = `customer ${JSON.stringify(row.customer)}`;
  if (row.customer === before?.customer) {
    throw new SegmentsError('BAD_TABLE', `${name} is there twice; add the purchases of a customer up first`);
  }
  for (const [column, value] of [
    ['recency', row.recencyDays],
    ['frequency', row.frequency],
  ] as const) {
    if (value >= 0 && value <= 1e11) continue;
    throw new SegmentsError('BAD_TABLE', `${name} has the ${column} ${value}; it must be a number from 0 to 1e11`);
  }
  if (BigInt.asIntN(64, row.monetary) !== row.monetary) {
    throw new SegmentsError('BAD_TABLE', `${name} has spent ${formatMoney(row.monetary)}, more than 64 bits can hold`);
  }
}
