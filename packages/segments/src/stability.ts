import { SegmentsError } from './errors.ts';

/** How a feature was spread in the published run, to compare later runs with. */
export interface FeatureBins {
  readonly feature: string;
  /** Upper edges, ascending; the last bin is open. A bin holds values up to its edge, the edge included. */
  readonly edges: readonly number[];
  readonly counts: readonly number[];
}

/** Share put in for an empty bin, whose logarithm would not exist. */
const LEAST_SHARE = 0.0001;
const DECILES = 10;

/**
 * Bins of equal counts (deciles) of the published values. Values that repeat, as frequencies do, make fewer bins: an edge
 * is there once. NaN, a value that is not known, is in no bin. Raises NO_CUSTOMERS.
 */
export function featureBins(feature: string, values: Float64Array): FeatureBins {
  const sorted = values.filter((value) => !Number.isNaN(value)).toSorted();
  if (sorted.length === 0) throw new SegmentsError('NO_CUSTOMERS', `no values of ${feature} to make bins of`);
  const edges = new Set<number>();
  for (let decile = 1; decile < DECILES; decile += 1) {
    edges.add(sorted[Math.ceil((decile * sorted.length) / DECILES) - 1] ?? Number.NaN);
  }
  edges.delete(sorted.at(-1) ?? Number.NaN);
  const list = [...edges];
  return { feature, edges: list, counts: countIn(list, values) };
}

/** How many values are in each bin; NaN is in none. */
export function countIn(edges: readonly number[], values: Float64Array): number[] {
  const counts = Array.from({ length: edges.length + 1 }, () => 0);
  for (const value of values) {
    if (Number.isNaN(value)) continue;
    const bin = edges.findIndex((edge) => value <= edge);
    const index = bin === -1 ? edges.length : bin;
    counts[index] = (counts[index] ?? 0) + 1;
  }
  return counts;
}

/**
 * Population stability index of two lists of counts over the same bins: Σ (a − e) · ln(a / e) of the shares
 * (N. Siddiqi, Credit Risk Scorecards, 2006). Below 0.1 is read as no shift, from 0.25 on as a large one.
 */
export function psi(expected: readonly number[], actual: readonly number[]): number {
  const [e, a] = [shares(expected), shares(actual)];
  return e.reduce((total, share, bin) => total + ((a[bin] ?? 0) - share) * Math.log((a[bin] ?? 0) / share), 0);
}

/**
 * What the index comes to on average when both lists are samples of the same population: (bins − 1)(1/n + 1/m)
 * (B. Yurdakul & J. Naranjo, Statistical properties of the population stability index, Journal of Risk Model
 * Validation 14, 2020). Small runs are not alarmed about what chance does.
 */
export function psiByChance(expected: readonly number[], actual: readonly number[]): number {
  return (expected.length - 1) * (1 / Math.max(1, sum(expected)) + 1 / Math.max(1, sum(actual)));
}

function shares(counts: readonly number[]): number[] {
  const total = Math.max(1, sum(counts));
  return counts.map((count) => Math.max(count / total, LEAST_SHARE));
}

function sum(counts: readonly number[]): number {
  return counts.reduce((total, count) => total + count, 0);
}
