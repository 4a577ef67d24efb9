import {
  type BgNbdFit,
  checkFit,
  type CustomerValues,
  customerValues,
  type FitCheck,
  fitGammaGamma,
  fitLikelierBgNbd,
  type GammaGammaFit,
  type Purchase,
  purchaseHistories,
  type PurchaseHistories,
  type ValueOptions,
} from '@ebb/customer-models';
import type { PurchaseColumns } from '../features/purchase-source.ts';

const DAYS_PER_UNIT = 7;
const DAYS_PER_YEAR = 365.25;
/** Of the time there is, how much the back-test keeps from the model. */
const HOLDOUT_SHARE = 1 / 3;
const MAX_HOLDOUT_DAYS = 182;

export interface ClvInput {
  readonly purchases: PurchaseColumns;
  /** Days since 1970-01-01. */
  readonly asOfDay: number;
  readonly value: ValueOptions;
}

export interface ClvModels {
  readonly purchases: BgNbdFit;
  readonly spend: GammaGammaFit;
}

export interface ClvRun {
  readonly histories: PurchaseHistories;
  readonly models: ClvModels;
  readonly values: CustomerValues;
  /** Of a model that was fitted without the last days, on those days. */
  readonly backTest: FitCheck;
}

/** Options in weeks, the unit of the histories. */
export function valueOptions(params: { horizon_days: number; annual_discount: number; margin: number }): ValueOptions {
  return {
    horizon: params.horizon_days / DAYS_PER_UNIT,
    yearLength: DAYS_PER_YEAR / DAYS_PER_UNIT,
    annualDiscount: params.annual_discount,
    margin: params.margin,
  };
}

/**
 * BG/NBD and Gamma-Gamma on everything up to the as-of day, the value of every customer, and how a model without the last
 * days would have foretold them. Pure. Raises what the models raise: NO_CUSTOMERS, TOO_FEW_REPEAT_BUYERS.
 */
export function fitClv({ purchases, asOfDay, value }: ClvInput): ClvRun {
  const rows = rowsOf(purchases);
  const histories = historiesUntil(rows, asOfDay);
  const models = fitModels(histories);
  const days = Math.min(MAX_HOLDOUT_DAYS, Math.floor((asOfDay - histories.originDay) * HOLDOUT_SHARE));
  const earlier = purchaseHistories(rows, {
    calibrationEndDay: asOfDay - days,
    holdoutEndDay: asOfDay,
    unitDays: DAYS_PER_UNIT,
  });
  return {
    histories,
    models,
    values: customerValues(histories, models, value),
    backTest: checkFit(earlier, fitModels(earlier)),
  };
}

/** Histories of everybody who bought until the day, in weeks. */
export function clvHistories(purchases: PurchaseColumns, asOfDay: number): PurchaseHistories {
  return historiesUntil(rowsOf(purchases), asOfDay);
}

function historiesUntil(rows: readonly Purchase[], day: number): PurchaseHistories {
  return purchaseHistories(rows, { calibrationEndDay: day, holdoutEndDay: day, unitDays: DAYS_PER_UNIT });
}

function fitModels(histories: PurchaseHistories): ClvModels {
  return { purchases: fitLikelierBgNbd(histories), spend: fitGammaGamma(histories) };
}

function rowsOf({ customers, days, amounts }: PurchaseColumns): Purchase[] {
  return customers.map((customer, row) => ({
    customer,
    day: days[row] ?? Number.NaN,
    amount: BigInt(amounts[row] ?? Number.NaN),
  }));
}
