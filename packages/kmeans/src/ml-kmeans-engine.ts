import { kmeansGenerator } from 'ml-kmeans';
import type { Lloyd, LloydRun } from './lloyd.ts';
import type { Matrix } from './matrix.ts';

/** Lloyd's iteration by `ml-kmeans` (npm), from the same start centroids as our own and with the same end. */
export function mlKMeansLloyd(matrix: Matrix, k: number): Lloyd {
  const rows = rowsOf(matrix.data, matrix.columns);
  return (start, { maxIterations, tolerance }): LloydRun => {
    const initialization = rowsOf(start, matrix.columns);
    let run: LloydRun = { centroids: start, labels: new Int32Array(matrix.rows), iterations: 0, isConverged: false };
    // Its own tolerance is of each centroid's squared shift, ours of their sum: only where nothing moves are they one.
    for (const step of kmeansGenerator(rows, k, { initialization, maxIterations, tolerance: 0 })) {
      const centroids = Float64Array.from(step.centroids.flat());
      const isConverged = squaredShift(run.centroids, centroids) <= tolerance;
      run = { centroids, labels: Int32Array.from(step.clusters), iterations: step.iterations, isConverged };
      if (isConverged) break;
    }
    return run;
  };
}

function squaredShift(from: Float64Array, to: Float64Array): number {
  return to.reduce((sum, value, at) => sum + (value - (from[at] as number)) ** 2, 0);
}

function rowsOf(data: Float64Array, columns: number): number[][] {
  return Array.from({ length: data.length / columns }, (_, row) => [
    ...data.subarray(row * columns, (row + 1) * columns),
  ]);
}
