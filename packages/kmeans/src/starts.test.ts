import { SeededRandom } from '@ebb/core';
import { describe, expect, test } from 'vitest';
import { inertiaOf, nearestCentroids } from './assignment.ts';
import { boundedLloyd } from './bounded-lloyd.ts';
import { canonicalRows } from './canonical-order.ts';
import { fitKMeans } from './fit-kmeans.ts';
import { matrixOf } from './matrix.ts';
import { kMeansPlusPlus } from './seeding.ts';
import { shuffled } from './testing/matrices.ts';

/** Skewed and without gaps, so that starts end in different valleys; more rows than starts are run on. */
function skewedRows(rows: number) {
  const random = new SeededRandom('skewed');
  return matrixOf(
    Array.from({ length: rows }, () => {
      const rate = random.gamma(1.2, 1);
      return [rate * Math.exp(random.normal() * 0.6), rate + random.normal() * 0.2, random.exponential(0.5 + rate)];
    }),
  );
}

describe('starts on a sample', () => {
  const matrix = skewedRows(24_000);

  test.each([3, 6, 9])('end as deep as ten starts on all rows (k = %d)', (k) => {
    const sorted = canonicalRows(matrix).matrix;
    const lloyd = boundedLloyd(sorted, k);
    const random = new SeededRandom('full starts');
    const inertias = Array.from({ length: 10 }, (_, number) => {
      const start = kMeansPlusPlus(sorted, k, random.fork(number));
      const { labels, centroids } = lloyd(start, { maxIterations: 1_000, tolerance: 1e-4 });
      return inertiaOf(sorted, labels, centroids);
    });
    const { inertia, isConverged } = fitKMeans(matrix, { k, seed: 1 });
    expect(isConverged).toBe(true);
    expect(inertia / Math.min(...inertias)).toBeLessThan(1.001);
  });

  test('do not depend on the order of rows, and end where nothing moves', () => {
    const fit = fitKMeans(matrix, { k: 5, seed: 'order' });
    const other = shuffled(matrix, 'another order');
    const again = fitKMeans(other.matrix, { k: 5, seed: 'order' });
    expect(again.centroids).toEqual(fit.centroids);
    expect(again.inertia).toBe(fit.inertia);
    expect(nearestCentroids(matrix, fit.centroids.data).labels).toEqual(fit.labels);
  });

  test('are given up where the sample holds too few different rows', () => {
    const rows = Array.from({ length: 30_000 }, (_, row) => [row < 3 ? row + 1 : 0]);
    const fit = fitKMeans(matrixOf(rows), { k: 4, seed: 1 });
    expect([...fit.sizes]).toEqual([29_997, 1, 1, 1]);
    expect(fit.inertia).toBe(0);
  });
});
