import type { ScoredRows } from '@ebb/customer-models';

/** One entry per score. */
export interface ScoreIntervals {
  readonly low: Float64Array;
  readonly high: Float64Array;
  /** Customers of the hold-out whose scores were nearest, on whom the interval rests. */
  readonly comparable: Uint32Array;
}

/** Of 90 %, two-sided. */
const Z = 1.644_853_626_951_472_2;
/** So many of the nearest scores, or a twentieth of all where that is more. */
const MIN_COMPARABLE = 50;
const COMPARABLE_SHARE = 1 / 20;

/**
 * What share of customers with such a score may churn: the 90 % interval of the share that did among those of the hold-out
 * with the nearest scores. Where the score lies outside of it, model and hold-out disagree, and the interval is widened to
 * hold both. Few customers in the hold-out make it wide.
 */
export function scoreIntervals(scores: Float64Array, { scores: held, labels }: ScoredRows): ScoreIntervals {
  const order = Uint32Array.from(held.keys()).toSorted((a, b) => (held[a] ?? 0) - (held[b] ?? 0));
  const sorted = Float64Array.from(order, (row) => held[row] ?? 0);
  const churnedUpTo = new Uint32Array(order.length + 1);
  for (const [rank, row] of order.entries()) churnedUpTo[rank + 1] = (churnedUpTo[rank] ?? 0) + (labels[row] ?? 0);
  const wanted = Math.max(MIN_COMPARABLE, Math.ceil(order.length * COMPARABLE_SHARE));
  const count = Math.min(wanted, order.length);
  const found = { low: new Float64Array(scores.length), high: new Float64Array(scores.length) };
  for (const [row, score] of scores.entries()) {
    const middle = rankOf(sorted, score) - Math.floor(count / 2);
    const from = Math.min(Math.max(0, middle), order.length - count);
    const [low, high] = wilson((churnedUpTo[from + count] ?? 0) - (churnedUpTo[from] ?? 0), count);
    found.low[row] = Math.min(low, score);
    found.high[row] = Math.max(high, score);
  }
  return { ...found, comparable: new Uint32Array(scores.length).fill(count) };
}

/** Scores below this one; ascending. */
function rankOf(sorted: Float64Array, score: number): number {
  let [low, high] = [0, sorted.length];
  while (low < high) {
    const middle = (low + high) >> 1;
    if ((sorted[middle] ?? 0) < score) low = middle + 1;
    else high = middle;
  }
  return low;
}

/** Interval of a share (Wilson 1927, J. Am. Stat. Assoc. 22:209-212). */
export function wilson(positives: number, count: number): readonly [low: number, high: number] {
  if (count === 0) return [0, 1];
  const share = positives / count;
  const centre = share + Z ** 2 / (2 * count);
  const half = Z * Math.sqrt((share * (1 - share)) / count + Z ** 2 / (4 * count ** 2));
  const divisor = 1 + Z ** 2 / count;
  return [Math.max(0, (centre - half) / divisor), Math.min(1, (centre + half) / divisor)];
}
