import type { Matrix } from '@ebb/kmeans';

export interface Assignment {
  readonly matrix: Matrix;
  readonly centroids: Matrix;
  /** Nearest centroid of each row. */
  readonly labels: Int32Array;
  /** The cluster that continues the row's published segment, or −1. */
  readonly homes: Int32Array;
}

/**
 * Labels with hysteresis: a customer leaves a segment that lives on only once they are past the border to the nearest
 * cluster by more than `slack` of the distance between the two centres. With squared distances `a` to home and `b` to
 * the nearest and `d` between the centres, a point is (a − b) / 2d beyond the bisecting plane, hence (a − b) / 2d² of
 * the way.
 */
export function settledLabels({ matrix, centroids, labels, homes }: Assignment, slack: number): Int32Array {
  const between = (a: number, b: number): number => squaredDistance(centroids, a, centroids, b);
  return labels.map((nearest, row) => {
    const home = homes[row] ?? -1;
    if (home === -1 || home === nearest) return nearest;
    const beyond = squaredDistance(matrix, row, centroids, home) - squaredDistance(matrix, row, centroids, nearest);
    return beyond <= 2 * slack * between(home, nearest) ? home : nearest;
  });
}

function squaredDistance(a: Matrix, rowA: number, b: Matrix, rowB: number): number {
  let total = 0;
  for (let column = 0; column < a.columns; column += 1) {
    const difference = (a.data[rowA * a.columns + column] ?? 0) - (b.data[rowB * b.columns + column] ?? 0);
    total += difference * difference;
  }
  return total;
}
