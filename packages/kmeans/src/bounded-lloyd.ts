import type { Lloyd, LloydRun } from './lloyd.ts';
import { type Matrix, squaredDistance } from './matrix.ts';

/**
 * Lloyd's iteration that skips rows whose nearest centroid cannot have changed, by the triangle inequality: G. Hamerly:
 * Making k-means even faster, SDM 2010 (one upper bound on the distance to the own centroid, one lower bound on that to
 * every other). Only their difference is kept, and what the movements of the centroids take from it is added up per
 * cluster instead of being written to every row: a row that is skipped costs one comparison. The others look at centroids in the
 * order of their distance from the own one, no further than the two nearest can be: J. Newling, F. Fleuret: Fast k-means
 * with accurate bounds, ICML 2016 (exponion). The result is that of the plain iteration.
 */
export function boundedLloyd(matrix: Matrix, k: number): Lloyd {
  const slack = new Float64Array(matrix.rows);
  const labels = new Int32Array(matrix.rows);
  return (start, { maxIterations, tolerance }): LloydRun => {
    slack.fill(Number.NEGATIVE_INFINITY);
    labels.fill(0);
    const state = startState(start, k, slack, labels);
    for (let iterations = 1; ; iterations += 1) {
      orderNeighbours(state, k, matrix.columns);
      reassign(matrix, state, k);
      // Until here sums were of nobody; from here on they follow the rows that move.
      if (iterations === 1) sumMembers(matrix, state);
      const isConverged = moveCentroids(state, k, matrix.columns) <= tolerance;
      if (isConverged || iterations === maxIterations)
        return { centroids: state.centroids, labels, iterations, isConverged };
    }
  };
}

interface State {
  readonly centroids: Float64Array;
  /** Sums of the members' values, k × columns. */
  readonly sums: Float64Array;
  readonly sizes: Int32Array;
  /** Per row: lower less upper bound when both were exact, plus its cluster's drift at that time. */
  readonly slack: Float64Array;
  readonly labels: Int32Array;
  /** Per cluster: by how much the bounds of its rows have come closer since the start. */
  readonly drift: Float64Array;
  /** The other clusters of each by their distance, k × (k − 1), and these distances. */
  readonly neighbours: Int32Array;
  readonly gaps: Float64Array;
}

function startState(start: Float64Array, k: number, slack: Float64Array, labels: Int32Array): State {
  return {
    centroids: Float64Array.from(start),
    sums: new Float64Array(start.length),
    sizes: new Int32Array(k),
    slack,
    labels,
    drift: new Float64Array(k),
    neighbours: new Int32Array(k * (k - 1)),
    gaps: new Float64Array(k * (k - 1)),
  };
}

function orderNeighbours({ centroids, neighbours, gaps }: State, k: number, columns: number): void {
  for (let own = 0; own < k; own += 1) {
    const first = own * (k - 1);
    let last = first;
    for (let other = 0; other < k; other += 1) {
      if (other === own) continue;
      const gap = Math.sqrt(squaredDistance(centroids, own * columns, centroids, other * columns, columns));
      let place = last;
      for (; place > first && (gaps[place - 1] as number) > gap; place -= 1) {
        gaps[place] = gaps[place - 1] as number;
        neighbours[place] = neighbours[place - 1] as number;
      }
      gaps[place] = gap;
      neighbours[place] = other;
      last += 1;
    }
  }
}

/** Puts rows whose bounds have met to their nearest centroid; of equally near ones to the first. */
function reassign({ data, rows, columns }: Matrix, state: State, k: number): void {
  const { centroids, slack, labels, drift, neighbours, gaps } = state;
  const others = k - 1;
  for (let row = 0; row < rows; row += 1) {
    const own = labels[row] as number;
    if ((slack[row] as number) > (drift[own] as number)) continue;
    const at = row * columns;
    let best = squaredDistance(data, at, centroids, own * columns, columns);
    const toOwn = Math.sqrt(best);
    let second = Number.POSITIVE_INFINITY;
    let nearest = own;
    for (let place = own * others; place < (own + 1) * others; place += 1) {
      // No other centroid from here on is nearer than this.
      const least = (gaps[place] as number) - toOwn;
      if (least > 0 && least * least > second) break;
      const cluster = neighbours[place] as number;
      const distance = squaredDistance(data, at, centroids, cluster * columns, columns);
      if (distance < best || (distance === best && cluster < nearest)) {
        second = best;
        best = distance;
        nearest = cluster;
      } else if (distance < second) second = distance;
    }
    slack[row] = Math.sqrt(second) - Math.sqrt(best) + (drift[nearest] as number);
    if (nearest !== own) moveRow(data, row, nearest, state);
  }
}

function moveRow(data: Float64Array, row: number, to: number, { sums, sizes, labels }: State): void {
  const columns = sums.length / sizes.length;
  const from = labels[row] as number;
  for (let column = 0; column < columns; column += 1) {
    const value = data[row * columns + column] as number;
    sums[from * columns + column] = (sums[from * columns + column] as number) - value;
    sums[to * columns + column] = (sums[to * columns + column] as number) + value;
  }
  sizes[from] = (sizes[from] as number) - 1;
  sizes[to] = (sizes[to] as number) + 1;
  labels[row] = to;
}

function sumMembers({ data, rows, columns }: Matrix, { sums, sizes, labels }: State): void {
  sums.fill(0);
  sizes.fill(0);
  for (let row = 0; row < rows; row += 1) {
    const cluster = labels[row] as number;
    sizes[cluster] = (sizes[cluster] as number) + 1;
    for (let column = 0; column < columns; column += 1)
      sums[cluster * columns + column] =
        (sums[cluster * columns + column] as number) + (data[row * columns + column] as number);
  }
}

/** Moves every centroid to the mean of its rows and lets the bounds drift; returns the sum of the squared shifts. */
function moveCentroids({ centroids, sums, sizes, drift }: State, k: number, columns: number): number {
  const shifts = new Float64Array(k);
  let total = 0;
  for (let cluster = 0; cluster < k; cluster += 1) {
    const size = sizes[cluster] as number;
    if (size === 0) continue;
    let squared = 0;
    for (let at = cluster * columns; at < (cluster + 1) * columns; at += 1) {
      const mean = (sums[at] as number) / size;
      squared += (mean - (centroids[at] as number)) ** 2;
      centroids[at] = mean;
    }
    shifts[cluster] = Math.sqrt(squared);
    total += squared;
  }
  for (let cluster = 0; cluster < k; cluster += 1) {
    let farthestOther = 0;
    for (let other = 0; other < k; other += 1)
      if (other !== cluster) farthestOther = Math.max(farthestOther, shifts[other] as number);
    drift[cluster] = (drift[cluster] as number) + (shifts[cluster] as number) + farthestOther;
  }
  return total;
}
