import { type Money, MONEY_SCALE } from '@ebb/core';
import { CustomerModelError } from '../errors.ts';

/** One row of a shop's book; several of a customer on one day make one purchase. */
export interface Purchase {
  readonly customer: string;
  /** Days since 1970-01-01, whole. */
  readonly day: number;
  readonly amount: Money;
}

/** What BG/NBD has to know, one entry per customer (or per group of equal ones); times in one unit, since the first purchase. */
export interface RecencyRows {
  /** x: purchase days after the first. */
  readonly repeats: ArrayLike<number>;
  /** t_x: time from the first purchase to the last; 0 where x is 0. */
  readonly lastPurchase: ArrayLike<number>;
  /** T: time from the first purchase to the end of the calibration period. */
  readonly observed: ArrayLike<number>;
  /** How many customers a row stands for; 1 unless given. */
  readonly weights?: ArrayLike<number>;
}

export interface PurchaseHistories extends RecencyRows {
  readonly customers: readonly string[];
  readonly repeats: Float64Array;
  readonly lastPurchase: Float64Array;
  readonly observed: Float64Array;
  /** z̄: mean amount of the repeat purchases, of exact decimal sums, as a float; 0 where x is 0. */
  readonly meanSpend: Float64Array;
  readonly firstDay: Int32Array;
  /** Purchase days after the calibration period, up to `holdoutEndDay`. */
  readonly holdoutRepeats: Float64Array;
  /** Repeat purchases (of all these customers, the hold-out included) by day since `originDay`. */
  readonly repeatsByDay: Float64Array;
  readonly originDay: number;
  readonly calibrationEndDay: number;
  readonly holdoutEndDay: number;
  readonly unitDays: number;
  readonly leftOut: LeftOut;
}

export interface LeftOut {
  /** Days on which a customer's amounts add up to less than nothing: refunds are no purchases. */
  readonly refundDays: number;
  /** Customers whose first purchase comes after the calibration period. */
  readonly laterCustomers: number;
  /** Rows after the end of the hold-out. */
  readonly laterRows: number;
}

export interface HistoryOptions {
  /** Last day of the calibration period, which belongs to it. */
  readonly calibrationEndDay: number;
  /** Last day of the hold-out; the last day of the data unless given. */
  readonly holdoutEndDay?: number;
  /** Days per unit of time; 7, weeks, unless given. */
  readonly unitDays?: number;
}

type DailyTotals = Map<number, Money>;

/**
 * Calibration summaries (Fader, Hardie & Lee 2005, section 4.1): each customer's days with purchases as (x, t_x, T), rows
 * of one day merged. Customers stand in the order of their first row. Raises BAD_ARGUMENT for a hold-out that ends before
 * the calibration does, NO_CUSTOMERS when nobody bought in time.
 */
export function purchaseHistories(purchases: Iterable<Purchase>, options: HistoryOptions): PurchaseHistories {
  const { byCustomer, lastDay } = dailyTotals(purchases);
  const { calibrationEndDay, unitDays = 7 } = options;
  const holdoutEndDay = options.holdoutEndDay ?? Math.max(lastDay, calibrationEndDay);
  checkOptions(calibrationEndDay, holdoutEndDay, unitDays);
  const counts = { refundDays: 0, laterCustomers: 0, laterRows: 0 };
  const lives: Life[] = [];
  for (const [customer, totals] of byCustomer) {
    const days = purchaseDays(totals, holdoutEndDay, counts);
    const [first] = days;
    if (first !== undefined && first <= calibrationEndDay) lives.push(lifeOf(customer, days, totals));
    else if (first !== undefined) counts.laterCustomers += 1;
  }
  if (lives.length === 0) {
    const end = dayText(calibrationEndDay);
    throw new CustomerModelError('NO_CUSTOMERS', `no purchase up to ${end}; give data or a later calibration end`);
  }
  return collect(lives, { calibrationEndDay, holdoutEndDay, unitDays, leftOut: counts });
}

/** The day as YYYY-MM-DD. */
export function dayText(day: number): string {
  return new Date(day * 86_400_000).toISOString().slice(0, 10);
}

interface Life {
  readonly customer: string;
  readonly days: readonly number[];
  readonly totals: DailyTotals;
}

function dailyTotals(purchases: Iterable<Purchase>): { byCustomer: Map<string, DailyTotals>; lastDay: number } {
  const byCustomer = new Map<string, DailyTotals>();
  let lastDay = Number.NEGATIVE_INFINITY;
  for (const { customer, day, amount } of purchases) {
    if (!Number.isInteger(day)) throw new CustomerModelError('BAD_HISTORY', `day ${day} of ${customer} is not whole`);
    let totals = byCustomer.get(customer);
    if (totals === undefined) byCustomer.set(customer, (totals = new Map()));
    totals.set(day, (totals.get(day) ?? 0n) + amount);
    if (day > lastDay) lastDay = day;
  }
  return { byCustomer, lastDay };
}

function purchaseDays(
  totals: DailyTotals,
  holdoutEndDay: number,
  counts: { refundDays: number; laterRows: number },
): number[] {
  const days: number[] = [];
  for (const [day, total] of totals) {
    if (day > holdoutEndDay) counts.laterRows += 1;
    else if (total < 0n) counts.refundDays += 1;
    else days.push(day);
  }
  return days.toSorted((a, b) => a - b);
}

function lifeOf(customer: string, days: readonly number[], totals: DailyTotals): Life {
  return { customer, days, totals };
}

type Frame = Pick<PurchaseHistories, 'calibrationEndDay' | 'holdoutEndDay' | 'unitDays' | 'leftOut'>;

function collect(lives: readonly Life[], frame: Frame): PurchaseHistories {
  const { calibrationEndDay, holdoutEndDay, unitDays } = frame;
  const originDay = lives.reduce((least, { days }) => Math.min(least, days[0] as number), calibrationEndDay);
  const column = (): Float64Array => new Float64Array(lives.length);
  const [repeats, lastPurchase, observed, meanSpend, holdoutRepeats] = [
    column(),
    column(),
    column(),
    column(),
    column(),
  ];
  const firstDay = new Int32Array(lives.length);
  const repeatsByDay = new Float64Array(holdoutEndDay - originDay + 1);
  for (const [row, { days, totals }] of lives.entries()) {
    const first = days[0] as number;
    const repeatDays = days.slice(1);
    for (const day of repeatDays) repeatsByDay[day - originDay] = (repeatsByDay[day - originDay] as number) + 1;
    const calibration = repeatDays.filter((day) => day <= calibrationEndDay);
    firstDay[row] = first;
    repeats[row] = calibration.length;
    lastPurchase[row] = ((calibration.at(-1) ?? first) - first) / unitDays;
    observed[row] = (calibrationEndDay - first) / unitDays;
    meanSpend[row] = meanOf(calibration, totals);
    holdoutRepeats[row] = repeatDays.length - calibration.length;
  }
  const customers = lives.map(({ customer }) => customer);
  return {
    ...frame,
    customers,
    repeats,
    lastPurchase,
    observed,
    meanSpend,
    firstDay,
    holdoutRepeats,
    repeatsByDay,
    originDay,
  };
}

function meanOf(days: readonly number[], totals: DailyTotals): number {
  if (days.length === 0) return 0;
  let sum = 0n;
  for (const day of days) sum += totals.get(day) ?? 0n;
  return Number(sum) / 10 ** MONEY_SCALE / days.length;
}

function checkOptions(calibrationEndDay: number, holdoutEndDay: number, unitDays: number): void {
  if (!Number.isInteger(calibrationEndDay)) {
    throw new CustomerModelError('BAD_ARGUMENT', `the calibration ends on a whole day, not ${calibrationEndDay}`);
  }
  if (holdoutEndDay < calibrationEndDay) {
    const [holdout, calibration] = [dayText(holdoutEndDay), dayText(calibrationEndDay)];
    throw new CustomerModelError(
      'BAD_ARGUMENT',
      `the hold-out ends ${holdout}, before the calibration, ${calibration}`,
    );
  }
  if (!(unitDays > 0)) throw new CustomerModelError('BAD_ARGUMENT', `a unit of time has days, not ${unitDays}`);
}
