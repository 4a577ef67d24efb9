import { CustomerModelError } from '../errors.ts';
import { upperGamma } from './incomplete-gamma.ts';

const SQRT_2_PI = Math.sqrt(2 * Math.PI);
/** Halley steps after the first guess; two reach the last digits for every p that a double can hold. */
const REFINEMENTS = 3;

/** Φ(z) of the standard normal: erfc(|z|/√2) = Q(1/2, z²/2) (DLMF 7.11.2), so that far tails keep their digits. */
export function normalCdf(z: number): number {
  const tail = 0.5 * upperGamma(0.5, (z * z) / 2);
  return z > 0 ? 1 - tail : tail;
}

/**
 * The z with Φ(z) = p, for 0 < p < 1: Abramowitz & Stegun 26.2.23 as a first guess, then Halley's method. Raises
 * BAD_ARGUMENT for any other p.
 */
export function normalQuantile(p: number): number {
  if (!(p > 0 && p < 1)) throw new CustomerModelError('BAD_ARGUMENT', `a probability lies between 0 and 1, not ${p}`);
  if (p > 0.5) return -normalQuantile(1 - p);
  const t = Math.sqrt(-2 * Math.log(p));
  let z = -(t - (2.515517 + t * (0.802853 + t * 0.010328)) / (1 + t * (1.432788 + t * (0.189269 + t * 0.001308))));
  for (let step = 0; step < REFINEMENTS; step += 1) {
    const newton = (normalCdf(z) - p) / (Math.exp(-0.5 * z * z) / SQRT_2_PI);
    z -= newton / (1 + 0.5 * z * newton);
  }
  return z;
}
