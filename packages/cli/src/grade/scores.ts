import { liftTable, rocAuc } from '@ebb/customer-models';

/** Mean of |expected − actual|. */
export function meanAbsoluteError(expected: ArrayLike<number>, actual: ArrayLike<number>): number {
  let sum = 0;
  for (let row = 0; row < actual.length; row += 1) sum += Math.abs(numberAt(expected, row) - numberAt(actual, row));
  return sum / actual.length;
}

/** Sum of what was expected over that of what came, minus 1. */
export function aggregateError(expected: Float64Array, actual: Float64Array): number {
  return sumOf(expected) / sumOf(actual) - 1;
}

/** Chance that somebody of whom it is true scores above somebody of whom it is not. */
export function aucOf(scores: Float64Array, isTrue: (row: number) => boolean): number {
  return rocAuc({ scores, labels: scoredLabels(scores, isTrue) });
}

/** How many times as many of them stand in the tenth of highest scores as in a tenth drawn at random. */
export function topDecileLift(scores: Float64Array, isTrue: (row: number) => boolean): number {
  return liftTable({ scores, labels: scoredLabels(scores, isTrue) }, [0.1])[0]?.lift ?? Number.NaN;
}

export interface ScoreGroup {
  readonly expected: number;
  readonly actual: number;
}

/** Means of equally many rows each, by rising expectation. */
export function meansByScore(expected: Float64Array, actual: ArrayLike<number>, groups = 10): ScoreGroup[] {
  const order = [...expected.keys()].toSorted((a, b) => numberAt(expected, a) - numberAt(expected, b));
  return Array.from({ length: groups }, (_, group) => {
    const rows = order.slice(
      Math.floor((group * order.length) / groups),
      Math.floor(((group + 1) * order.length) / groups),
    );
    const meanOf = (values: ArrayLike<number>): number =>
      rows.reduce((sum, row) => sum + numberAt(values, row), 0) / rows.length;
    return { expected: meanOf(expected), actual: meanOf(actual) };
  });
}

export function sumOf(values: Float64Array): number {
  return values.reduce((sum, value) => sum + value, 0);
}

function scoredLabels(scores: Float64Array, isTrue: (row: number) => boolean): Uint8Array {
  return Uint8Array.from(scores, (_, row) => (isTrue(row) ? 1 : 0));
}

function numberAt(values: ArrayLike<number>, row: number): number {
  return values[row] ?? Number.NaN;
}
