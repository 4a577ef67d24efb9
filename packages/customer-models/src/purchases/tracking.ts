import type { BgNbdParameters } from './bg-nbd.ts';
import { expectedFromStart } from './bg-nbd-predictions.ts';
import type { PurchaseHistories } from './purchase-histories.ts';

/** One unit of time, up to and including `untilDay`; repeat purchases of all customers of the calibration. */
export interface TrackedPeriod {
  readonly untilDay: number;
  readonly isHoldout: boolean;
  readonly actual: number;
  readonly expected: number;
}

export interface Tracking {
  readonly periods: readonly TrackedPeriod[];
  /** Root mean square of what the periods' purchases deviate by beyond chance, as a share of what is expected. */
  readonly periodDeviation: number;
  /** Repeat purchases of the calibration, and of the hold-out if there is one: expected over actual, minus 1. */
  readonly calibrationError: number | null;
  readonly holdoutError: number | null;
}

/**
 * Repeat purchases by period as they came and as the model expects them of customers who began when these did (Fader,
 * Hardie & Lee 2005, figures 3 and 4): Σ over customers of E[X(t − first purchase)].
 */
export function trackPurchases(histories: PurchaseHistories, parameters: BgNbdParameters): Tracking {
  const { originDay, holdoutEndDay, calibrationEndDay, unitDays } = histories;
  const begun = beginnings(histories);
  const cumulative = cumulativeByDay(histories);
  const periods: TrackedPeriod[] = [];
  let [from, expectedBefore] = [originDay - 1, 0];
  for (const untilDay of periodEnds(histories)) {
    const expectedUntil = expectedCumulative(begun, untilDay, unitDays, parameters);
    const actual = (cumulative[untilDay - originDay] ?? 0) - (cumulative[from - originDay] ?? 0);
    periods.push({
      untilDay,
      isHoldout: untilDay > calibrationEndDay,
      actual,
      expected: expectedUntil - expectedBefore,
    });
    [from, expectedBefore] = [untilDay, expectedUntil];
  }
  const calibration = periods.filter(({ isHoldout }) => !isHoldout);
  const holdout = periods.filter(({ isHoldout }) => isHoldout);
  return {
    periods,
    periodDeviation: deviationBeyondChance(calibration),
    calibrationError: relativeError(calibration),
    holdoutError: holdoutEndDay > calibrationEndDay ? relativeError(holdout) : null,
  };
}

/** Whole periods back from the end of the calibration and on from there, so that none holds days of both. */
function periodEnds({ originDay, calibrationEndDay, holdoutEndDay, unitDays }: PurchaseHistories): number[] {
  const length = Math.max(1, Math.round(unitDays));
  const before = Math.floor((calibrationEndDay - originDay) / length);
  const ends = Array.from({ length: before + 1 }, (_, back) => calibrationEndDay - (before - back) * length);
  for (let day = calibrationEndDay + length; day <= holdoutEndDay; day += length) ends.push(day);
  if ((ends.at(-1) as number) < holdoutEndDay) ends.push(holdoutEndDay);
  return ends;
}

/**
 * √(Σ((actual − expected)² − expected) / Σ expected²), not below 0: counts of independent purchases scatter by their mean,
 * so what is left is what the model has wrong: seasons, campaigns, a trend.
 */
function deviationBeyondChance(periods: readonly TrackedPeriod[]): number {
  let [excess, scale] = [0, 0];
  for (const { actual, expected } of periods) {
    excess += (actual - expected) ** 2 - expected;
    scale += expected ** 2;
  }
  return scale === 0 ? 0 : Math.sqrt(Math.max(0, excess) / scale);
}

function relativeError(periods: readonly TrackedPeriod[]): number | null {
  const actual = periods.reduce((sum, period) => sum + period.actual, 0);
  return actual === 0 ? null : periods.reduce((sum, period) => sum + period.expected, 0) / actual - 1;
}

function beginnings({ firstDay }: PurchaseHistories): Map<number, number> {
  const begun = new Map<number, number>();
  for (const day of firstDay) begun.set(day, (begun.get(day) ?? 0) + 1);
  return begun;
}

function cumulativeByDay({ repeatsByDay }: PurchaseHistories): Float64Array {
  let sum = 0;
  return repeatsByDay.map((count) => (sum += count));
}

function expectedCumulative(
  begun: ReadonlyMap<number, number>,
  untilDay: number,
  unitDays: number,
  parameters: BgNbdParameters,
): number {
  let sum = 0;
  for (const [day, customers] of begun) {
    if (day < untilDay) sum += customers * expectedFromStart(parameters, (untilDay - day) / unitDays);
  }
  return sum;
}
