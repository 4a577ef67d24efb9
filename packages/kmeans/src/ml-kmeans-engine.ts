import { kmeans } from 'ml-kmeans';
import type { Lloyd, LloydRun } from './lloyd.ts';
import type { Matrix } from './matrix.ts';

/** Lloyd's iteration by `ml-kmeans` (npm), from the same start centroids as our own. */
export function mlKMeansLloyd(matrix: Matrix, k: number): Lloyd {
  const rows = rowsOf(matrix.data, matrix.columns);
  return (start, { maxIterations, tolerance }): LloydRun => {
    // Its tolerance is of each centroid's squared shift, ours of their sum.
    const options = { initialization: rowsOf(start, matrix.columns), maxIterations, tolerance: tolerance / k };
    const { centroids, clusters, iterations, converged } = kmeans(rows, k, options);
    return {
      centroids: Float64Array.from(centroids.flat()),
      labels: Int32Array.from(clusters),
      iterations,
      isConverged: converged,
    };
  };
}

function rowsOf(data: Float64Array, columns: number): number[][] {
  return Array.from({ length: data.length / columns }, (_, row) => [
    ...data.subarray(row * columns, (row + 1) * columns),
  ]);
}
