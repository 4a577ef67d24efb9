import { CustomerModelError } from '../errors.ts';

/** Below this the argument is shifted up by the recurrence, since Stirling's series needs it large. */
const SHIFT_UP_TO = 10;
const HALF_LOG_2_PI = 0.5 * Math.log(2 * Math.PI);

/**
 * ln Γ(x) for x > 0, to about 1e-15 relative to the larger of 1 and the value: Stirling's series (DLMF 5.11.1) after
 * Γ(x + 1) = x Γ(x) has moved x to 10 or above. Raises NOT_NUMERIC for x ≤ 0 or not a number.
 */
export function logGamma(x: number): number {
  requirePositive('ln Γ', x);
  if (x === Number.POSITIVE_INFINITY) return x;
  let product = 1;
  let z = x;
  for (; z < SHIFT_UP_TO; z += 1) product *= z;
  const inverse = 1 / z;
  const square = inverse * inverse;
  const series =
    inverse *
    (1 / 12 -
      square * (1 / 360 - square * (1 / 1260 - square * (1 / 1680 - square * (1 / 1188 - square * (691 / 360_360))))));
  return (z - 0.5) * Math.log(z) - z + HALF_LOG_2_PI + series - Math.log(product);
}

/** ψ(x) = d ln Γ(x)/dx for x > 0 (DLMF 5.11.2 after the recurrence 5.5.2). Raises NOT_NUMERIC for x ≤ 0. */
export function digamma(x: number): number {
  requirePositive('ψ', x);
  let shift = 0;
  let z = x;
  for (; z < SHIFT_UP_TO; z += 1) shift += 1 / z;
  const square = 1 / (z * z);
  const series =
    square *
    (1 / 12 -
      square * (1 / 120 - square * (1 / 252 - square * (1 / 240 - square * (1 / 132 - square * (691 / 32_760))))));
  return Math.log(z) - 0.5 / z - series - shift;
}

/** ln B(a, b) = ln Γ(a) + ln Γ(b) − ln Γ(a + b) for a, b > 0 (DLMF 5.12.1). */
export function logBeta(a: number, b: number): number {
  return logGamma(a) + logGamma(b) - logGamma(a + b);
}

function requirePositive(name: string, x: number): void {
  if (x > 0) return;
  throw new CustomerModelError('NOT_NUMERIC', `${name} needs a positive argument, not ${x}`);
}
