import type { SeededRandom } from '@ebb/core';
import { ContractModelError } from '../errors.ts';

export interface Fold {
  readonly training: Uint32Array;
  readonly held: Uint32Array;
}

/**
 * Folds that each hold their share of either class (stratified; Kohavi 1995, IJCAI), drawn by the seed. Every row is held
 * out once. Raises BAD_ARGUMENT, ONE_CLASS, TOO_FEW_ROWS.
 */
export function stratifiedFolds(labels: Uint8Array, count: number, random: SeededRandom): Fold[] {
  checkFolds(labels, count);
  const foldOf = new Uint8Array(labels.length);
  let next = 0;
  for (const label of [1, 0]) {
    const rows = [...labels.keys()].filter((row) => labels[row] === label);
    for (const row of shuffled(rows, random.fork(label))) {
      foldOf[row] = next % count;
      next += 1;
    }
  }
  return Array.from({ length: count }, (_, fold) => ({
    training: Uint32Array.from(foldOf.keys()).filter((row) => foldOf[row] !== fold),
    held: Uint32Array.from(foldOf.keys()).filter((row) => foldOf[row] === fold),
  }));
}

const MAX_FOLDS = 100;

function checkFolds(labels: Uint8Array, count: number): void {
  if (!Number.isInteger(count) || count < 2 || count > MAX_FOLDS) {
    throw new ContractModelError('BAD_ARGUMENT', `${count} folds: a whole number from 2 to ${MAX_FOLDS} is needed`);
  }
  if (labels.length === 0) throw new ContractModelError('EMPTY_TABLE', 'there are no rows to fold');
  if (labels.length < count) {
    throw new ContractModelError('TOO_FEW_ROWS', `${labels.length} rows cannot be put into ${count} folds: take fewer`);
  }
  const positives = labels.reduce((sum, label) => sum + label, 0);
  const rarer = Math.min(positives, labels.length - positives);
  if (rarer === 0) {
    throw new ContractModelError('ONE_CLASS', `all ${labels.length} rows have one label: both are needed`);
  }
  if (rarer >= count) return;
  const what = `${rarer} of ${labels.length} rows are of the rarer class`;
  throw new ContractModelError('TOO_FEW_ROWS', `${what}, fewer than the ${count} folds: take fewer folds or more rows`);
}

/** Fisher & Yates 1948, from the end (Durstenfeld 1964, algorithm 235). */
export function shuffled<T>(items: readonly T[], random: SeededRandom): T[] {
  const order = items.slice();
  for (let last = order.length - 1; last > 0; last -= 1) {
    const other = random.int(last + 1);
    const [a, b] = [order[last], order[other]];
    if (a === undefined || b === undefined) continue;
    order[last] = b;
    order[other] = a;
  }
  return order;
}
