import {
  type BgNbdFit,
  checkFit,
  customerValues,
  dayText,
  type FitCheck,
  fitLikelierBgNbd,
  fitGammaGamma,
  INTERVAL_LEVEL,
  purchaseHistories,
  type PurchaseHistories,
} from '@ebb/customer-models';
import type { PurchaseBook } from './read-purchases.ts';

export interface ClvOptions {
  readonly calibrationEndDay: number;
  readonly holdoutEndDay?: number;
  readonly unitDays: number;
  readonly horizonDays: number;
  readonly annualDiscount: number;
  readonly margin: number;
}

export interface CustomerScore {
  readonly customer: string;
  /** Purchase days after the first, in the calibration. */
  readonly repeats: number;
  readonly daysToLastPurchase: number;
  readonly daysObserved: number;
  readonly probabilityAlive: number;
  readonly expectedPurchases: number;
  readonly expectedSpend: number;
  readonly value: number;
  readonly valueLow: number;
  readonly valueHigh: number;
}

const DAYS_PER_YEAR = 365.25;

export type ClvReport = ReturnType<typeof clvReport>;

/** Fits both models to the calibration, checks them on what follows, and values every customer as of its end. */
export function clvReport(book: PurchaseBook, options: ClvOptions) {
  const histories = purchaseHistories(book.purchases, options);
  const purchases = fitLikelierBgNbd(histories);
  const spend = fitGammaGamma(histories);
  const check = checkFit(histories, { purchases, spend });
  const scores = scoresOf(histories, { purchases, spend }, options);
  return {
    rows: book.rows,
    customers: histories.customers.length,
    calibrationEnd: dayText(options.calibrationEndDay),
    unitDays: options.unitDays,
    leftOut: { rowsWithoutCustomer: book.rowsWithoutCustomer, ...histories.leftOut },
    purchases: withoutInternals(purchases),
    spend: withoutInternals(spend),
    fit: fitOf(check),
    holdout: check.holdout,
    intervalLevel: INTERVAL_LEVEL,
    value: {
      horizonDays: options.horizonDays,
      annualDiscount: options.annualDiscount,
      margin: options.margin,
      total: scores.reduce((sum, score) => sum + score.value, 0),
      expectedPurchases: scores.reduce((sum, score) => sum + score.expectedPurchases, 0),
      expectedActive: scores.reduce((sum, score) => sum + score.probabilityAlive, 0),
    },
    scores,
  };
}

function scoresOf(
  histories: PurchaseHistories,
  models: { purchases: BgNbdFit; spend: ReturnType<typeof fitGammaGamma> },
  { unitDays, horizonDays, annualDiscount, margin }: ClvOptions,
): CustomerScore[] {
  const values = customerValues(histories, models, {
    horizon: horizonDays / unitDays,
    yearLength: DAYS_PER_YEAR / unitDays,
    annualDiscount,
    margin,
  });
  return histories.customers.map((customer, row) => ({
    customer,
    repeats: at(histories.repeats, row),
    daysToLastPurchase: Math.round(at(histories.lastPurchase, row) * unitDays),
    daysObserved: Math.round(at(histories.observed, row) * unitDays),
    probabilityAlive: at(values.probabilityAlive, row),
    expectedPurchases: at(values.expectedPurchases, row),
    expectedSpend: at(values.expectedSpend, row),
    value: at(values.value, row),
    valueLow: at(values.valueLow, row),
    valueHigh: at(values.valueHigh, row),
  }));
}

function fitOf({ isPoor, findings, histogram, tracking, spendCorrelation }: FitCheck) {
  const periods = tracking.periods.map(({ untilDay, ...period }) => ({ until: dayText(untilDay), ...period }));
  return { isPoor, findings, histogram, tracking: { ...tracking, periods }, spendCorrelation };
}

/** The covariance of logarithms is for further computing; what readers want of it stands with the estimates. */
function withoutInternals<T extends { covariance: unknown }>(fit: T): Omit<T, 'covariance'> {
  const { covariance: _covariance, ...rest } = fit;
  return rest;
}

function at(column: Float64Array, row: number): number {
  return column[row] ?? 0;
}
