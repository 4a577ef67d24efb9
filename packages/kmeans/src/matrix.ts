import { KMeansError } from './errors.ts';

/** Numbers row by row: row i, column j stands at `data[i * columns + j]`. */
export interface Matrix {
  readonly data: Float64Array;
  readonly rows: number;
  readonly columns: number;
}

/** Squares of differences of larger values are not finite any more. */
const LARGEST = 1e150;

/** Rows of equal length as a matrix; raises EMPTY, BAD_SHAPE. */
export function matrixOf(rows: readonly (readonly number[])[]): Matrix {
  const columns = rows[0]?.length ?? 0;
  const data = new Float64Array(rows.length * columns);
  for (const [index, row] of rows.entries()) {
    if (row.length !== columns)
      throw new KMeansError('BAD_SHAPE', `row ${index} has ${row.length} values, the first one ${columns}`);
    data.set(row, index * columns);
  }
  return { data, rows: rows.length, columns };
}

/** Raises EMPTY, BAD_SHAPE, or NOT_FINITE with the place of the first value that no distance can be taken of. */
export function checkMatrix(matrix: Matrix): void {
  const { data, rows, columns } = matrix;
  if (rows === 0 || columns === 0)
    throw new KMeansError('EMPTY', `a matrix of ${rows} rows and ${columns} columns; one row and column are needed`);
  if (data.length !== rows * columns)
    throw new KMeansError('BAD_SHAPE', `${data.length} values are not ${rows} rows of ${columns} columns`);
  for (let at = 0; at < data.length; at += 1) {
    // Not `>`: NaN compares false with everything.
    if (Math.abs(data[at] as number) <= LARGEST) continue;
    throw new KMeansError(
      'NOT_FINITE',
      `row ${Math.floor(at / columns)}, column ${at % columns} is ${data[at]}; leave the row out, or fill or scale it first`,
    );
  }
}

/** The rows named, in that order, as a matrix of their own. */
export function selectRows(matrix: Matrix, chosen: ArrayLike<number>): Matrix {
  const { data, columns } = matrix;
  const selected = new Float64Array(chosen.length * columns);
  for (let row = 0; row < chosen.length; row += 1) {
    const from = (chosen[row] as number) * columns;
    for (let column = 0; column < columns; column += 1)
      selected[row * columns + column] = data[from + column] as number;
  }
  return { data: selected, rows: chosen.length, columns };
}

export function columnOf(matrix: Matrix, column: number): Float64Array {
  const values = new Float64Array(matrix.rows);
  for (let row = 0; row < matrix.rows; row += 1) values[row] = matrix.data[row * matrix.columns + column] as number;
  return values;
}

/** Squared Euclidean distance of the rows that begin at `aAt` and `bAt`. */
// oxlint-disable-next-line max-params -- the innermost loop: an object per call would cost more than the distance
export function squaredDistance(a: Float64Array, aAt: number, b: Float64Array, bAt: number, columns: number): number {
  // Recency, frequency, monetary: without the loop it takes half the time.
  if (columns === 3) {
    const x = (a[aAt] as number) - (b[bAt] as number);
    const y = (a[aAt + 1] as number) - (b[bAt + 1] as number);
    const z = (a[aAt + 2] as number) - (b[bAt + 2] as number);
    return x * x + y * y + z * z;
  }
  let sum = 0;
  for (let column = 0; column < columns; column += 1) {
    const difference = (a[aAt + column] as number) - (b[bAt + column] as number);
    sum += difference * difference;
  }
  return sum;
}
