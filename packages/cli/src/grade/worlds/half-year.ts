import { MONEY_SCALE } from '@ebb/core';
import {
  type BgNbdFit,
  type BgNbdParameters,
  checkFit,
  customerValues,
  type CustomerValues,
  type FitCheck,
  fitLikelierBgNbd,
  fitGammaGamma,
  type GammaGammaFit,
  type GammaGammaParameters,
  type Purchase,
  purchaseHistories,
  type PurchaseHistories,
} from '@ebb/customer-models';

export const HALF_YEAR_DAYS = 182;
export const ANNUAL_DISCOUNT = 0.1;
const DAYS_PER_YEAR = 365.25;

export interface Models {
  readonly purchases: BgNbdFit;
  readonly spend: GammaGammaFit;
}

/** What models of the calibration foretell of the half year after it, beside what came. */
export interface HalfYear {
  readonly histories: PurchaseHistories;
  readonly models: Models;
  readonly check: FitCheck;
  /** Per customer: spent in the half year, discounted to its beginning. */
  readonly spent: Float64Array;
}

export function halfYearAfter(purchases: readonly Purchase[], calibrationEndDay: number): HalfYear {
  const span = { calibrationEndDay, holdoutEndDay: calibrationEndDay + HALF_YEAR_DAYS };
  const histories = purchaseHistories(purchases, span);
  const models = { purchases: fitLikelierBgNbd(histories), spend: fitGammaGamma(histories) };
  return { histories, models, check: checkFit(histories, models), spent: discountedSpend(purchases, histories) };
}

/** P(alive), purchases and value (revenue) within the half year. */
export function foretell(histories: PurchaseHistories, models: Models): CustomerValues {
  return customerValues(histories, models, {
    horizon: HALF_YEAR_DAYS / histories.unitDays,
    yearLength: DAYS_PER_YEAR / histories.unitDays,
    annualDiscount: ANNUAL_DISCOUNT,
  });
}

/** The fitted models with the parameters that the world has in truth; α is given in days. */
export function modelsOfTruth(
  { histories, models }: HalfYear,
  truth: { purchases: BgNbdParameters; spend: GammaGammaParameters },
): Models {
  const { p, q, gamma } = truth.spend;
  return {
    purchases: {
      ...models.purchases,
      parameters: { ...truth.purchases, alpha: truth.purchases.alpha / histories.unitDays },
    },
    spend: { ...models.spend, parameters: truth.spend, meanSpend: (p * gamma) / (q - 1) },
  };
}

function discountedSpend(purchases: readonly Purchase[], histories: PurchaseHistories): Float64Array {
  const { customers, calibrationEndDay, holdoutEndDay } = histories;
  const rows = new Map(customers.map((customer, row) => [customer, row]));
  const spent = new Float64Array(customers.length);
  for (const { customer, day, amount } of purchases) {
    const row = rows.get(customer);
    if (row === undefined || day <= calibrationEndDay || day > holdoutEndDay) continue;
    const factor = (1 + ANNUAL_DISCOUNT) ** (-(day - calibrationEndDay) / DAYS_PER_YEAR);
    spent[row] = (spent[row] ?? 0) + (Number(amount) / 10 ** MONEY_SCALE) * factor;
  }
  return spent;
}
