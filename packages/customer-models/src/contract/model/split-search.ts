import { UNKNOWN_BIN } from '../features/encoder.ts';

/** Sums of the first and second derivative of the loss, and rows. */
export interface Sums {
  gradient: number;
  hessian: number;
  rows: number;
}

export interface BinnedFeature {
  readonly bins: Uint8Array;
  readonly binCount: number;
  /** Bins without an order of their own. */
  readonly isCategorical: boolean;
}

/** First and second derivative of the loss by each row's log-odds. */
export interface Derivatives {
  readonly gradients: Float64Array;
  readonly hessians: Float64Array;
}

export interface SplitLimits {
  /** L2 penalty of a leaf's value. */
  readonly penalty: number;
  readonly minRows: number;
}

export interface FoundSplit {
  readonly gain: number;
  readonly leftBins: readonly number[];
}

/** Below this a split is noise of the arithmetic. */
const MIN_GAIN = 1e-6;
/** Of the second derivative: a leaf of rows that are all but certain would get a wild value. */
const MIN_HESSIAN = 1;

export function sumRows({ gradients, hessians }: Derivatives, rows: Uint32Array): Sums {
  const sums = { gradient: 0, hessian: 0, rows: rows.length };
  for (const row of rows) {
    sums.gradient += gradients[row] ?? 0;
    sums.hessian += hessians[row] ?? 0;
  }
  return sums;
}

/**
 * The best border between a feature's bins: numbers in their order, levels in the order of their gradient over hessian,
 * in which the best of all groupings is a border (Fisher 1958, JASA 53:789-798; Breiman et al. 1984, theorem 4.5).
 * Gain: Chen & Guestrin 2016, KDD, equation 7. Null: no border is worth it.
 */
export function bestSplit(
  feature: BinnedFeature,
  derivatives: Derivatives,
  rows: Uint32Array,
  limits: SplitLimits,
): FoundSplit | null {
  const histogram = histogramOf(feature, derivatives, rows);
  const present = [...histogram.keys()].filter((bin) => (histogram[bin]?.rows ?? 0) > 0);
  if (feature.isCategorical) present.sort((a, b) => steepness(histogram[a], limits) - steepness(histogram[b], limits));
  const border = bestBorder(present, histogram, limits);
  if (border === null) return null;
  return { gain: border.gain, leftBins: withAbsentBins(feature, present, border) };
}

function histogramOf(feature: BinnedFeature, derivatives: Derivatives, rows: Uint32Array): Sums[] {
  const { bins, binCount } = feature;
  const gradients = new Float64Array(UNKNOWN_BIN + 1);
  const hessians = new Float64Array(UNKNOWN_BIN + 1);
  const counts = new Uint32Array(UNKNOWN_BIN + 1);
  for (const row of rows) {
    const bin = bins[row] ?? UNKNOWN_BIN;
    gradients[bin] = (gradients[bin] ?? 0) + (derivatives.gradients[row] ?? 0);
    hessians[bin] = (hessians[bin] ?? 0) + (derivatives.hessians[row] ?? 0);
    counts[bin] = (counts[bin] ?? 0) + 1;
  }
  return Array.from({ length: binCount }, (_, bin) => ({
    gradient: gradients[bin] ?? 0,
    hessian: hessians[bin] ?? 0,
    rows: counts[bin] ?? 0,
  }));
}

function steepness(sums: Sums | undefined, { penalty }: SplitLimits): number {
  return sums === undefined ? 0 : sums.gradient / (sums.hessian + penalty);
}

interface Border {
  readonly gain: number;
  /** Bins before it, in the order searched. */
  readonly before: number;
  readonly isLeftLarger: boolean;
}

function bestBorder(order: readonly number[], histogram: readonly Sums[], limits: SplitLimits): Border | null {
  const left = { gradient: 0, hessian: 0, rows: 0 };
  const right = { gradient: 0, hessian: 0, rows: 0 };
  for (const bin of order) move(histogram[bin], right, 1);
  const whole = strength(right, limits);
  let best: Border | null = null;
  for (const [index, bin] of order.entries()) {
    move(histogram[bin], left, 1);
    move(histogram[bin], right, -1);
    if (left.rows < limits.minRows || left.hessian < MIN_HESSIAN) continue;
    if (right.rows < limits.minRows || right.hessian < MIN_HESSIAN) break;
    const gain = strength(left, limits) + strength(right, limits) - whole;
    if (gain > (best?.gain ?? MIN_GAIN)) best = { gain, before: index + 1, isLeftLarger: left.rows >= right.rows };
  }
  return best;
}

function move(bin: Sums | undefined, to: Sums, sign: 1 | -1): void {
  to.gradient += sign * (bin?.gradient ?? 0);
  to.hessian += sign * (bin?.hessian ?? 0);
  to.rows += sign * (bin?.rows ?? 0);
}

function strength({ gradient, hessian }: Sums, { penalty }: SplitLimits): number {
  return (gradient * gradient) / (hessian + penalty);
}

/** Bins nobody here is in: numbers go where their order says; levels, blanks and the unknown with the larger side. */
function withAbsentBins(feature: BinnedFeature, order: readonly number[], border: Border): number[] {
  const left = order.slice(0, border.before);
  const absent = border.isLeftLarger ? [UNKNOWN_BIN] : [];
  if (!feature.isCategorical) {
    const highest = left.at(-1) ?? 0;
    const blank = left[0] === 0 || border.isLeftLarger ? [0] : [];
    return [...blank, ...Array.from({ length: highest }, (_, bin) => bin + 1), ...absent];
  }
  if (!border.isLeftLarger) return left;
  const seen = new Set(order);
  const unseen = Array.from({ length: feature.binCount }, (_, bin) => bin).filter((bin) => !seen.has(bin));
  return [...left, ...unseen, ...absent];
}
