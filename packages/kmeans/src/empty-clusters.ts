import type { Assignment } from './assignment.ts';
import { KMeansError } from './errors.ts';
import { type Matrix, squaredDistance } from './matrix.ts';

/**
 * Gives every empty cluster the row that is farthest from its own centroid, which lowers the inertia. Changes centroids,
 * labels and sizes; returns whether there was such a cluster. Raises TOO_FEW_ROWS where all rows stand on centroids.
 */
export function fillEmptyClusters(matrix: Matrix, centroids: Float64Array, { labels, sizes }: Assignment): boolean {
  const { data, columns } = matrix;
  let wasFilled = false;
  for (let cluster = 0; cluster < sizes.length; cluster += 1) {
    if (sizes[cluster] !== 0) continue;
    const row = farthestRow(matrix, centroids, labels, sizes);
    const from = labels[row] as number;
    sizes[from] = (sizes[from] as number) - 1;
    sizes[cluster] = 1;
    labels[row] = cluster;
    centroids.set(data.subarray(row * columns, (row + 1) * columns), cluster * columns);
    wasFilled = true;
  }
  return wasFilled;
}

function farthestRow(matrix: Matrix, centroids: Float64Array, labels: Int32Array, sizes: Int32Array): number {
  const { data, rows, columns } = matrix;
  let farthest = 0;
  let found = -1;
  for (let row = 0; row < rows; row += 1) {
    const own = labels[row] as number;
    const distance = squaredDistance(data, row * columns, centroids, own * columns, columns);
    if (distance <= farthest || (sizes[own] as number) < 2) continue;
    farthest = distance;
    found = row;
  }
  if (found >= 0) return found;
  throw new KMeansError(
    'TOO_FEW_ROWS',
    `rows are too close together for ${sizes.length} clusters; lower k, or scale them`,
  );
}
