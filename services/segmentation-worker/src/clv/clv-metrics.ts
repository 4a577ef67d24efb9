import type { ClvRun } from './fit-clv.ts';

/** What `ebb models show` and `monitor` tell of a run. */
export function clvMetrics({ histories, models, values, backTest }: ClvRun): Record<string, unknown> {
  const { holdout } = backTest;
  return {
    customers: histories.customers.length,
    repeat_buyers: models.purchases.repeatBuyers,
    log_likelihood: models.purchases.logLikelihood,
    purchases_status: models.purchases.status,
    spend_status: models.spend.status,
    mean_spend: models.spend.meanSpend,
    total_value: values.value.reduce((sum, value) => sum + value, 0),
    ...(holdout === null
      ? {}
      : {
          holdout_days: holdout.days,
          holdout_purchases: holdout.actual,
          holdout_expected: holdout.expected,
          holdout_mean_absolute_error: holdout.meanAbsoluteError,
          holdout_groups: holdout.groups,
        }),
    findings: backTest.findings,
    left_out: histories.leftOut,
  };
}
