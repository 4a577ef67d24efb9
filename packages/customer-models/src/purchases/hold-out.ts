import type { BgNbdParameters } from './bg-nbd.ts';
import { expectedPurchases } from './bg-nbd-predictions.ts';
import type { PurchaseHistories } from './purchase-histories.ts';

export interface HoldoutGroup {
  /** Repeat purchases in the calibration period; the last group holds this many and more. */
  readonly repeats: number;
  readonly customers: number;
  readonly actual: number;
  readonly expected: number;
}

/** Purchases after the calibration, foretold from it alone. */
export interface HoldoutReport {
  readonly days: number;
  readonly actual: number;
  readonly expected: number;
  /** Expected over actual, minus 1; null when nobody bought. */
  readonly error: number | null;
  /** Mean of |expected − actual| per customer. */
  readonly meanAbsoluteError: number;
  /** Per customer by repeats of the calibration (Fader, Hardie & Lee 2005, figure 5). */
  readonly groups: readonly HoldoutGroup[];
}

/** What was bought after the calibration against E[Y(t) | x, t_x, T]; null when the data end with the calibration. */
export function holdoutReport(
  histories: PurchaseHistories,
  parameters: BgNbdParameters,
  most = 7,
): HoldoutReport | null {
  const { calibrationEndDay, holdoutEndDay, unitDays, repeats, lastPurchase, observed, holdoutRepeats } = histories;
  const days = holdoutEndDay - calibrationEndDay;
  if (days === 0) return null;
  const sums = Array.from({ length: most + 1 }, (_, group) => ({
    repeats: group,
    customers: 0,
    actual: 0,
    expected: 0,
  }));
  let absolute = 0;
  for (const [i, x] of repeats.entries()) {
    const history = { repeats: x, lastPurchase: lastPurchase[i] as number, observed: observed[i] as number };
    const expected = expectedPurchases(parameters, history, days / unitDays);
    const actual = holdoutRepeats[i] as number;
    const group = sums[Math.min(x, most)] as { customers: number; actual: number; expected: number };
    group.customers += 1;
    group.actual += actual;
    group.expected += expected;
    absolute += Math.abs(expected - actual);
  }
  const total = (name: 'actual' | 'expected'): number => sums.reduce((sum, group) => sum + group[name], 0);
  const [actual, expected] = [total('actual'), total('expected')];
  return {
    days,
    actual,
    expected,
    error: actual === 0 ? null : expected / actual - 1,
    meanAbsoluteError: absolute / repeats.length,
    groups: sums,
  };
}
