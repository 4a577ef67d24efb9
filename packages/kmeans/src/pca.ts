import { canonicalRows } from './canonical-order.ts';
import { KMeansError } from './errors.ts';
import { checkMatrix, type Matrix } from './matrix.ts';
import { wholeNumber } from './options.ts';
import { symmetricEigen } from './symmetric-eigen.ts';

/** Principal components of a table. Plain numbers, so that it is stored as JSON beside its model. */
export interface Pca {
  readonly mean: readonly number[];
  /** Per component its loadings on the columns, of length 1; the one of largest size is positive. */
  readonly components: readonly (readonly number[])[];
  /** Variance along each component (divided by n − 1), descending. */
  readonly explainedVariance: readonly number[];
  /** The same as a share of the variance of all columns. */
  readonly explainedVarianceRatio: readonly number[];
}

/**
 * Principal components by the eigenvectors of the covariance matrix (H. Hotelling: Analysis of a complex of statistical
 * variables into principal components, 1933). Does not depend on the order of rows. Raises EMPTY, BAD_SHAPE, NOT_FINITE,
 * BAD_OPTION for more components than columns, TOO_FEW_ROWS below two rows, NO_SPREAD where all rows are equal.
 */
export function fitPca(matrix: Matrix, { components }: { components: number }): Pca {
  checkMatrix(matrix);
  wholeNumber('components', components, 1);
  const { columns } = matrix;
  if (components > columns) throw new KMeansError('BAD_OPTION', `${components} components of ${columns} columns`);
  if (matrix.rows < 2) throw new KMeansError('TOO_FEW_ROWS', 'one row has no variance; give two or more');
  const { mean, covariance } = moments(canonicalRows(matrix).matrix);
  const total = covariance.reduce((sum, row, at) => sum + (row[at] as number), 0);
  if (total === 0) throw new KMeansError('NO_SPREAD', 'all rows are equal; there is nothing to tell apart');
  const { values, vectors } = symmetricEigen(covariance);
  // Rounding leaves an eigenvalue of 0 a little below it.
  const explainedVariance = values.slice(0, components).map((value) => Math.max(0, value));
  return {
    mean,
    components: vectors.slice(0, components).map(withPositiveMain),
    explainedVariance,
    explainedVarianceRatio: explainedVariance.map((value) => value / total),
  };
}

/** Rows in the coordinates of the components: rows × components. Raises EMPTY, BAD_SHAPE, NOT_FINITE. */
export function projectPca(matrix: Matrix, { mean, components }: Pca): Matrix {
  checkMatrix(matrix);
  const { data, rows, columns } = matrix;
  if (mean.length !== columns)
    throw new KMeansError('BAD_SHAPE', `components of ${mean.length} columns for a matrix of ${columns}`);
  const projected = new Float64Array(rows * components.length);
  for (let row = 0; row < rows; row += 1)
    for (const [component, loadings] of components.entries()) {
      let sum = 0;
      for (let column = 0; column < columns; column += 1)
        sum += ((data[row * columns + column] as number) - (mean[column] as number)) * (loadings[column] as number);
      projected[row * components.length + component] = sum;
    }
  return { data: projected, rows, columns: components.length };
}

/**
 * Rows in the coordinates of the columns again: the points of the plane of the components that `projectPca` took them to.
 * Distances between them are those between the projected rows. Raises EMPTY, BAD_SHAPE, NOT_FINITE.
 */
export function restorePca(projected: Matrix, { mean, components }: Pca): Matrix {
  checkMatrix(projected);
  const { data, rows } = projected;
  if (components.length !== projected.columns)
    throw new KMeansError('BAD_SHAPE', `${components.length} components for a matrix of ${projected.columns} columns`);
  const columns = mean.length;
  const restored = new Float64Array(rows * columns);
  for (let row = 0; row < rows; row += 1)
    for (let column = 0; column < columns; column += 1) {
      let sum = mean[column] as number;
      for (const [component, loadings] of components.entries())
        sum += (data[row * components.length + component] as number) * (loadings[column] as number);
      restored[row * columns + column] = sum;
    }
  return { data: restored, rows, columns };
}

function moments({ data, rows, columns }: Matrix): { mean: number[]; covariance: number[][] } {
  const mean = Array.from({ length: columns }, () => 0);
  for (let at = 0; at < data.length; at += 1)
    mean[at % columns] = (mean[at % columns] as number) + (data[at] as number) / rows;
  const covariance = mean.map(() => mean.map(() => 0));
  for (let from = 0; from < data.length; from += columns)
    for (const [i, sums] of covariance.entries()) {
      const x = (data[from + i] as number) - (mean[i] as number);
      for (let j = 0; j < columns; j += 1)
        sums[j] = (sums[j] as number) + (x * ((data[from + j] as number) - (mean[j] as number))) / (rows - 1);
    }
  return { mean, covariance };
}

function withPositiveMain(vector: readonly number[]): readonly number[] {
  const main = vector.reduce((best, value) => (Math.abs(value) > Math.abs(best) ? value : best), 0);
  return main < 0 ? vector.map((value) => -value) : vector;
}
