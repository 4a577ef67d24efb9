import { SeededRandom } from '@ebb/core';
import { type FeatureColumn, selectRows } from '../features/feature-columns.ts';
import { rocAuc } from '../metrics/ranking.ts';
import { type ScoreReport, scoreReport } from '../metrics/report.ts';
import { scoreChurn } from './churn-model.ts';
import { stratifiedFolds } from './folds.ts';
import { trainChurnModel } from './train.ts';

export interface CrossValidationOptions {
  readonly folds?: number;
  readonly seed?: string;
}

export interface FoldResult {
  readonly rows: number;
  readonly positives: number;
  readonly rocAuc: number;
}

export interface CrossValidation {
  readonly folds: readonly FoldResult[];
  readonly meanAuc: number;
  /** Standard deviation over the folds. */
  readonly aucDeviation: number;
  /** Of all rows, each scored by the model that did not see it. */
  readonly report: ScoreReport;
  readonly probabilities: Float64Array;
  /** Which fold held each row, from 0. */
  readonly foldOfRow: Uint8Array;
}

/**
 * How well such a model scores customers it has not seen. Each fold learns everything from its own training rows alone:
 * encoding, penalty, trees and calibration. Raises what `stratifiedFolds` and `trainChurnModel` raise.
 */
export function crossValidateChurn(
  columns: readonly FeatureColumn[],
  labels: Uint8Array,
  options: CrossValidationOptions = {},
): CrossValidation {
  const { folds: count = 5, seed = 'churn' } = options;
  const probabilities = new Float64Array(labels.length);
  const foldOfRow = new Uint8Array(labels.length);
  const results = stratifiedFolds(labels, count, new SeededRandom(seed).fork('folds')).map((fold, index) => {
    const learnt = Uint8Array.from(fold.training, (row) => labels[row] ?? 0);
    const model = trainChurnModel(selectRows(columns, fold.training), learnt, { seed: `${seed}/${index}` });
    const scores = scoreChurn(model, selectRows(columns, fold.held));
    for (const [position, row] of fold.held.entries()) {
      probabilities[row] = scores[position] ?? 0;
      foldOfRow[row] = index;
    }
    const heldLabels = Uint8Array.from(fold.held, (row) => labels[row] ?? 0);
    const positives = heldLabels.reduce((sum, label) => sum + label, 0);
    return { rows: fold.held.length, positives, rocAuc: rocAuc({ scores, labels: heldLabels }) };
  });
  const meanAuc = results.reduce((sum, { rocAuc: auc }) => sum + auc, 0) / results.length;
  const variance = results.reduce((sum, { rocAuc: auc }) => sum + (auc - meanAuc) ** 2, 0) / (results.length - 1);
  return {
    folds: results,
    meanAuc,
    aucDeviation: Math.sqrt(variance),
    report: scoreReport({ scores: probabilities, labels }),
    probabilities,
    foldOfRow,
  };
}
