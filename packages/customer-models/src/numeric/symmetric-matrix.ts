/** A square matrix as rows; small (parameters of one model). */
export type SquareMatrix = readonly (readonly number[])[];

/**
 * Lower Cholesky factor L of a symmetric matrix, A = L Lᵀ (Golub & Van Loan, Matrix Computations, algorithm 4.2.1), or
 * null when the matrix is not positive definite to working precision.
 */
export function choleskyFactor(matrix: SquareMatrix): number[][] | null {
  const size = matrix.length;
  const factor = matrix.map(() => Array.from({ length: size }, () => 0));
  for (let i = 0; i < size; i += 1) {
    for (let j = 0; j <= i; j += 1) {
      const left = entry(matrix, i, j) - dotRows(factor, i, j);
      if (i !== j) {
        row(factor, i)[j] = left / entry(factor, j, j);
        continue;
      }
      // A pivot that is rounding error of its diagonal entry says that the matrix is singular.
      if (!(left > Math.abs(entry(matrix, i, i)) * 1e-13)) return null;
      row(factor, i)[i] = Math.sqrt(left);
    }
  }
  return factor;
}

/** x with A x = b, from A's Cholesky factor. */
export function solveCholesky(factor: SquareMatrix, right: ArrayLike<number>): number[] {
  const size = factor.length;
  const x = Array.from(right);
  for (let i = 0; i < size; i += 1) {
    for (let j = 0; j < i; j += 1) x[i] = at(x, i) - entry(factor, i, j) * at(x, j);
    x[i] = at(x, i) / entry(factor, i, i);
  }
  for (let i = size - 1; i >= 0; i -= 1) {
    for (let j = i + 1; j < size; j += 1) x[i] = at(x, i) - entry(factor, j, i) * at(x, j);
    x[i] = at(x, i) / entry(factor, i, i);
  }
  return x;
}

/** A⁻¹ of a symmetric positive definite matrix, or null when it is not positive definite. */
export function inversePositiveDefinite(matrix: SquareMatrix): number[][] | null {
  const factor = choleskyFactor(matrix);
  if (factor === null) return null;
  return matrix.map((_, column) =>
    solveCholesky(
      factor,
      matrix.map((_row, index) => (index === column ? 1 : 0)),
    ),
  );
}

/** gᵀ A g, e.g. the variance of a linear combination. */
export function quadraticForm(matrix: SquareMatrix, vector: ArrayLike<number>): number {
  let sum = 0;
  for (let i = 0; i < matrix.length; i += 1) {
    for (let j = 0; j < matrix.length; j += 1) sum += at(vector, i) * entry(matrix, i, j) * at(vector, j);
  }
  return sum;
}

function dotRows(factor: SquareMatrix, i: number, j: number): number {
  let sum = 0;
  for (let k = 0; k < j; k += 1) sum += entry(factor, i, k) * entry(factor, j, k);
  return sum;
}

function row<T>(matrix: readonly T[], i: number): T {
  return matrix[i] as T;
}

function entry(matrix: SquareMatrix, i: number, j: number): number {
  return row(matrix, i)[j] as number;
}

function at(vector: ArrayLike<number>, i: number): number {
  return vector[i] as number;
}
