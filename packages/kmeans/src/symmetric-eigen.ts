/** Eigenvalues from the largest to the smallest; `vectors[i]` of length 1 belongs to `values[i]`. */
export interface SymmetricEigen {
  readonly values: readonly number[];
  readonly vectors: readonly (readonly number[])[];
}

const MAX_SWEEPS = 100;

/**
 * Eigenvalues and eigenvectors of a small symmetric matrix by Jacobi's cyclic method (G. Golub, C. Van Loan: Matrix
 * Computations, 4th ed., algorithms 8.5.1 and 8.5.3): rotations zero one pair of entries after the other, until the entries
 * beside the diagonal are lost in rounding. Takes n rows of n numbers.
 */
export function symmetricEigen(matrix: readonly (readonly number[])[]): SymmetricEigen {
  const a = matrix.map((row) => [...row]);
  const vectors = a.map((_, row) => a.map((_, column) => (row === column ? 1 : 0)));
  const norm = Math.sqrt(a.flat().reduce((sum, value) => sum + value * value, 0));
  for (let sweep = 0; sweep < MAX_SWEEPS && offDiagonal(a) > norm * Number.EPSILON; sweep += 1)
    for (let p = 0; p < a.length; p += 1) for (let q = p + 1; q < a.length; q += 1) rotate(a, vectors, p, q);
  const pairs = a.map((row, at) => ({ value: row[at] as number, vector: vectors.map((entry) => entry[at] as number) }));
  pairs.sort((one, other) => other.value - one.value);
  return { values: pairs.map(({ value }) => value), vectors: pairs.map(({ vector }) => vector) };
}

function offDiagonal(a: readonly (readonly number[])[]): number {
  let sum = 0;
  for (const [row, values] of a.entries())
    for (const [column, value] of values.entries()) if (row !== column) sum += value * value;
  return Math.sqrt(sum);
}

function rotate(a: number[][], vectors: number[][], p: number, q: number): void {
  const rowP = a[p] as number[];
  const rowQ = a[q] as number[];
  const apq = rowP[q] as number;
  if (apq === 0) return;
  const tau = ((rowQ[q] as number) - (rowP[p] as number)) / (2 * apq);
  const t = tau >= 0 ? 1 / (tau + Math.sqrt(1 + tau * tau)) : 1 / (tau - Math.sqrt(1 + tau * tau));
  const c = 1 / Math.sqrt(1 + t * t);
  const s = t * c;
  for (const row of a) rotatePair(row, p, q, { c, s });
  for (let column = 0; column < a.length; column += 1) {
    const x = rowP[column] as number;
    const y = rowQ[column] as number;
    rowP[column] = c * x - s * y;
    rowQ[column] = s * x + c * y;
  }
  for (const row of vectors) rotatePair(row, p, q, { c, s });
}

function rotatePair(row: number[], p: number, q: number, { c, s }: { c: number; s: number }): void {
  const x = row[p] as number;
  const y = row[q] as number;
  row[p] = c * x - s * y;
  row[q] = s * x + c * y;
}
