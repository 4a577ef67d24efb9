import { CustomerModelError } from '../errors.ts';

const EPSILON = 1e-16;
/** Enough for z up to 0.99999, half a second at worst; the models ask for z near 0.9 at most. */
const MAX_TERMS = 5_000_000;

/**
 * Σ tₙ from n = 0 with t₀ = first and tₙ₊₁ = tₙ · ratio(n), where the ratio tends to `limit`, 0 ≤ |limit| < 1. Ends when
 * what is left, bounded by a geometric series, no longer shows. Raises NOT_NUMERIC when that takes too long.
 */
export function sumByRatio(first: number, limit: number, ratio: (n: number) => number): number {
  const rest = 1 / (1 - Math.abs(limit));
  let term = first;
  let sum = first;
  for (let n = 0; n < MAX_TERMS; n += 1) {
    const factor = ratio(n);
    term *= factor;
    sum += term;
    // Terms may grow first: the bound holds once they shrink.
    if (Math.abs(factor) < 1 && Math.abs(term) * rest <= EPSILON * Math.abs(sum)) return sum;
    if (term === 0) return sum;
  }
  throw new CustomerModelError('NOT_NUMERIC', `a series with ratio ${limit} did not settle in ${MAX_TERMS} terms`);
}

/**
 * Gauss's ₂F₁(a, b; c; z) for real arguments, z < 1, c not 0, −1, −2, …: the series (DLMF 15.2.1) for 0 ≤ z < 1, after
 * Euler's transformation (15.8.1) where that has the smaller parameters; Pfaff's transformation (15.8.1) for z < 0.
 * Near z = 1 the series is slow but right. Raises NOT_NUMERIC elsewhere.
 */
export function hypergeometric2F1(a: number, b: number, c: number, z: number): number {
  if (!(z < 1) || (c <= 0 && Number.isInteger(c)) || !Number.isFinite(a + b + c)) {
    throw new CustomerModelError('NOT_NUMERIC', `2F1(${a}, ${b}; ${c}; ${z}) needs z < 1 and c not 0, -1, -2, …`);
  }
  if (z === 0) return 1;
  if (z < 0) return (1 - z) ** -a * hypergeometric2F1(a, c - b, c, z / (z - 1));
  const euler = c - a - b;
  // The larger the exponent of 1 − z, the slower the terms fall: Euler's form has that exponent reversed.
  if (euler < 0) return (1 - z) ** euler * gaussSeries(c - a, c - b, c, z);
  return gaussSeries(a, b, c, z);
}

function gaussSeries(a: number, b: number, c: number, z: number): number {
  return sumByRatio(1, z, (n) => (((a + n) * (b + n)) / ((c + n) * (n + 1))) * z);
}
