import type { BackTest, CalibrationBin, Lift } from '../../api/churn-schema.ts';
import type { Edition } from '../../warehouse/edition.ts';
import type { ModelRun } from '../../warehouse/model-run.ts';

interface Row extends Omit<BackTest, 'baselines'> {
  baseline_names: string[];
  baseline_values: number[];
}

/** How a model that knew less foretold what is known by now; null for a run that was not tested. */
export async function readBackTest(edition: Edition, { writeId }: ModelRun): Promise<BackTest | null> {
  const [row] = await edition.query<Row>(
    `SELECT toString(b.as_of) AS asOf, b.meaning AS meaning, toString(b.method) AS method, b.horizon_days AS horizonDays,
       b.training_customers AS trainingCustomers, b.training_churned AS trainingChurned, b.customers AS customers,
       b.churned AS churned, b.roc_auc AS rocAuc, b.pr_auc AS prAuc, b.log_loss AS logLoss, b.brier AS brier, b.ece AS ece,
       mapKeys(b.baseline_roc_auc) AS baseline_names, mapValues(b.baseline_roc_auc) AS baseline_values
     FROM ml.churn_back_test_runs AS b WHERE b.write_id = {writeId: UUID}`,
    { writeId },
  );
  if (row === undefined) return null;
  const { baseline_names: names, baseline_values: values, ...test } = row;
  const baselines = names.map((feature, index) => ({ feature, rocAuc: values[index] ?? 0 }));
  return { ...test, baselines: baselines.toSorted((a, b) => b.rocAuc - a.rocAuc) };
}

/** Tenths of the customers of the back-test, by rising score: what was promised, and the share that churned. */
export function readCalibration(edition: Edition, { writeId }: ModelRun): Promise<CalibrationBin[]> {
  return edition.query<CalibrationBin>(
    `SELECT c.bin AS bin, c.customers AS customers, c.predicted AS predicted, c.observed AS observed,
       c.observed_low AS low, c.observed_high AS high
     FROM ml.churn_calibration_runs AS c WHERE c.write_id = {writeId: UUID} ORDER BY c.bin`,
    { writeId },
  );
}

/** Shares with the highest scores in the back-test, and how many of all who churned are among them. */
export function readLift(edition: Edition, { writeId }: ModelRun): Promise<Lift[]> {
  return edition.query<Lift>(
    `SELECT l.share AS share, l.customers AS customers, l.captured AS captured, l.lift AS lift
     FROM ml.churn_lift_runs AS l WHERE l.write_id = {writeId: UUID} ORDER BY l.share`,
    { writeId },
  );
}
