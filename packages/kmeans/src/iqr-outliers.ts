import { KMeansError } from './errors.ts';
import { quantileOfSorted, sortedValues } from './quantiles.ts';

/** Quartiles of type 7, and the values beyond which one counts as an outlier. */
export interface IqrFences {
  readonly q1: number;
  readonly q3: number;
  readonly low: number;
  readonly high: number;
}

/**
 * Fences `factor` interquartile ranges beyond the quartiles (J. Tukey: Exploratory Data Analysis, 1977; 1.5 there). Raises
 * EMPTY, NOT_FINITE, BAD_OPTION.
 */
export function iqrFences(values: ArrayLike<number>, factor = 1.5): IqrFences {
  if (!(factor >= 0)) throw new KMeansError('BAD_OPTION', `a factor of ${factor}; from 0 on is needed`);
  const sorted = sortedValues(values);
  const q1 = quantileOfSorted(sorted, 0.25);
  const q3 = quantileOfSorted(sorted, 0.75);
  return { q1, q3, low: q1 - factor * (q3 - q1), high: q3 + factor * (q3 - q1) };
}

/** 1 for each value outside the fences, 0 for one inside or on them. */
export function iqrOutliers(values: ArrayLike<number>, factor = 1.5): Uint8Array {
  const { low, high } = iqrFences(values, factor);
  return Uint8Array.from(values, (value) => (value < low || value > high ? 1 : 0));
}
