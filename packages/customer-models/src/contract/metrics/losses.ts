import { ContractModelError } from '../errors.ts';
import { countClasses, type ScoredRows } from './scored-rows.ts';

/** A probability of 0 or 1 that is wrong would cost infinitely much. */
const CLOSEST = 1e-15;

/** Mean negative log-likelihood, in nats (Good 1952, J. R. Stat. Soc. B 14:107-114). Scores are probabilities. */
export function logLoss(rows: ScoredRows): number {
  return meanOver(rows, (probability, isPositive) => {
    const p = Math.min(1 - CLOSEST, Math.max(CLOSEST, probability));
    return -Math.log(isPositive ? p : 1 - p);
  });
}

/** Mean squared error of the probabilities (Brier 1950, Monthly Weather Review 78:1-3; for two classes, 0 to 1). */
export function brierScore(rows: ScoredRows): number {
  return meanOver(rows, (probability, isPositive) => (probability - (isPositive ? 1 : 0)) ** 2);
}

function meanOver(rows: ScoredRows, loss: (probability: number, isPositive: boolean) => number): number {
  countClasses(rows);
  let sum = 0;
  for (const [row, probability] of rows.scores.entries()) {
    checkProbability(probability, row);
    sum += loss(probability, rows.labels[row] === 1);
  }
  return sum / rows.scores.length;
}

export function checkProbability(probability: number, row: number): void {
  if (probability >= 0 && probability <= 1) return;
  throw new ContractModelError('BAD_ARGUMENT', `score ${probability} of row ${row} is no probability (0 to 1)`);
}
