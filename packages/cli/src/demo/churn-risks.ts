import type { Clickhouse } from '@ebb/clickhouse';
import { EbbError, must } from '@ebb/core';
import { z } from 'zod';
import { formatTable } from '../commands/status-table.ts';
import { formatted } from './batch.ts';
import { runModelJob } from './model-job.ts';
import type { CustomersOptions } from './segments.ts';
import { type ChurnFigures, churnFigures, HORIZON_DAYS, wrongChurn } from './year-1-churn.ts';

/** The replayed orders, of which `clv` tells what customers are worth. */
const SOURCE = 'retail';
const LISTED = 5;
const WIDTH = 12;

/**
 * By whom most may be lost, by a job of the segmentation worker; what they are worth is published already. Raises NOT_EQUAL
 * when what the scores rest on is another than it is known to be.
 */
export async function showRisks({ commands, clickhouse, print }: CustomersOptions): Promise<void> {
  await runModelJob(commands, 'churn_scores', SOURCE, { horizon_days: HORIZON_DAYS });
  print(
    `\nTop churn risks, by the job churn_scores: who is more likely than the average customer to buy nothing in the next ` +
      `${HORIZON_DAYS} days,\nby what is at stake, that probability × their value within a year; (× 2) doubles the odds of an average customer:`,
  );
  print(riskLines(RISKS.parse(await clickhouse.query(RISKS_SQL))));
  const figures = await readChurn(clickhouse);
  const wrong = wrongChurn(figures);
  if (wrong.length > 0) {
    throw new EbbError('NOT_EQUAL', `churn differs: ${wrong.join('; ')}; this is a defect, please report it`);
  }
  const { testChurned, testCustomers, rocAuc, silenceRocAuc } = figures;
  print(
    `${testChurned} of ${testCustomers} customers stayed away in the last ${HORIZON_DAYS} days, as counted from the file; foretold from what ` +
      `was known before with ROC AUC ${rocAuc.toFixed(3)}, by the days since the last purchase alone ${silenceRocAuc.toFixed(3)}`,
  );
}

const FEATURES = `ml.customer_features WHERE kind = 'churn_scores' AND source = '${SOURCE}'`;
const FIGURES_SQL = `SELECT b.training_customers AS trainingCustomers, b.training_churned AS trainingChurned,
    b.customers AS testCustomers, b.churned AS testChurned, b.roc_auc AS rocAuc,
    b.baseline_roc_auc['days_since_last_purchase'] AS silenceRocAuc,
    (SELECT count() FROM ml.customer_churn WHERE source = '${SOURCE}') AS customers,
    (SELECT sum(features['purchase_days']) FROM ${FEATURES}) AS purchaseDays,
    (SELECT sum(features['days_since_last_purchase']) FROM ${FEATURES}) AS silentDays
  FROM ml.churn_back_test AS b WHERE b.source = '${SOURCE}'`;

/** Of the run that readers see. */
export async function readChurn(clickhouse: Clickhouse): Promise<ChurnFigures> {
  const [row] = await clickhouse.query(FIGURES_SQL);
  return churnFigures.parse(must(row, 'a published run of churn_scores'));
}

const RISKS = z.array(
  z.object({
    customer: z.string(),
    probability: z.string(),
    interval: z.string(),
    stake: z.string(),
    value: z.string(),
    reasons: z.string(),
  }),
);
const RISKS_SQL = `WITH (SELECT avg(churn_probability) FROM ml.customer_churn WHERE source = '${SOURCE}') AS average
  SELECT c.customer_id AS customer, concat(toString(round(100 * c.churn_probability)), ' %') AS probability,
    concat(toString(round(100 * c.churn_low)), ' to ', toString(round(100 * c.churn_high)), ' %') AS interval,
    toString(toDecimal64(c.churn_probability * v.clv, 2)) AS stake, toString(toDecimal64(v.clv, 2)) AS value,
    arrayStringConcat(arrayMap(r -> concat(replaceAll(r.1, '_', ' '), ' ',
      if(r.2 = '', 'unknown', toString(round(toFloat64OrZero(r.2), 1))), ' (× ', toString(round(r.3, 2)), ')'), c.raising), ', ') AS reasons
  FROM (SELECT * FROM ml.customer_churn WHERE source = '${SOURCE}') AS c
  INNER JOIN (SELECT * FROM ml.customer_clv WHERE source = '${SOURCE}') AS v ON v.customer_id = c.customer_id
  WHERE c.churn_probability > average
  ORDER BY c.churn_probability * v.clv DESC, c.customer_id LIMIT ${LISTED}`;

function riskLines(risks: z.output<typeof RISKS>): string {
  const header = ['CUSTOMER', 'RISK', '90 % INTERVAL', 'AT STAKE'.padStart(WIDTH), 'VALUE'.padStart(WIDTH), 'WHY'];
  const rows = risks.map(({ customer, probability, interval, stake, value, reasons }) => [
    customer,
    probability,
    interval,
    formatted(stake, 2).padStart(WIDTH),
    formatted(value, 2).padStart(WIDTH),
    reasons,
  ]);
  return formatTable([header, ...rows]);
}
