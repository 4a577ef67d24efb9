import { type Assignment, clusterMeans, nearestCentroids } from './assignment.ts';
import { canonicalRows, distinctRows } from './canonical-order.ts';
import { fillEmptyClusters } from './empty-clusters.ts';
import { KMeansError } from './errors.ts';
import type { Lloyd } from './lloyd.ts';
import { checkMatrix, type Matrix } from './matrix.ts';
import { type KMeansOptions, type ResolvedOptions, resolveOptions, wholeNumber } from './options.ts';
import { bestStart, type Start } from './starts.ts';

export interface KMeansFit {
  /** k × columns; clusters are numbered in the order of their centroids, column by column. */
  readonly centroids: Matrix;
  /** Per row the number of its nearest centroid. */
  readonly labels: Int32Array;
  /** Rows per cluster; none is 0 once converged. */
  readonly sizes: Int32Array;
  /** Sum of squared distances to the own centroid. */
  readonly inertia: number;
  /** Of the best start, until nothing moved. */
  readonly iterations: number;
  /** Whether nothing moved any more: centroids are the means of their rows. */
  readonly isConverged: boolean;
}

/**
 * K-Means. The same seed gives the same bits, in whatever order the rows come: they are put in canonical order before
 * anything is drawn or added. The numbers of clusters follow from their centroids, not from the draw.
 *
 * Raises EMPTY, BAD_SHAPE, NOT_FINITE, BAD_OPTION, and TOO_FEW_ROWS where fewer rows differ than there are to be clusters.
 */
export function fitKMeans(matrix: Matrix, options: KMeansOptions): KMeansFit {
  checkMatrix(matrix);
  const resolved = resolveOptions(options);
  wholeNumber('k', options.k, 1);
  const { matrix: sorted, order } = canonicalRows(matrix);
  return inOrderOf(order, fitCanonical(sorted, options.k, resolved));
}

/** The fit of a matrix that is in canonical order. */
export function fitCanonical(sorted: Matrix, k: number, options: ResolvedOptions): KMeansFit {
  const distinct = distinctRows(sorted, k);
  if (distinct < k)
    throw new KMeansError(
      'TOO_FEW_ROWS',
      `${k} clusters of ${sorted.rows} rows, of which only ${distinct} differ; ask for fewer clusters or give more rows`,
    );
  const lloyd = options.engine(sorted, k);
  return settle(sorted, lloyd, bestStart(sorted, k, lloyd, options), options.maxIterations);
}

/** The fit with its labels in the order of the original rows. */
export function inOrderOf(order: Uint32Array, fit: KMeansFit): KMeansFit {
  const labels = new Int32Array(order.length);
  for (let place = 0; place < order.length; place += 1) labels[order[place] as number] = fit.labels[place] as number;
  return { ...fit, labels };
}

/** Runs on until the centroids are the means of the rows nearest to them, and in their order. */
function settle(sorted: Matrix, lloyd: Lloyd, start: Start, maxIterations: number): KMeansFit {
  let centroids = inCanonicalOrder(start.centroids, sorted.columns);
  let iterations = start.iterations;
  for (;;) {
    const run = lloyd(centroids, { maxIterations: Math.max(1, maxIterations - iterations), tolerance: 0 });
    iterations += run.iterations;
    // Means added anew, in the order of the rows: an engine may have rounded on its way.
    centroids = clusterMeans(sorted, run.labels, run.centroids);
    const assignment = nearestCentroids(sorted, centroids);
    const wasFilled = fillEmptyClusters(sorted, centroids, assignment);
    const ordered = inCanonicalOrder(centroids, sorted.columns);
    const isConverged =
      run.isConverged && !wasFilled && isSame(run.labels, assignment.labels) && isSame(ordered, centroids);
    centroids = ordered;
    if (isConverged) return fitOf(sorted, centroids, assignment, { iterations, isConverged });
    if (iterations < maxIterations) continue;
    return fitOf(sorted, centroids, nearestCentroids(sorted, centroids), { iterations, isConverged });
  }
}

function fitOf(
  { columns }: Matrix,
  centroids: Float64Array,
  assignment: Assignment,
  end: Pick<KMeansFit, 'iterations' | 'isConverged'>,
): KMeansFit {
  return { centroids: { data: centroids, rows: centroids.length / columns, columns }, ...assignment, ...end };
}

function inCanonicalOrder(centroids: Float64Array, columns: number): Float64Array {
  return canonicalRows({ data: centroids, rows: centroids.length / columns, columns }).matrix.data;
}

function isSame(a: Int32Array | Float64Array, b: Int32Array | Float64Array): boolean {
  return a.every((value, at) => value === b[at]);
}
