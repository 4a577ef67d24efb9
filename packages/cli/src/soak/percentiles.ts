/** Spread of a set of delays, in milliseconds. */
export interface Spread {
  readonly count: number;
  readonly p50Ms: number;
  readonly p95Ms: number;
  readonly p99Ms: number;
  readonly maxMs: number;
}

/** Nearest-rank percentiles; null for no value at all. */
export function spreadOf(delaysMs: readonly number[]): Spread | null {
  if (delaysMs.length === 0) return null;
  const sorted = Float64Array.from(delaysMs).toSorted();
  const rank = (share: number): number => sorted[Math.max(0, Math.ceil(share * sorted.length) - 1)] ?? Number.NaN;
  return { count: sorted.length, p50Ms: rank(0.5), p95Ms: rank(0.95), p99Ms: rank(0.99), maxMs: rank(1) };
}

/**
 * Growth of a series in units per minute, by least squares over its second half, so that warming up is not taken for a
 * leak. Null with fewer than four points.
 */
export function growthPerMinute(points: readonly { readonly atMs: number; readonly value: number }[]): number | null {
  const late = points.slice(Math.floor(points.length / 2));
  if (late.length < 4) return null;
  const meanX = late.reduce((sum, point) => sum + point.atMs, 0) / late.length;
  const meanY = late.reduce((sum, point) => sum + point.value, 0) / late.length;
  let covariance = 0;
  let variance = 0;
  for (const { atMs, value } of late) {
    covariance += (atMs - meanX) * (value - meanY);
    variance += (atMs - meanX) ** 2;
  }
  return variance === 0 ? null : (covariance / variance) * 60_000;
}
