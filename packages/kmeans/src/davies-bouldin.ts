import { groupByLabel, type LabelledRows } from './labelled-rows.ts';
import { type Matrix, squaredDistance } from './matrix.ts';

/**
 * Index of D. Davies and D. Bouldin (A Cluster Separation Measure, IEEE PAMI 1, 1979) with q = 1, p = 2: mean over clusters of
 * the largest (Sᵢ + Sⱼ) / Mᵢⱼ, S being the mean distance to the centroid and M the distance of two centroids. From 0, the
 * lower the more apart; infinite where two centroids are one. Raises EMPTY, BAD_SHAPE, NOT_FINITE, BAD_LABELS.
 */
export function daviesBouldin(matrix: Matrix, labels: ArrayLike<number>): number {
  const { columns } = matrix;
  const clusters = clustersOf(groupByLabel(matrix, labels));
  let total = 0;
  for (const one of clusters) {
    let worst = 0;
    for (const other of clusters) {
      if (one === other) continue;
      const between = Math.sqrt(squaredDistance(one.centroid, 0, other.centroid, 0, columns));
      worst = Math.max(worst, between === 0 ? Number.POSITIVE_INFINITY : (one.scatter + other.scatter) / between);
    }
    total += worst;
  }
  return total / clusters.length;
}

interface Cluster {
  readonly centroid: Float64Array;
  readonly scatter: number;
}

function clustersOf({ matrix, starts, k }: LabelledRows): Cluster[] {
  const clusters: Cluster[] = [];
  for (let cluster = 0; cluster < k; cluster += 1) {
    const from = starts[cluster] as number;
    const to = starts[cluster + 1] as number;
    if (from < to) clusters.push(clusterOf(matrix, from, to));
  }
  return clusters;
}

function clusterOf({ data, columns }: Matrix, from: number, to: number): Cluster {
  const centroid = new Float64Array(columns);
  for (let at = from * columns; at < to * columns; at += 1)
    centroid[at % columns] = (centroid[at % columns] as number) + (data[at] as number) / (to - from);
  let distances = 0;
  for (let row = from; row < to; row += 1)
    distances += Math.sqrt(squaredDistance(data, row * columns, centroid, 0, columns));
  return { centroid, scatter: distances / (to - from) };
}
