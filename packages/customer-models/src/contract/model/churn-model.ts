import { type EncodedRows, type Encoder, encodeRows } from '../features/encoder.ts';
import type { FeatureColumn } from '../features/feature-columns.ts';
import { scoreRows, type PenaltyTrial } from './choose-penalty.ts';
import { logistic } from './logistic-function.ts';
import type { PlattCalibration } from './platt.ts';
import { type Tree, TreeWalker } from './tree.ts';

/** Raised whenever an old model would score differently with new code. */
export const CHURN_MODEL_VERSION = 1;

/** A trained model: plain data, so that JSON keeps it and an old one gives its old scores. */
export interface ChurnModel {
  readonly version: typeof CHURN_MODEL_VERSION;
  readonly encoder: Encoder;
  /** Of the regression, per column of the design; log-odds. */
  readonly weights: readonly number[];
  /** What the regression cannot say; empty where held-out rows gained nothing by it. */
  readonly trees: readonly Tree[];
  readonly calibration: PlattCalibration;
  readonly training: TrainingRecord;
}

export interface TrainingRecord {
  readonly rows: number;
  readonly positives: number;
  readonly seed: string;
  readonly innerFolds: number;
  readonly penalty: number;
  readonly penaltyTrials: readonly PenaltyTrial[];
  /** Held-out log loss of the regression alone, and with its trees. */
  readonly logLossWithoutTrees: number;
  readonly logLossWithTrees: number;
  readonly isConverged: boolean;
}

/** Log-odds before calibration. */
export function rawLogOdds(model: ChurnModel, encoded: EncodedRows): Float64Array {
  const scores = scoreRows(encoded.design, Float64Array.from(model.weights));
  for (const tree of model.trees) {
    const walker = new TreeWalker(tree);
    for (const row of scores.keys()) scores[row] = (scores[row] ?? 0) + walker.walk(encoded.bins, row);
  }
  return scores;
}

/** Probability of churn per row. Raises UNKNOWN_COLUMN, BAD_FEATURE where the columns are not those of the training. */
export function scoreChurn(model: ChurnModel, columns: readonly FeatureColumn[]): Float64Array {
  const { slope, offset } = model.calibration;
  return rawLogOdds(model, encodeRows(model.encoder, columns)).map((score) => logistic(slope * score + offset));
}
