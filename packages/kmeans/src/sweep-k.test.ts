import { isEbbError } from '@ebb/core';
import { describe, expect, test } from 'vitest';
import { elbowDistances } from './elbow.ts';
import { fitKMeans } from './fit-kmeans.ts';
import { matrixOf, selectRows } from './matrix.ts';
import { silhouette } from './silhouette.ts';
import { sweepK } from './sweep-k.ts';
import { cloud, shuffled } from './testing/matrices.ts';

const withCode = (code: string) => expect.toSatisfy((error) => isEbbError(error, code));
const FIVE = [
  [0, 0],
  [20, 0],
  [0, 20],
  [20, 20],
  [10, 10],
];
const KS = [2, 3, 4, 5, 6, 7, 8];

describe('elbow distances', () => {
  test('are those from the line between the ends, in a unit square', () => {
    // Line from (2, 100) to (4, 0); k = 3 lies at (0.5, 0.2): 0.3 below, at right angles over √2.
    const [first, elbow, last] = elbowDistances([2, 3, 4], [100, 20, 0]);
    expect([first, last]).toEqual([0, 0]);
    expect(elbow).toBeCloseTo(0.3 / Math.SQRT2, 14);
  });

  test('belong to their own k, not to a neighbour', () => {
    const ks = [2, 3, 4, 5, 6, 7];
    const distances = elbowDistances(ks, [100, 60, 20, 15, 10, 5]);
    expect(ks[distances.indexOf(Math.max(...distances))]).toBe(4);
  });

  test('take the steps between values of k as they are', () => {
    const distances = elbowDistances([2, 3, 10], [100, 50, 0]);
    expect(distances[1]).toBeCloseTo((1 - 1 / 8 - 0.5) / Math.SQRT2, 14);
  });

  test('are 0 on or above the line, and where there is none', () => {
    expect(elbowDistances([2, 3, 4], [100, 90, 0])).toEqual([0, 0, 0]);
    expect(elbowDistances([2], [5])).toEqual([0]);
    expect(elbowDistances([2, 3], [0, 0])).toEqual([0, 0]);
    expect(elbowDistances([], [])).toEqual([]);
  });

  test('refuse what does not fit', () => {
    expect(() => elbowDistances([2, 3], [1])).toThrow(withCode('BAD_SHAPE'));
    expect(() => elbowDistances([3, 2], [2, 1])).toThrow(withCode('BAD_OPTION'));
    expect(() => elbowDistances([2, 3], [2, Number.NaN])).toThrow(withCode('NOT_FINITE'));
  });
});

describe('a sweep', () => {
  const matrix = cloud('five', FIVE, 500, 1);

  test('finds the number of clusters that are plain to see', () => {
    const sweep = sweepK(matrix, { ks: KS, seed: 1 });
    expect(sweep.best).toBe(5);
    expect(sweep.table.map(({ k }) => k)).toEqual(KS);
    expect(sweep.sampled).toBeNull();
  });

  test('its score is 0.6 of the silhouette and 0.4 of the elbow, each of its maximum', () => {
    const { table, fits } = sweepK(matrix, { ks: KS, seed: 1 });
    const highest = Math.max(...table.map(({ silhouette }) => silhouette));
    const elbows = elbowDistances(KS, table.map(({ inertia }) => inertia)); // prettier-ignore
    const farthest = Math.max(...elbows);
    for (const [at, row] of table.entries()) {
      expect(row.silhouette).toBeCloseTo(silhouette(matrix, fits[at]?.labels ?? []), 12);
      expect(row.elbow).toBe(elbows[at]);
      expect(row.score).toBeCloseTo((0.6 * row.silhouette) / highest + (0.4 * row.elbow) / farthest, 12);
    }
  });

  test('its fits are those that one k alone gives', () => {
    const { fits } = sweepK(matrix, { ks: [3, 5], seed: 9 });
    expect(fits).toEqual([3, 5].map((k) => fitKMeans(matrix, { k, seed: 9 })));
  });

  test('does not depend on the order of rows, sampled or not', () => {
    const other = shuffled(matrix, 'other');
    for (const fitRows of [1_000, 100]) {
      const options = { ks: KS, seed: 2, fitRows, silhouetteRows: 80, silhouetteSample: 40 };
      const one = sweepK(matrix, options);
      const two = sweepK(other.matrix, options);
      expect(two.table).toEqual(one.table);
      expect(two.sampled === null).toBe(fitRows === 1_000);
      const texts = (rows: typeof matrix): string => String(rows.data);
      expect(texts(selectRows(other.matrix, two.sampled ?? []))).toBe(texts(selectRows(matrix, one.sampled ?? [])));
    }
  });

  test('of many rows chooses k on a sample and says how sure the silhouette is', () => {
    const { table, best, fits, sampled } = sweepK(matrix, {
      ks: KS,
      seed: 3,
      fitRows: 300,
      silhouetteRows: 200,
      silhouetteSample: 100,
    });
    expect(best).toBe(5);
    expect(new Set(sampled).size).toBe(300);
    expect(fits.every(({ labels }) => labels.length === 300)).toBe(true);
    const exact = silhouette(selectRows(matrix, sampled ?? []), fits[3]?.labels ?? []);
    const { silhouette: estimate, silhouetteStandardError } = table[3] ?? {};
    expect(silhouetteStandardError).toBeGreaterThan(0);
    expect(Math.abs((estimate ?? 0) - exact)).toBeLessThan(4 * (silhouetteStandardError ?? 0));
  });

  test('of a single k scores its silhouette alone', () => {
    expect(sweepK(matrix, { ks: [5], seed: 1 }).table[0]?.score).toBeCloseTo(0.6, 12);
  });

  test.each([
    ['no k', [], 'BAD_OPTION'],
    ['one cluster, which has no silhouette', [1, 2], 'BAD_OPTION'],
    ['values of k that do not ascend', [3, 2], 'BAD_OPTION'],
    ['more clusters than rows', [2, 12], 'TOO_FEW_ROWS'],
  ])('refuses %s', (_name, ks, code) => {
    const three = matrixOf([[1], [2], [4]]);
    expect(() => sweepK(three, { ks, seed: 1 })).toThrow(withCode(code));
  });
});
