import type { Booster } from './boosting.ts';
import type { Fold } from './folds.ts';
import { logOddsLoss } from './logistic-function.ts';

const MAX_ROUNDS = 600;
/** So many trees in a row may help nobody before it ends. */
const PATIENCE = 40;

export interface RoundsChoice {
  /** Trees; 0: the regression says it all. */
  readonly rounds: number;
  /** Mean log loss of held rows after each round, the first value without trees. */
  readonly logLosses: readonly number[];
  /** Log-odds of all rows, each by the fold that held it out, after that many trees. */
  readonly heldScores: Float64Array;
}

/** The number of trees with the least log loss on rows held out (early stopping; Friedman 2001, section 5). */
export function chooseRounds(boosters: readonly Booster[], folds: readonly Fold[], labels: Uint8Array): RoundsChoice {
  let held = heldScores(boosters, folds, labels.length);
  const logLosses = [meanLoss(held, labels)];
  let best = { rounds: 0, logLoss: logLosses[0] ?? Infinity, held };
  for (let round = 1; round <= MAX_ROUNDS && round - best.rounds <= PATIENCE; round += 1) {
    for (const booster of boosters) booster.addTree();
    held = heldScores(boosters, folds, labels.length);
    const logLoss = meanLoss(held, labels);
    logLosses.push(logLoss);
    if (logLoss < best.logLoss) best = { rounds: round, logLoss, held };
  }
  return { rounds: best.rounds, logLosses, heldScores: best.held };
}

function heldScores(boosters: readonly Booster[], folds: readonly Fold[], rows: number): Float64Array {
  const scores = new Float64Array(rows);
  for (const [index, { held }] of folds.entries()) {
    const own = boosters[index]?.scores;
    for (const row of held) scores[row] = own?.[row] ?? 0;
  }
  return scores;
}

function meanLoss(scores: Float64Array, labels: Uint8Array): number {
  let sum = 0;
  for (const [row, score] of scores.entries()) sum += logOddsLoss(score, labels[row] ?? 0);
  return sum / labels.length;
}
