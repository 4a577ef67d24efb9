import { CustomerModelError } from '../errors.ts';
import { logGamma } from './log-gamma.ts';

const EPSILON = 1e-16;
const TINY = 1e-300;
const MAX_TERMS = 100_000;

/**
 * Q(a, x) = Γ(a, x)/Γ(a), the upper tail of a Gamma(a, 1), for a > 0 and x ≥ 0: the series of P (DLMF 8.7.1) below
 * a + 1, the continued fraction of Q (DLMF 8.9.2, evaluated as Lentz does) above. Raises NOT_NUMERIC outside of that.
 */
export function upperGamma(a: number, x: number): number {
  if (!(a > 0 && x >= 0)) throw new CustomerModelError('NOT_NUMERIC', `Q(a, x) is not defined for a ${a}, x ${x}`);
  if (x === 0) return 1;
  if (x === Number.POSITIVE_INFINITY) return 0;
  const scale = Math.exp(a * Math.log(x) - x - logGamma(a));
  return x < a + 1 ? 1 - scale * lowerSeries(a, x) : scale * upperFraction(a, x);
}

/** Probability that a chi-square variable of so many degrees of freedom exceeds the value (DLMF 8.23). */
export function chiSquareTail(value: number, degrees: number): number {
  return upperGamma(degrees / 2, Math.max(0, value) / 2);
}

function lowerSeries(a: number, x: number): number {
  let term = 1 / a;
  let sum = term;
  for (let n = 1; n < MAX_TERMS && term > sum * EPSILON; n += 1) {
    term *= x / (a + n);
    sum += term;
  }
  return sum;
}

function upperFraction(a: number, x: number): number {
  let b = x + 1 - a;
  let c = 1 / TINY;
  let d = 1 / b;
  let result = d;
  for (let n = 1; n < MAX_TERMS; n += 1) {
    const numerator = -n * (n - a);
    b += 2;
    d = 1 / nonZero(numerator * d + b);
    c = nonZero(b + numerator / c);
    result *= d * c;
    if (Math.abs(d * c - 1) < EPSILON * 4) break;
  }
  return result;
}

function nonZero(value: number): number {
  return Math.abs(value) < TINY ? TINY : value;
}
