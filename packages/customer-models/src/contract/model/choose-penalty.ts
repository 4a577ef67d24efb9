import { dotRow, type SparseRows } from '../features/sparse-rows.ts';
import type { Fold } from './folds.ts';
import { logOddsLoss } from './logistic-function.ts';
import { fitRidgeLogistic } from './ridge-logistic.ts';

/** From "hardly anything may differ" to "hardly any restraint": half powers of ten. */
const PENALTIES = [1000, 316, 100, 31.6, 10, 3.16, 1, 0.316, 0.1];
/** The loss is a bowl over the penalties: so often may it rise before the rest is spared. */
const MAX_RISES = 2;

export interface PenaltyTrial {
  readonly penalty: number;
  /** Mean over all rows, each held out once. */
  readonly logLoss: number;
}

export interface PenaltyChoice {
  readonly penalty: number;
  readonly trials: readonly PenaltyTrial[];
  /** Per fold: log-odds of all rows by the regression of its training rows. */
  readonly foldScores: readonly Float64Array[];
}

/** The penalty with the least log loss on rows held out (cross-validation; Stone 1974, J. R. Stat. Soc. B 36:111-147). */
export function choosePenalty(design: SparseRows, labels: Uint8Array, folds: readonly Fold[]): PenaltyChoice {
  const trials: PenaltyTrial[] = [];
  let weights: (Float64Array | undefined)[] = folds.map(() => undefined);
  let best: { trial: PenaltyTrial; weights: typeof weights } | null = null;
  let rises = 0;
  for (const penalty of PENALTIES) {
    weights = folds.map(
      (fold, index) => fitRidgeLogistic({ design, labels, rows: fold.training }, penalty, weights[index]).weights,
    );
    const trial = { penalty, logLoss: heldLoss(design, labels, folds, weights) };
    trials.push(trial);
    rises = best === null || trial.logLoss < best.trial.logLoss ? 0 : rises + 1;
    if (rises === 0) best = { trial, weights };
    if (rises === MAX_RISES) break;
  }
  const chosen = best?.weights ?? weights;
  return {
    penalty: best?.trial.penalty ?? 1,
    trials,
    foldScores: chosen.map((one) => scoreRows(design, one ?? new Float64Array(design.columns))),
  };
}

/** Log-odds of every row. */
export function scoreRows(design: SparseRows, weights: Float64Array): Float64Array {
  return Float64Array.from({ length: design.rows }, (_, row) => dotRow(design, row, weights));
}

function heldLoss(
  design: SparseRows,
  labels: Uint8Array,
  folds: readonly Fold[],
  weights: readonly (Float64Array | undefined)[],
): number {
  let sum = 0;
  for (const [index, { held }] of folds.entries()) {
    const own = weights[index];
    if (own === undefined) continue;
    for (const row of held) sum += logOddsLoss(dotRow(design, row, own), labels[row] ?? 0);
  }
  return sum / labels.length;
}
