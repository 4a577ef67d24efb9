import { isEbbError } from '@ebb/core';
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { assign, clusterMeans, inertiaOf } from './assignment.ts';
import { fitKMeans } from './fit-kmeans.ts';
import { type Matrix, matrixOf } from './matrix.ts';
import type { KMeansOptions } from './options.ts';
import { anyMatrix, cloud, rowTexts, shuffled } from './testing/matrices.ts';

const withCode = (code: string) => expect.toSatisfy((error) => isEbbError(error, code));
const CORNERS = [
  [0, 0, 0],
  [10, 0, 0],
  [0, 10, 0],
  [0, 0, 10],
];

/** A table and a k that it has enough different rows for. */
const problem = fc
  .record({ matrix: anyMatrix, wanted: fc.integer({ min: 1, max: 6 }), seed: fc.string() })
  .map(({ matrix, wanted, seed }) => ({ matrix, seed, k: Math.min(wanted, new Set(rowTexts(matrix)).size) }));

describe('a fit', () => {
  test('finds clusters that are plain to see, whatever the seed', () => {
    const matrix = cloud('corners', CORNERS, 400);
    for (let seed = 0; seed < 20; seed += 1) {
      const fit = fitKMeans(matrix, { k: 4, seed });
      expect([...fit.sizes]).toEqual([100, 100, 100, 100]);
      expect(new Set(fit.labels.filter((_, row) => row % 4 === 1)).size).toBe(1);
      expect(fit.isConverged).toBe(true);
    }
  });

  test('ends where nothing moves: rows are nearest to their centroid, centroids are the means of their rows', () => {
    fc.assert(
      fc.property(problem, ({ matrix, k, seed }) => {
        const fit = fitKMeans(matrix, { k, seed, nInit: 2 });
        expect(fit.isConverged).toBe(true);
        expect(assign(matrix, fit.centroids)).toEqual(fit.labels);
        expect([...fit.sizes].toSorted((a, b) => a - b)[0]).toBeGreaterThan(0);
        expect(fit.sizes.reduce((sum, size) => sum + size, 0)).toBe(matrix.rows);
        const means = clusterMeans(matrix, fit.labels, fit.centroids.data);
        const largest = Math.max(...matrix.data.map(Math.abs), 1);
        for (const [at, mean] of means.entries())
          expect(Math.abs(mean - (fit.centroids.data[at] ?? 0))).toBeLessThan(largest * 1e-12);
        expect(Math.abs(fit.inertia - inertiaOf(matrix, fit.labels, fit.centroids.data))).toBeLessThanOrEqual(
          1e-9 * fit.inertia,
        );
      }),
    );
  });

  test('does not depend on the order of rows, to the bit', () => {
    fc.assert(
      fc.property(problem, fc.string(), ({ matrix, k, seed }, permutation) => {
        const other = shuffled(matrix, permutation);
        const fit = fitKMeans(matrix, { k, seed, nInit: 3 });
        const again = fitKMeans(other.matrix, { k, seed, nInit: 3 });
        expect(again.centroids).toEqual(fit.centroids);
        expect(again.inertia).toBe(fit.inertia);
        expect([...again.labels]).toEqual(other.order.map((row) => fit.labels[row]));
      }),
    );
  });

  test('has as many clusters as asked for, also where every row is its own', () => {
    fc.assert(
      fc.property(anyMatrix, (matrix) => {
        const k = new Set(rowTexts(matrix)).size;
        const fit = fitKMeans(matrix, { k, seed: 1, nInit: 1 });
        expect(fit.inertia).toBeLessThan(1e-9 * Math.max(...matrix.data.map((value) => value ** 2), 1));
        expect(new Set(fit.labels).size).toBe(k);
      }),
    );
  });

  test('numbers clusters by their centroids', () => {
    const { centroids } = fitKMeans(cloud('numbers', CORNERS, 400), { k: 4, seed: 3 });
    const first = [0, 3, 6, 9].map((at) => centroids.data[at] ?? 0);
    expect(first).toEqual(first.toSorted((a, b) => a - b));
  });

  test('leaves the matrix as it is', () => {
    const matrix = shuffled(cloud('same', CORNERS, 60), 'x').matrix;
    const before = matrix.data.slice();
    fitKMeans(matrix, { k: 3, seed: 1 });
    expect(matrix.data).toEqual(before);
  });

  test('is not called converged when it was stopped', () => {
    const fit = fitKMeans(cloud('one cloud', [[0, 0]], 3_000), { k: 8, seed: 1, nInit: 1, maxIterations: 2 });
    expect(fit.isConverged).toBe(false);
    expect(assign(cloud('one cloud', [[0, 0]], 3_000), fit.centroids)).toEqual(fit.labels);
  });

  test('more starts are never worse', () => {
    const matrix = cloud('many', [[0, 0], [3, 0], [0, 3], [3, 3], [6, 6], [9, 9]], 600, 1); // prettier-ignore
    const inertia = (nInit: number): number => fitKMeans(matrix, { k: 6, seed: 's', nInit, tolerance: 0 }).inertia;
    expect(inertia(10)).toBeLessThanOrEqual(inertia(1));
  });
});

describe('refused', () => {
  const three = matrixOf([
    [1, 2],
    [3, 4],
    [5, 6],
  ]);
  const equal = matrixOf(Array.from({ length: 20 }, () => [1, 1, 1]));
  const cases: [string, Matrix, Partial<KMeansOptions>, string, RegExp][] = [
    ['no rows', matrixOf([]), {}, 'EMPTY', /0 rows/],
    ['three rows, k = 12', three, { k: 12 }, 'TOO_FEW_ROWS', /12 clusters of 3 rows/],
    ['one row, k = 2', matrixOf([[1, 2]]), {}, 'TOO_FEW_ROWS', /only 1 differ/],
    ['all rows equal', equal, { k: 2 }, 'TOO_FEW_ROWS', /20 rows, of which only 1 differ/],
    ['rows that differ by less than can be squared', matrixOf([[0], [1e-170]]), {}, 'TOO_FEW_ROWS', /too close/],
    ['NaN', matrixOf([[1, 2], [3, Number.NaN]]), {}, 'NOT_FINITE', /row 1, column 1 is NaN/], // prettier-ignore
    ['an infinity', matrixOf([[1], [-Infinity]]), {}, 'NOT_FINITE', /row 1, column 0 is -Infinity/],
    ['a number without a square', matrixOf([[1], [1e200]]), {}, 'NOT_FINITE', /1e\+200/],
    ['data of another length', { data: new Float64Array(5), rows: 2, columns: 2 }, {}, 'BAD_SHAPE', /5 values/],
    ['k = 0', three, { k: 0 }, 'BAD_OPTION', /k is 0/],
    ['k = 1.5', three, { k: 1.5 }, 'BAD_OPTION', /k is 1.5/],
    ['no start', three, { nInit: 0 }, 'BAD_OPTION', /nInit is 0/],
    ['no iteration', three, { maxIterations: 0 }, 'BAD_OPTION', /maxIterations/],
    ['a negative tolerance', three, { tolerance: -1 }, 'BAD_OPTION', /tolerance -1/],
    ['an engine nobody knows', three, { engine: 'spark' as 'ebb' }, 'BAD_OPTION', /"spark"; one of ebb, ml-kmeans/],
  ];

  test.each(cases)('%s', (...[, matrix, options, code, message]) => {
    const fit = () => fitKMeans(matrix, { k: 2, seed: 1, ...options });
    expect(fit).toThrow(withCode(code));
    expect(fit).toThrow(message);
  });

  test('rows of different length, and centroids of other columns', () => {
    expect(() => matrixOf([[1, 2], [3]])).toThrow(withCode('BAD_SHAPE'));
    expect(() => assign(three, matrixOf([[1]]))).toThrow(withCode('BAD_SHAPE'));
  });
});
