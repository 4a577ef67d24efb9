import { KMeansError } from './errors.ts';

/**
 * The p-quantile by linear interpolation between order statistics: type 7 of R. Hyndman and Y. Fan (Sample Quantiles in
 * Statistical Packages, The American Statistician 50, 1996), the default of R, NumPy and pandas. `p` from 0 to 1.
 * Raises EMPTY, NOT_FINITE, BAD_OPTION.
 */
export function quantile7(values: ArrayLike<number>, p: number): number {
  return quantileOfSorted(sortedValues(values), p);
}

/** The 0.5-quantile. */
export function median(values: ArrayLike<number>): number {
  return quantile7(values, 0.5);
}

/** A sorted copy; raises EMPTY, NOT_FINITE. */
export function sortedValues(values: ArrayLike<number>): Float64Array {
  if (values.length === 0) throw new KMeansError('EMPTY', 'there are no values to take a quantile of');
  for (let at = 0; at < values.length; at += 1)
    if (!Number.isFinite(values[at]))
      throw new KMeansError('NOT_FINITE', `value ${at} is ${values[at]}; leave it out or fill it first`);
  return Float64Array.from(values).toSorted();
}

export function quantileOfSorted(sorted: Float64Array, p: number): number {
  if (!(p >= 0 && p <= 1)) throw new KMeansError('BAD_OPTION', `${p} is no share from 0 to 1`);
  const place = (sorted.length - 1) * p;
  const below = Math.floor(place);
  const low = sorted[below] as number;
  const high = sorted[Math.min(below + 1, sorted.length - 1)] as number;
  return low + (place - below) * (high - low);
}
