/**
 * Solves A x = b for a symmetric positive definite A (row-major, lower half read, overwritten by its factor) by the
 * Cholesky decomposition (Golub & Van Loan 2013, algorithm 4.2.1); b is overwritten by x. False: A is not definite.
 * Flat and in place, since a regression solves hundreds of columns at every step.
 */
export function solveCholesky(a: Float64Array, b: Float64Array): boolean {
  const n = b.length;
  for (let column = 0; column < n; column += 1) {
    for (let row = column; row < n; row += 1) {
      const rest = (a[row * n + column] ?? 0) - dotBefore(a, row * n, column * n, column);
      if (row > column) a[row * n + column] = rest / (a[column * n + column] ?? 1);
      else if (rest > 0) a[row * n + row] = Math.sqrt(rest);
      else return false;
    }
  }
  substitute(a, b);
  return true;
}

/** Σ a[i + k] a[j + k] for k below a limit. */
function dotBefore(a: Float64Array, i: number, j: number, limit: number): number {
  let sum = 0;
  for (let k = 0; k < limit; k += 1) sum += (a[i + k] ?? 0) * (a[j + k] ?? 0);
  return sum;
}

/** L y = b, then Lᵀ x = y. */
function substitute(l: Float64Array, b: Float64Array): void {
  const n = b.length;
  for (let row = 0; row < n; row += 1) {
    let rest = b[row] ?? 0;
    for (let k = 0; k < row; k += 1) rest -= (l[row * n + k] ?? 0) * (b[k] ?? 0);
    b[row] = rest / (l[row * n + row] ?? 1);
  }
  for (let row = n - 1; row >= 0; row -= 1) {
    let rest = b[row] ?? 0;
    for (let k = row + 1; k < n; k += 1) rest -= (l[k * n + row] ?? 0) * (b[k] ?? 0);
    b[row] = rest / (l[row * n + row] ?? 1);
  }
}
