/** Bounds of a change with 95 % confidence, and what they say. */
export interface ChangeBounds {
  readonly low: number | null;
  readonly high: number | null;
  readonly verdict: 'rise' | 'fall' | 'unclear' | 'too_few';
}

const Z = 1.959963984540054;
/** Fewer pairs say nothing: one odd day would decide. */
export const MIN_PAIRS = 5;
/** Two-sided 97.5 % quantiles of Student's t by degrees of freedom, from MIN_PAIRS − 1 to those of seven weekdays. */
const STUDENT_T: Readonly<Record<number, number>> = { 4: 2.776445, 5: 2.570582, 6: 2.446912 };

/**
 * Bounds of the sum of the differences between pairs, each the same weekday of two weeks: the paired t interval of their
 * mean, times their number. Pairing takes the week's own rhythm out, and what days vary by is taken from the days, not
 * assumed. At most seven pairs; fewer than MIN_PAIRS give no bounds.
 */
export function pairedChange(pairs: readonly { before: number; after: number }[]): ChangeBounds {
  const n = pairs.length;
  const t = STUDENT_T[n - 1];
  if (t === undefined) return TOO_FEW;
  const differences = pairs.map(({ before, after }) => after - before);
  const sum = differences.reduce((total, each) => total + each, 0);
  const mean = sum / n;
  const variance = differences.reduce((total, each) => total + (each - mean) ** 2, 0) / (n - 1);
  const margin = t * Math.sqrt(variance * n);
  return judged(sum - margin, sum + margin);
}

/**
 * Bounds of the difference of two shares, `after` − `before`: Newcombe (1998), method 10, from the Wilson interval of
 * each, so they hold for few cases and for shares of 0 and 1 too.
 */
export function shareChange(before: Share, after: Share): ChangeBounds {
  if (before.of === 0 || after.of === 0) return TOO_FEW;
  const p1 = before.count / before.of;
  const p2 = after.count / after.of;
  const [low1, high1] = wilson(before);
  const [low2, high2] = wilson(after);
  const down = Math.sqrt((p2 - low2) ** 2 + (high1 - p1) ** 2);
  const up = Math.sqrt((high2 - p2) ** 2 + (p1 - low1) ** 2);
  return judged(p2 - p1 - down, p2 - p1 + up);
}

export interface Share {
  readonly count: number;
  readonly of: number;
}

const TOO_FEW: ChangeBounds = { low: null, high: null, verdict: 'too_few' };

function judged(low: number, high: number): ChangeBounds {
  return { low, high, verdict: low > 0 ? 'rise' : high < 0 ? 'fall' : 'unclear' };
}

/** Wilson (1927). */
function wilson({ count, of: n }: Share): [low: number, high: number] {
  const p = count / n;
  const centre = p + (Z * Z) / (2 * n);
  const reach = Z * Math.sqrt((p * (1 - p)) / n + (Z * Z) / (4 * n * n));
  const scale = 1 + (Z * Z) / n;
  return [(centre - reach) / scale, (centre + reach) / scale];
}
