import { clusterMeans, nearestCentroids } from '../assignment.ts';
import type { Lloyd, LloydRun } from '../lloyd.ts';
import type { Matrix } from '../matrix.ts';

/** Lloyd's iteration as it stands in the book: what the bounded one must agree with. */
export function plainLloyd(matrix: Matrix): Lloyd {
  return (start, { maxIterations, tolerance }): LloydRun => {
    let centroids = start;
    for (let iterations = 1; ; iterations += 1) {
      const { labels } = nearestCentroids(matrix, centroids);
      const moved = clusterMeans(matrix, labels, centroids);
      const shift = moved.reduce((sum, value, at) => sum + (value - (centroids[at] as number)) ** 2, 0);
      centroids = moved;
      const isConverged = shift <= tolerance;
      if (isConverged || iterations === maxIterations) return { centroids, labels, iterations, isConverged };
    }
  };
}
