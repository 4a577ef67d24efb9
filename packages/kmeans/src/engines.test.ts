import { SeededRandom } from '@ebb/core';
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { inertiaOf, nearestCentroids } from './assignment.ts';
import { boundedLloyd } from './bounded-lloyd.ts';
import { fillEmptyClusters } from './empty-clusters.ts';
import { fitKMeans } from './fit-kmeans.ts';
import { matrixOf } from './matrix.ts';
import { mlKMeansLloyd } from './ml-kmeans-engine.ts';
import { kMeansPlusPlus } from './seeding.ts';
import { cloud } from './testing/matrices.ts';
import { plainLloyd } from './testing/plain-lloyd.ts';

/** Overlapping clouds, where rows keep moving for long; values such that no row is equally near to two centroids. */
const problem = fc.record({
  seed: fc.string(),
  columns: fc.integer({ min: 1, max: 5 }),
  k: fc.integer({ min: 1, max: 8 }),
  rows: fc.integer({ min: 20, max: 300 }),
});

const end = fc.record({
  maxIterations: fc.integer({ min: 1, max: 30 }),
  tolerance: fc.constantFrom(0, 1e-6, 1e-4, 1e-2, 1),
});

function parts({ seed, columns, k, rows }: { seed: string; columns: number; k: number; rows: number }) {
  const centers = [0, 1, 3].map((value) => Array.from({ length: columns }, (_, column) => value * (column + 1)));
  const matrix = cloud(seed, centers, rows, 1);
  return { matrix, start: kMeansPlusPlus(matrix, k, new SeededRandom(seed)) };
}

describe.each([
  ['bounded', boundedLloyd],
  ['ml-kmeans', mlKMeansLloyd],
])('%s', (_name, engine) => {
  test('takes every step as the plain iteration does, and ends at the same', () => {
    fc.assert(
      fc.property(problem, end, (drawn, options) => {
        const { matrix, start } = parts(drawn);
        const { labels, centroids, ...expected } = plainLloyd(matrix)(start, options);
        const run = engine(matrix, drawn.k)(start, options);
        expect(run).toMatchObject(expected);
        expect(run.labels).toEqual(labels);
        for (const [at, value] of centroids.entries()) expect(run.centroids[at]).toBeCloseTo(value, 10);
      }),
    );
  });

  test('ends at the tolerance, with less to go the lower it is', () => {
    const { matrix, start } = parts({ seed: 'tolerance', columns: 3, k: 6, rows: 2_000 });
    const lloyd = engine(matrix, 6);
    const run = (tolerance: number) => lloyd(start, { maxIterations: 500, tolerance });
    const coarse = run(1e-2);
    const fine = run(0);
    expect(coarse.isConverged && fine.isConverged).toBe(true);
    expect(coarse.iterations).toBeLessThan(fine.iterations);
    expect(inertiaOf(matrix, fine.labels, fine.centroids)).toBe(inertiaOf(matrix, run(0).labels, run(0).centroids));
    expect(lloyd(start, { maxIterations: 2, tolerance: 0 })).toMatchObject({ isConverged: false, iterations: 2 });
  });

  test('leaves the start centroids as they are', () => {
    const { matrix, start } = parts({ seed: 'start', columns: 2, k: 3, rows: 50 });
    const before = start.slice();
    engine(matrix, 3)(start, { maxIterations: 10, tolerance: 0 });
    expect(start).toEqual(before);
  });
});

test('both engines give the same clusters', () => {
  fc.assert(
    fc.property(problem, (drawn) => {
      const { matrix } = parts(drawn);
      const [ours, theirs] = (['ebb', 'ml-kmeans'] as const).map((engine) =>
        fitKMeans(matrix, { k: drawn.k, seed: drawn.seed, nInit: 3, engine }),
      );
      expect(theirs?.labels).toEqual(ours?.labels);
      expect(theirs?.centroids).toEqual(ours?.centroids);
      expect(theirs?.inertia).toBe(ours?.inertia);
    }),
    { numRuns: 50 },
  );
});

describe('an empty cluster', () => {
  const line = matrixOf([[0], [1], [2], [10], [11], [30]]);

  test('gets the row that is farthest from its centroid', () => {
    const centroids = Float64Array.of(1, 10.5, 500);
    const assignment = nearestCentroids(line, centroids);
    expect([...assignment.sizes]).toEqual([3, 3, 0]);
    expect(fillEmptyClusters(line, centroids, assignment)).toBe(true);
    expect([...centroids]).toEqual([1, 10.5, 30]);
    expect([...assignment.labels]).toEqual([0, 0, 0, 1, 1, 2]);
    expect([...assignment.sizes]).toEqual([3, 2, 1]);
    expect(fillEmptyClusters(line, centroids, assignment)).toBe(false);
  });

  test('two of them get two rows', () => {
    const centroids = Float64Array.of(1, 500, 600);
    const assignment = nearestCentroids(line, centroids);
    fillEmptyClusters(line, centroids, assignment);
    expect([...centroids]).toEqual([1, 30, 11]);
  });

  test.each([
    ['bounded', boundedLloyd],
    ['ml-kmeans', mlKMeansLloyd],
  ])('%s keeps the centroid it had, so that the run goes on', (_name, engine) => {
    const run = engine(line, 3)(Float64Array.of(1, 10.5, 500), { maxIterations: 10, tolerance: 0 });
    expect(run.centroids[2]).toBe(500);
    expect(run.isConverged).toBe(true);
  });
});

test('start centroids are different rows, drawn far apart more often than not', () => {
  const far = matrixOf([...Array.from({ length: 98 }, (_, at) => [at / 1_000]), [1_000], [-1_000]]);
  let both = 0;
  for (let seed = 0; seed < 200; seed += 1) {
    const start = kMeansPlusPlus(far, 3, new SeededRandom(seed));
    expect(new Set(start).size).toBe(3);
    if (start.includes(1_000) && start.includes(-1_000)) both += 1;
  }
  expect(both).toBeGreaterThan(195);
});
