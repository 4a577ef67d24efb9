import type { PurchaseColumns } from '../features/purchase-source.ts';

/** A customer's days with purchases, ascending. */
export interface Life {
  readonly customer: string;
  /** Since 1970-01-01. */
  readonly days: readonly number[];
  /** Per day, in the reporting currency. */
  readonly amounts: readonly number[];
}

const UNITS = 10_000;

/** Days on which refunds outweigh are no purchases. */
export function livesOf({ customers, days, amounts }: PurchaseColumns): Life[] {
  const lives = new Map<string, { customer: string; days: number[]; amounts: number[] }>();
  for (const [row, customer] of customers.entries()) {
    const amount = (amounts[row] ?? Number.NaN) / UNITS;
    if (amount < 0) continue;
    const life = lives.get(customer) ?? { customer, days: [], amounts: [] };
    lives.set(customer, life);
    life.days.push(days[row] ?? Number.NaN);
    life.amounts.push(amount);
  }
  return [...lives.values()];
}

/** What had been bought by the end of the day, and nothing later. */
export function lifeUntil({ customer, days, amounts }: Life, day: number): Life {
  const count = days.findLastIndex((bought) => bought <= day) + 1;
  return { customer, days: days.slice(0, count), amounts: amounts.slice(0, count) };
}

/** Names of the figures of `orderFeatures`. */
export const ORDER_FEATURES = [
  'days_since_last_purchase',
  'days_since_first_purchase',
  'purchase_days',
  'purchase_days_last_30',
  'purchase_days_last_90',
  'purchase_days_last_365',
  'spend_per_purchase_day',
  'spend_last_90',
  'days_between_purchases',
  'spread_between_purchases',
  'silence_in_gaps',
] as const;

/** Of who bought by the end of the day; NaN where nothing is known: who bought once has no days between purchases. */
export function orderFeatures(life: Life, day: number): readonly number[] {
  const { days, amounts } = lifeUntil(life, day);
  const [first = Number.NaN, last = Number.NaN] = [days[0], days.at(-1)];
  const gaps = days.slice(1).map((bought, index) => bought - (days[index] ?? Number.NaN));
  const gap = meanOf(gaps);
  const within = (length: number): number => days.filter((bought) => bought > day - length).length;
  const spend = (from: number): number =>
    amounts.reduce((sum, amount, row) => ((days[row] ?? 0) > from ? sum + amount : sum), 0);
  return [
    day - last,
    day - first,
    days.length,
    within(30),
    within(90),
    within(365),
    spend(-Infinity) / days.length,
    spend(day - 90),
    gap,
    gaps.length < 2 ? Number.NaN : Math.sqrt(meanOf(gaps.map((one) => (one - gap) ** 2))),
    (day - last) / gap,
  ];
}

function meanOf(values: readonly number[]): number {
  return values.reduce((sum, value) => sum + value, 0) / values.length;
}
