import {
  crossValidateChurn,
  type FeatureColumn,
  rocAuc,
  scoreChurn,
  type ScoredRows,
  type ScoreReport,
  scoreReport,
  trainChurnModel,
} from '@ebb/customer-models';
import type { LabelledSnapshots } from './snapshots.ts';

/** How a model would have done that knew less. */
export interface BackTest {
  /** `time`: tested a horizon later than it was trained. `folds`: on the rows held out in turn, where no time is known. */
  readonly by: 'time' | 'folds';
  readonly training: { readonly rows: number; readonly churned: number };
  readonly report: ScoreReport;
  readonly heldOut: ScoredRows;
  /** ROC AUC of single figures on the same customers, by name: what the model has to be better than. */
  readonly baselines: Readonly<Record<string, number>>;
}

/** A figure that ranks customers by itself; `sign` −1 where a high one speaks for staying. */
export interface Baseline {
  readonly feature: string;
  readonly sign: 1 | -1;
}

/** Trained on one day's customers, tested on those of the day on which their outcome was known. Raises ONE_CLASS, TOO_FEW_ROWS. */
export function backTestByTime(
  { training, test }: { training: LabelledSnapshots; test: LabelledSnapshots },
  { features, seed, baselines }: { features: ReadonlySet<string>; seed: string; baselines: readonly Baseline[] },
): BackTest {
  const chosen = training.features.filter(({ name }) => features.has(name));
  const heldOut = {
    scores: scoreChurn(trainChurnModel(chosen, training.labels, { seed }), test.features),
    labels: test.labels,
  };
  return {
    by: 'time',
    training: countsOf(training.labels),
    report: scoreReport(heldOut),
    heldOut,
    baselines: baselineAucs(test, baselines),
  };
}

/** Raises ONE_CLASS, TOO_FEW_ROWS. */
export function backTestByFolds(features: readonly FeatureColumn[], labels: Uint8Array, seed: string): BackTest {
  const { probabilities, report } = crossValidateChurn(features, labels, { seed });
  const heldOut = { scores: probabilities, labels };
  return { by: 'folds', training: countsOf(labels), report, heldOut, baselines: {} };
}

function countsOf(labels: Uint8Array): BackTest['training'] {
  return { rows: labels.length, churned: labels.reduce((sum, label) => sum + label, 0) };
}

/** Only of figures that everybody has. */
function baselineAucs({ features, labels }: LabelledSnapshots, baselines: readonly Baseline[]): Record<string, number> {
  return Object.fromEntries(
    baselines.flatMap(({ feature, sign }) => {
      const column = features.find(({ name }) => name === feature);
      if (column?.kind !== 'numeric' || column.values.some(Number.isNaN)) return [];
      return [[feature, rocAuc({ scores: column.values.map((value) => sign * value), labels })]];
    }),
  );
}
