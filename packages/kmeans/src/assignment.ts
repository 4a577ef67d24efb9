import { KMeansError } from './errors.ts';
import { checkMatrix, type Matrix, squaredDistance } from './matrix.ts';

/** Every row with its nearest centroid; of equally near ones the first. */
export interface Assignment {
  readonly labels: Int32Array;
  /** Rows per cluster. */
  readonly sizes: Int32Array;
  /** Sum of squared distances to the own centroid. */
  readonly inertia: number;
}

/** `centroids` are k × columns numbers. */
export function nearestCentroids(matrix: Matrix, centroids: Float64Array): Assignment {
  const { data, rows, columns } = matrix;
  const k = centroids.length / columns;
  const labels = new Int32Array(rows);
  const sizes = new Int32Array(k);
  let inertia = 0;
  for (let row = 0; row < rows; row += 1) {
    const nearest = nearestTo(data, row * columns, centroids, columns);
    labels[row] = nearest;
    sizes[nearest] = (sizes[nearest] as number) + 1;
    inertia += squaredDistance(data, row * columns, centroids, nearest * columns, columns);
  }
  return { labels, sizes, inertia };
}

function nearestTo(data: Float64Array, at: number, centroids: Float64Array, columns: number): number {
  let best = Number.POSITIVE_INFINITY;
  let nearest = 0;
  for (let cluster = 0; cluster * columns < centroids.length; cluster += 1) {
    const distance = squaredDistance(data, at, centroids, cluster * columns, columns);
    if (distance >= best) continue;
    best = distance;
    nearest = cluster;
  }
  return nearest;
}

/** Number of the nearest centroid for each row (`centroids`: k × columns); raises EMPTY, BAD_SHAPE, NOT_FINITE. */
export function assign(matrix: Matrix, centroids: Matrix): Int32Array {
  checkMatrix(matrix);
  checkMatrix(centroids);
  if (matrix.columns !== centroids.columns)
    throw new KMeansError('BAD_SHAPE', `rows of ${matrix.columns} columns, centroids of ${centroids.columns}`);
  return nearestCentroids(matrix, centroids.data).labels;
}

/** Means of each cluster's rows, added in the order of the rows; an empty cluster keeps its centroid. */
export function clusterMeans(matrix: Matrix, labels: Int32Array, previous: Float64Array): Float64Array {
  const { data, rows, columns } = matrix;
  const means = new Float64Array(previous.length);
  const sizes = new Int32Array(previous.length / columns);
  for (let row = 0; row < rows; row += 1) {
    const cluster = labels[row] as number;
    sizes[cluster] = (sizes[cluster] as number) + 1;
    for (let column = 0; column < columns; column += 1)
      means[cluster * columns + column] =
        (means[cluster * columns + column] as number) + (data[row * columns + column] as number);
  }
  return means.map((sum, at) => {
    const size = sizes[Math.floor(at / columns)] as number;
    return size === 0 ? (previous[at] as number) : sum / size;
  });
}

/** Sum of squared distances to the centroids of the given labels. */
export function inertiaOf({ data, rows, columns }: Matrix, labels: Int32Array, centroids: Float64Array): number {
  let inertia = 0;
  for (let row = 0; row < rows; row += 1)
    inertia += squaredDistance(data, row * columns, centroids, (labels[row] as number) * columns, columns);
  return inertia;
}
