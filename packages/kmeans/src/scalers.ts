import { KMeansError } from './errors.ts';
import { checkMatrix, columnOf, type Matrix } from './matrix.ts';
import { quantileOfSorted, sortedValues } from './quantiles.ts';

/** Brings each column to `(value − center) / scale`. Plain numbers, so that it is stored as JSON beside its model. */
export interface ColumnScaler {
  readonly kind: 'standard' | 'robust';
  readonly center: readonly number[];
  readonly scale: readonly number[];
}

interface Spread {
  readonly center: number;
  readonly scale: number;
}

/**
 * z-scores: mean and standard deviation (divided by n). Raises EMPTY, BAD_SHAPE, NOT_FINITE, NO_SPREAD for a column whose
 * values are all equal. Does not depend on the order of rows.
 */
export function fitStandardScaler(matrix: Matrix): ColumnScaler {
  return fitColumns(matrix, 'standard', meanAndDeviation);
}

/** Median and interquartile range, which outliers do not move. Raises as the standard scaler, NO_SPREAD for a range of 0. */
export function fitRobustScaler(matrix: Matrix): ColumnScaler {
  return fitColumns(matrix, 'robust', (sorted) => ({
    center: quantileOfSorted(sorted, 0.5),
    scale: quantileOfSorted(sorted, 0.75) - quantileOfSorted(sorted, 0.25),
  }));
}

/** Raises EMPTY, BAD_SHAPE, NOT_FINITE. */
export function scale(matrix: Matrix, scaler: ColumnScaler): Matrix {
  return mapColumns(matrix, scaler, (value, { center, scale }) => (value - center) / scale);
}

/** Undoes `scale`: of centroids, say, so that they can be read in units of the columns. */
export function unscale(matrix: Matrix, scaler: ColumnScaler): Matrix {
  return mapColumns(matrix, scaler, (value, { center, scale }) => value * scale + center);
}

function fitColumns(
  matrix: Matrix,
  kind: ColumnScaler['kind'],
  spreadOf: (sorted: Float64Array) => Spread,
): ColumnScaler {
  checkMatrix(matrix);
  const spreads = Array.from({ length: matrix.columns }, (_, column) => {
    // Sorted, so that sums do not depend on the order of rows.
    const spread = spreadOf(sortedValues(columnOf(matrix, column)));
    if (spread.scale > 0) return spread;
    const values = kind === 'standard' ? 'all values are' : 'the middle half of values is';
    throw new KMeansError(
      'NO_SPREAD',
      `column ${column}: ${values} ${spread.center}, so that there is no spread to scale; leave it out`,
    );
  });
  return { kind, center: spreads.map(({ center }) => center), scale: spreads.map(({ scale }) => scale) };
}

function meanAndDeviation(sorted: Float64Array): Spread {
  const count = sorted.length;
  const first = sorted[0] as number;
  if (first === sorted[count - 1]) return { center: first, scale: 0 };
  const mean = sorted.reduce((sum, value) => sum + value, 0) / count;
  return { center: mean, scale: Math.sqrt(sorted.reduce((sum, value) => sum + (value - mean) ** 2, 0) / count) };
}

function mapColumns(matrix: Matrix, scaler: ColumnScaler, map: (value: number, spread: Spread) => number): Matrix {
  checkMatrix(matrix);
  const { rows, columns } = matrix;
  if (scaler.center.length !== columns || scaler.scale.length !== columns)
    throw new KMeansError('BAD_SHAPE', `a scaler of ${scaler.center.length} columns for a matrix of ${columns}`);
  const data = new Float64Array(matrix.data.length);
  for (let column = 0; column < columns; column += 1) {
    const spread = { center: scaler.center[column] as number, scale: scaler.scale[column] as number };
    for (let at = column; at < data.length; at += columns) data[at] = map(matrix.data[at] as number, spread);
  }
  return { data, rows, columns };
}
