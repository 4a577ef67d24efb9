import { formatMoney, type Money } from '@ebb/core';
import type { CrmCustomer, CrmMoment, LiveRow } from './crm-customer.ts';
import { crmUuid } from './crm-traits.ts';
import { type CrmContext, type CustomerHappening, rowId } from './happenings.ts';

const FAILED_SHARE = 0.02;
const PENDING_SHARE = 0.15;
/** Pending bookings settle within hours. */
const SETTLING_DAYS = 0.2;
const REVERSED_SHARE = 0.03;
const INCOMING_SHARE = 0.45;
const STATEMENT_DAYS = 30;
/** Bookings that show in the month's statement at once. */
const POSTED_SHARE = 0.4;
const CENT = 100n;

/** A movement on the account; the busy ones book more. */
export const book: CustomerHappening = (customer, moment, context) => {
  const { random } = context;
  if (!random.bool(customer.traits.activity)) return;
  const status = random.weighted([
    ['completed', 1 - FAILED_SHARE - PENDING_SHARE],
    ['pending', PENDING_SHARE],
    ['failed', FAILED_SHARE],
  ] as const);
  const row = writeBooking(customer, moment, { context, status });
  if (status === 'pending') context.later(random.exponential(1 / SETTLING_DAYS), (then) => settle(row, then, customer));
  if (status === 'completed' && random.bool(REVERSED_SHARE)) {
    context.later(random.exponential(1), (then) => changeStatus(customer, then, { row, status: 'reversed' }));
  }
};

function settle(row: LiveRow, moment: CrmMoment, customer: CrmCustomer): void {
  changeStatus(customer, moment, { row, status: 'completed' });
}

function changeStatus(customer: CrmCustomer, moment: CrmMoment, change: { row: LiveRow; status: string }): void {
  const { row, status } = change;
  if (row.isGone || customer.isErased) return;
  row.values = { ...row.values, status };
  moment.update(customer, 'transactions', row.id, { status });
}

function writeBooking(
  customer: CrmCustomer,
  moment: CrmMoment,
  { context, status }: { context: CrmContext; status: string },
): LiveRow {
  const { random, profile } = context;
  const isIncoming = customer.balance <= 0n || random.bool(INCOMING_SHARE);
  const type = random.weighted(isIncoming ? profile.incoming : profile.outgoing);
  const amount = drawAmount(customer, context);
  if (status !== 'failed') customer.balance += isIncoming ? amount : -amount;
  const values = {
    customer_id: customer.id,
    transaction_type: type,
    amount: formatMoney(amount),
    currency: profile.currency(customer.traits.geography),
    status,
    occurred_at: moment.iso,
  };
  const row = { id: rowId(customer, crmUuid), values, isGone: false };
  moment.insert(customer, 'transactions', row.id, values);
  customer.lastBooking = row;
  if (status !== 'failed' && random.bool(POSTED_SHARE)) postToStatement(customer, moment);
  return row;
}

/** A fifteenth of the median balance on average, to the cent. */
function drawAmount(customer: CrmCustomer, { profile, random }: CrmContext): Money {
  const cents = Math.max(1, Math.round(random.gamma(1.3, 1.3 / (profile.balanceMedian / 15)) * 100));
  // A few bank amounts carry a fourth decimal place, as exchanged ones do.
  return BigInt(cents) * CENT + (customer.traits.tier === null && random.bool(0.05) ? BigInt(random.int(100)) : 0n);
}

function postToStatement(customer: CrmCustomer, moment: CrmMoment): void {
  const [product] = customer.products;
  if (product === undefined || product.month !== monthOf(moment)) return;
  moment.update(customer, 'usage_logs', product.logId, { monthly_balance: formatMoney(customer.balance) });
}

/** The month's statement of each product, and the next one after it. */
export const statement: CustomerHappening = (customer, moment, context) => {
  if (customer.isErased) return;
  context.later(STATEMENT_DAYS, (then) => statement(customer, then, context));
  if (customer.slot < 0) return;
  const month = monthOf(moment);
  const held = customer.products.length;
  for (const [position, product] of customer.products.entries()) {
    const balance = formatMoney(position === 0 ? customer.balance : customer.balance / BigInt(3 + position));
    if (product.month === month) {
      moment.update(customer, 'usage_logs', product.logId, { monthly_balance: balance, num_products: held });
      continue;
    }
    product.month = month;
    product.logId = crmUuid(`${customer.id}/${product.name}/${month}`);
    moment.insert(customer, 'usage_logs', product.logId, {
      customer_id: customer.id,
      product_type: product.name,
      month,
      monthly_balance: balance,
      num_products: held,
    });
  }
};

/** Puts a wrong booking right by deleting it and writing it again under the same id, at once or a little later. */
export const correctBooking: CustomerHappening = (customer, moment, context) => {
  const row = customer.lastBooking;
  if (row === null || row.isGone) return;
  const amount = formatMoney(drawAmount(customer, context));
  const again = { ...row.values, amount };
  moment.delete(customer, 'transactions', row.id);
  if (context.random.bool(0.5)) {
    moment.insert(customer, 'transactions', row.id, again);
    row.values = again;
    return;
  }
  row.isGone = true;
  context.later(context.random.exponential(1 / SETTLING_DAYS), (then) => {
    if (customer.isErased) return;
    row.isGone = false;
    row.values = again;
    then.insert(customer, 'transactions', row.id, again);
  });
};

/** Drops a booking that should not have been. */
export const purgeBooking: CustomerHappening = (customer, moment) => {
  const row = customer.lastBooking;
  if (row === null || row.isGone) return;
  row.isGone = true;
  moment.delete(customer, 'transactions', row.id);
};

function monthOf(moment: CrmMoment): string {
  return `${moment.day.slice(0, 7)}-01`;
}
