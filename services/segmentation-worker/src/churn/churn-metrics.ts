import type { PublishedFigures } from './churn-gate.ts';
import type { ChurnRun } from './fit-churn.ts';

/** What `ebb models show` and `monitor` tell of a run; `horizon_days` 0: the data tell no time. */
export function churnMetrics(
  { backTest, model, probabilities, remarks }: ChurnRun,
  { horizonDays, meaning }: { horizonDays: number; meaning: string },
): Record<string, unknown> {
  const { report, training, by, baselines } = backTest;
  return {
    customers: probabilities.length,
    mean_score: probabilities.reduce((sum, score) => sum + score, 0) / probabilities.length,
    roc_auc: report.rocAuc,
    pr_auc: report.prAuc,
    log_loss: report.logLoss,
    brier: report.brier,
    ece: report.ece,
    top_decile_lift: report.lift[0]?.lift ?? null,
    back_test: by,
    horizon_days: horizonDays,
    training_customers: training.rows,
    training_churned: training.churned,
    hold_out_customers: report.rows,
    hold_out_churn_rate: report.churnRate,
    baseline_roc_auc: baselines,
    trees: model.trees.length,
    is_converged: model.training.isConverged ? 'yes' : 'no',
    meaning,
    calibration: report.calibration,
    lift: report.lift,
    remarks,
  };
}

/** Of a run's metrics, what the next one is held against; null where they are of another kind. */
export function publishedFigures(metrics: Readonly<Record<string, unknown>> | undefined): PublishedFigures | null {
  const { back_test: by, horizon_days: horizonDays, roc_auc: rocAuc } = metrics ?? {};
  if (typeof by !== 'string' || typeof horizonDays !== 'number' || typeof rocAuc !== 'number') return null;
  return { by, horizonDays, rocAuc };
}
