import { type CustomerValues, customerValues, type PurchaseHistories, type ValueOptions } from '@ebb/customer-models';
import { featureBins } from '@ebb/segments';
import { z } from 'zod';
import { bins } from '../registry/model-schemas.ts';
import type { ClvModels, ClvRun } from './fit-clv.ts';

const number = z.number();
const estimate = z.looseObject({ value: number });
const matrix = z.array(z.array(number));

/** What `customerValues` reads of a fit; the rest is kept as it is. */
const purchases = z.looseObject({
  status: z.enum(['converged', 'penalised']),
  parameters: z.strictObject({
    r: number,
    alpha: number,
    a: number,
    b: number,
    variant: z.literal('MBG/NBD').optional(),
  }),
  estimates: z.record(z.string(), estimate),
  covariance: matrix,
});
const spend = z.looseObject({
  status: z.enum(['converged', 'penalised', 'mean-only']),
  parameters: z.strictObject({ p: number, q: number, gamma: number }).nullable(),
  covariance: matrix,
  meanSpend: number,
  logMeanError: number,
});

/** A model file of `clv`: all that scoring needs. */
export const clvModel = z.strictObject({
  kind: z.literal('clv'),
  models: z.custom<ClvModels>((value) => z.strictObject({ purchases, spend }).safeParse(value).success),
  /** How the features were spread over the customers it learned from. */
  bins,
  options: z.strictObject({ horizon: number, yearLength: number, annualDiscount: number, margin: number }),
});
export type ClvModel = z.infer<typeof clvModel>;

export function clvModelOf(
  { models, histories }: ClvRun,
  { horizon, yearLength, annualDiscount = 0, margin = 1 }: ValueOptions,
): ClvModel {
  return {
    kind: 'clv',
    models,
    bins: [...clvFeatures(histories)].map(([feature, values]) => featureBins(feature, values)),
    options: { horizon, yearLength, annualDiscount, margin },
  };
}

/** Features by name. Who bought on one day only has no mean spend of later ones: NaN. */
export function clvFeatures(histories: PurchaseHistories): Map<string, Float64Array> {
  const { repeats, lastPurchase, observed, meanSpend } = histories;
  return new Map([
    ['repeats', repeats],
    ['last_purchase_weeks', lastPurchase],
    ['observed_weeks', observed],
    ['mean_spend', meanSpend.map((spend, row) => ((repeats[row] ?? 0) > 0 ? spend : Number.NaN))],
  ]);
}

/** Value of customers by a model alone: the same model and histories always give the same answer. */
export function scoreClv({ models, options }: ClvModel, histories: PurchaseHistories): CustomerValues {
  return customerValues(histories, models, options);
}
