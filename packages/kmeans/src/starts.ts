import { SeededRandom } from '@ebb/core';
import { inertiaOf, nearestCentroids } from './assignment.ts';
import { distinctRows } from './canonical-order.ts';
import { KMeansError } from './errors.ts';
import type { Lloyd, LloydOptions } from './lloyd.ts';
import { type Matrix, selectRows } from './matrix.ts';
import type { ResolvedOptions } from './options.ts';
import { drawRows } from './sample-rows.ts';
import { kMeansPlusPlus } from './seeding.ts';

export interface Start {
  readonly centroids: Float64Array;
  readonly iterations: number;
  /** Of the rows it was judged by. */
  readonly inertia: number;
}

/** With more rows than this, starts are run on a sample of so many. */
const SAMPLED_ABOVE = 20_000;
const SAMPLE_ROWS = 10_000;
/** Starts on the sample for each that was asked for. */
const SAMPLED_STARTS = 2;
/** The best of them, judged by all rows, that are run on with all rows. */
const FINALISTS = 3;

/** The best of `nInit` starts, each run until it hardly moves. */
export function bestStart(sorted: Matrix, k: number, lloyd: Lloyd, options: ResolvedOptions): Start {
  const refined = sorted.rows > SAMPLED_ABOVE ? refinedStarts(sorted, k, lloyd, options) : null;
  const [best] = (refined ?? startsOf(sorted, k, lloyd, options)).toSorted(byInertia);
  if (best !== undefined && !Number.isNaN(best.inertia)) return best;
  throw new KMeansError('NOT_FINITE', 'distances add up to no number; scale the columns first');
}

/**
 * Starts that were run on a sample of the rows (P. Bradley, U. Fayyad: Refining Initial Points for K-Means Clustering,
 * ICML 1998): to find a valley takes no more rows, so twice as many starts take a fraction of the time. Which valleys are
 * deep, all rows must say: a sample of skewed rows ranks them differently. The sample is the same for every start and k. Null
 * where it has too few different rows.
 */
function refinedStarts(sorted: Matrix, k: number, lloyd: Lloyd, options: ResolvedOptions): Start[] | null {
  const drawn = drawRows(sorted.rows, SAMPLE_ROWS, new SeededRandom(options.seed).fork('start rows'));
  const sample = selectRows(sorted, drawn);
  if (distinctRows(sample, k) < k) return null;
  const more = { ...options, nInit: options.nInit * SAMPLED_STARTS };
  const judged = startsOf(sample, k, options.engine(sample, k), more).map((start) => ({
    ...start,
    inertia: nearestCentroids(sorted, start.centroids).inertia,
  }));
  const end = endOf(sorted, options);
  const finalists = judged.toSorted(byInertia).slice(0, FINALISTS);
  return finalists.map(({ centroids, iterations }) => {
    const run = runOf(sorted, lloyd, centroids, end);
    return { ...run, iterations: iterations + run.iterations };
  });
}

function startsOf(sorted: Matrix, k: number, lloyd: Lloyd, options: ResolvedOptions): Start[] {
  const random = new SeededRandom(options.seed);
  const end = endOf(sorted, options);
  return Array.from({ length: options.nInit }, (_, number) => {
    // By k and number, so that no start depends on which others were run.
    const start = kMeansPlusPlus(sorted, k, random.fork(`k=${k}/start=${number}`));
    return runOf(sorted, lloyd, start, end);
  });
}

function runOf(sorted: Matrix, lloyd: Lloyd, start: Float64Array, end: LloydOptions): Start {
  const { centroids, labels, iterations } = lloyd(start, end);
  return { centroids, iterations, inertia: inertiaOf(sorted, labels, centroids) };
}

function endOf(sorted: Matrix, { maxIterations, tolerance }: ResolvedOptions): LloydOptions {
  return { maxIterations, tolerance: tolerance * meanVariance(sorted) };
}

function byInertia(a: Start, b: Start): number {
  return a.inertia - b.inertia;
}

/** Mean over the columns of their variances, divided by n. */
function meanVariance({ data, rows, columns }: Matrix): number {
  const means = new Float64Array(columns);
  for (let at = 0; at < data.length; at += 1) {
    const column = at % columns;
    means[column] = (means[column] as number) + (data[at] as number) / rows;
  }
  let squares = 0;
  for (let at = 0; at < data.length; at += 1) squares += ((data[at] as number) - (means[at % columns] as number)) ** 2;
  return squares / data.length;
}
