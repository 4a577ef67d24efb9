import { type Matrix, selectRows } from './matrix.ts';

/** A matrix whose rows are in the one order that their values give, and where each came from. */
export interface CanonicalRows {
  readonly matrix: Matrix;
  /** Row of the original at each place of `matrix`. */
  readonly order: Uint32Array;
}

/**
 * Sorts rows by their values, column by column. Sums of floats depend on their order, and a seeded draw of row 17 on which
 * row that is: with rows in this order before anything is drawn or added, a result cannot depend on how the table was read.
 */
export function canonicalRows(matrix: Matrix): CanonicalRows {
  const { data, rows, columns } = matrix;
  const order = new Uint32Array(rows);
  for (let row = 0; row < rows; row += 1) order[row] = row;
  let isSorted = true;
  for (let row = 1; row < rows && isSorted; row += 1)
    isSorted = compareRows(data, (row - 1) * columns, row * columns, columns) <= 0;
  if (isSorted) return { matrix, order };
  order.sort((a, b) => compareRows(data, a * columns, b * columns, columns));
  return { matrix: selectRows(matrix, order), order };
}

export function compareRows(data: Float64Array, aAt: number, bAt: number, columns: number): number {
  for (let column = 0; column < columns; column += 1) {
    const difference = (data[aAt + column] as number) - (data[bAt + column] as number);
    if (difference !== 0) return difference;
  }
  return 0;
}

/** Number of different rows of a matrix in canonical order, counted no further than `enough`. */
export function distinctRows(sorted: Matrix, enough: number): number {
  const { data, rows, columns } = sorted;
  let count = Math.min(rows, 1);
  for (let row = 1; row < rows && count < enough; row += 1)
    if (compareRows(data, (row - 1) * columns, row * columns, columns) !== 0) count += 1;
  return count;
}
