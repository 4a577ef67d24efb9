import { SeededRandom } from '@ebb/core';
import { ContractModelError } from '../errors.ts';
import { type EncodedRows, type Encoder, encodeRows, fitEncoder } from '../features/encoder.ts';
import { checkedRowCount, type FeatureColumn } from '../features/feature-columns.ts';
import { Booster } from './boosting.ts';
import { choosePenalty, scoreRows } from './choose-penalty.ts';
import { chooseRounds } from './choose-rounds.ts';
import { CHURN_MODEL_VERSION, type ChurnModel } from './churn-model.ts';
import { type Fold, stratifiedFolds } from './folds.ts';
import { fitPlatt } from './platt.ts';
import { fitRidgeLogistic } from './ridge-logistic.ts';

export interface TrainOptions {
  readonly seed?: string;
  /** Folds that choose penalty, trees and calibration; fewer where a class has fewer rows. */
  readonly innerFolds?: number;
}

const MIN_INNER_FOLDS = 2;

/**
 * Trains a classifier of churn: a ridge logistic regression on linear, bent, shared and categorical columns, trees on
 * what it leaves, calibrated by Platt's scaling. Penalty, number of trees and calibration come from rows held out in
 * turn; nothing is set by hand. Labels: 1 churned, 0 stayed. The encoder sees all rows, but no label.
 * Raises NO_FEATURES, EMPTY_TABLE, BAD_FEATURE, ONE_CLASS, TOO_FEW_ROWS.
 */
export function trainChurnModel(
  columns: readonly FeatureColumn[],
  labels: Uint8Array,
  options: TrainOptions = {},
): ChurnModel {
  const { seed = 'churn', innerFolds = 5 } = options;
  const random = new SeededRandom(seed);
  const folds = innerFoldsOf(labels, checkedRowCount(columns), innerFolds, random);
  const encoder = fitEncoder(columns);
  const data = { encoder, encoded: encodeRows(encoder, columns), labels };
  const { penalty, trials, foldScores } = choosePenalty(data.encoded.design, labels, folds);
  const boosters = folds.map(
    ({ training }, index) =>
      new Booster(data, training, foldScores[index] ?? new Float64Array(labels.length), random.fork(`fold ${index}`)),
  );
  const { rounds, logLosses, heldScores } = chooseRounds(boosters, folds, labels);
  const fitted = fitAll(data, penalty, rounds, random.fork('all rows'));
  return {
    version: CHURN_MODEL_VERSION,
    encoder,
    weights: fitted.weights,
    trees: fitted.trees,
    calibration: fitPlatt(heldScores, labels),
    training: {
      rows: labels.length,
      positives: labels.reduce((sum, label) => sum + label, 0),
      seed,
      innerFolds: folds.length,
      penalty,
      penaltyTrials: trials,
      logLossWithoutTrees: logLosses[0] ?? Number.NaN,
      logLossWithTrees: logLosses[rounds] ?? Number.NaN,
      isConverged: fitted.isConverged,
    },
  };
}

function innerFoldsOf(labels: Uint8Array, rows: number, wanted: number, random: SeededRandom): Fold[] {
  if (labels.length !== rows) {
    throw new ContractModelError('BAD_FEATURE', `${labels.length} labels for ${rows} rows of features: pair them`);
  }
  const positives = labels.reduce((sum, label) => sum + label, 0);
  const rarer = Math.min(positives, rows - positives);
  return stratifiedFolds(labels, Math.max(MIN_INNER_FOLDS, Math.min(wanted, rarer)), random.fork('inner folds'));
}

interface TrainingData {
  readonly encoder: Encoder;
  readonly encoded: EncodedRows;
  readonly labels: Uint8Array;
}

function fitAll(
  data: TrainingData,
  penalty: number,
  rounds: number,
  random: SeededRandom,
): Pick<ChurnModel, 'weights' | 'trees'> & { isConverged: boolean } {
  const { design } = data.encoded;
  const rows = Uint32Array.from(data.labels.keys());
  const fit = fitRidgeLogistic({ design, labels: data.labels, rows }, penalty);
  const booster = new Booster(data, rows, scoreRows(design, fit.weights), random);
  for (let round = 0; round < rounds; round += 1) booster.addTree();
  return { weights: [...fit.weights], trees: booster.trees, isConverged: fit.isConverged };
}
