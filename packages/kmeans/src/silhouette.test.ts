import { isEbbError } from '@ebb/core';
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { daviesBouldin } from './davies-bouldin.ts';
import { type Matrix, matrixOf } from './matrix.ts';
import { sampledSilhouette, silhouette, silhouetteValues } from './silhouette.ts';
import { anyMatrix, cloud, shuffled } from './testing/matrices.ts';

const withCode = (code: string) => expect.toSatisfy((error) => isEbbError(error, code));

/** As Rousseeuw wrote it down, row by row. */
function bySentence({ data, rows, columns }: Matrix, labels: readonly number[]): number[] {
  const distance = (a: number, b: number): number =>
    Math.hypot(
      ...Array.from({ length: columns }, (_, at) => (data[a * columns + at] ?? 0) - (data[b * columns + at] ?? 0)),
    );
  const mean = (row: number, cluster: number): number => {
    const others = labels.flatMap((label, other) => (label === cluster && other !== row ? [distance(row, other)] : []));
    return others.reduce((sum, one) => sum + one, 0) / others.length;
  };
  return Array.from({ length: rows }, (_, row) => {
    const own = labels[row] ?? 0;
    if (labels.filter((label) => label === own).length === 1) return 0;
    const a = mean(row, own);
    const b = Math.min(
      ...[...new Set(labels)].filter((cluster) => cluster !== own).map((cluster) => mean(row, cluster)),
    );
    return Math.max(a, b) === 0 ? 0 : (b - a) / Math.max(a, b);
  });
}

const labelled = anyMatrix
  .filter(({ rows }) => rows >= 3)
  .chain((matrix) =>
    fc
      .array(fc.integer({ min: 0, max: 2 }), { minLength: matrix.rows, maxLength: matrix.rows })
      .filter((labels) => new Set(labels).size > 1)
      .map((labels) => ({ matrix, labels })),
  );

describe('the silhouette', () => {
  test('of four rows, by hand', () => {
    const values = silhouetteValues(matrixOf([[0], [1], [10], [12]]), [0, 0, 1, 1]);
    // a = 1, 1, 2, 2; b = 11, 10, 9.5, 11.5.
    expect([...values]).toEqual([10 / 11, 9 / 10, 7.5 / 9.5, 9.5 / 11.5]);
  });

  test('is what its definition says, row by row', () => {
    fc.assert(
      fc.property(labelled, ({ matrix, labels }) => {
        const expected = bySentence(matrix, labels);
        const values = silhouetteValues(matrix, labels);
        for (const [row, value] of expected.entries()) expect(values[row]).toBeCloseTo(value, 9);
        expect(silhouette(matrix, labels)).toBeCloseTo(expected.reduce((sum, one) => sum + one, 0) / matrix.rows, 9);
      }),
    );
  });

  test('does not care how clusters are numbered', () => {
    fc.assert(
      fc.property(labelled, ({ matrix, labels }) => {
        const renamed = labels.map((label) => (label + 1) % 3);
        expect(silhouette(matrix, renamed)).toBeCloseTo(silhouette(matrix, labels), 12);
      }),
    );
  });
});

describe('the sampled silhouette', () => {
  const matrix = cloud('sampled', [[0, 0], [2, 1], [4, 5]], 600, 1); // prettier-ignore
  const labels = Array.from({ length: matrix.rows }, (_, row) => row % 3);
  const exact = silhouette(matrix, labels);

  test('is exact and without error where every row is drawn', () => {
    const all = sampledSilhouette(matrix, labels, { sample: 600, seed: 1 });
    expect(all.mean).toBeCloseTo(exact, 12);
    expect(all.standardError).toBe(0);
  });

  test('its standard error is the error it makes', () => {
    const drawn = Array.from({ length: 200 }, (_, seed) => sampledSilhouette(matrix, labels, { sample: 150, seed }));
    const error = Math.sqrt(drawn.reduce((sum, { mean }) => sum + (mean - exact) ** 2, 0) / drawn.length);
    const stated = drawn.reduce((sum, { standardError }) => sum + standardError, 0) / drawn.length;
    // An error seen 200 times is known to 5 %; four of these.
    expect(Math.abs(error / stated - 1)).toBeLessThan(0.2);
    const bias = drawn.reduce((sum, { mean }) => sum + mean, 0) / drawn.length - exact;
    expect(Math.abs(bias)).toBeLessThan((4 * stated) / Math.sqrt(drawn.length));
  });

  test('repeats for a seed', () => {
    const options = { sample: 50, seed: 'x' };
    expect(sampledSilhouette(matrix, labels, options)).toEqual(sampledSilhouette(matrix, labels, options));
    expect(sampledSilhouette(matrix, labels, { ...options, seed: 'y' })).not.toEqual(
      sampledSilhouette(matrix, labels, options),
    );
  });
});

describe('Davies-Bouldin', () => {
  test('of two clusters, by hand', () => {
    // Mean distances to the centroids 0.5 and 1, centroids 0.5 and 11.
    expect(daviesBouldin(matrixOf([[0], [1], [10], [12]]), [0, 0, 1, 1])).toBeCloseTo(1.5 / 10.5, 14);
  });

  test('of three clusters takes the worst neighbour of each', () => {
    const matrix = matrixOf([[0], [2], [10], [12], [13], [15]]);
    // Scatter 1 each; centroids 1, 11, 14: worst 2/10, 2/3, 2/3.
    expect(daviesBouldin(matrix, [0, 0, 1, 1, 2, 2])).toBeCloseTo((0.2 + 2 / 3 + 2 / 3) / 3, 14);
  });

  test('does not care about order or numbers', () => {
    const matrix = cloud('db', [[0, 0], [5, 5], [9, 0]], 60); // prettier-ignore
    const labels = Array.from({ length: 60 }, (_, row) => row % 3);
    const other = shuffled(matrix, 'o');
    const renamed = other.order.map((row) => ((labels[row] ?? 0) + 2) % 3);
    expect(daviesBouldin(other.matrix, renamed)).toBeCloseTo(daviesBouldin(matrix, labels), 12);
  });

  test('is infinite where two centroids are one', () => {
    expect(daviesBouldin(matrixOf([[-1], [1], [-2], [2]]), [0, 0, 1, 1])).toBe(Infinity);
  });
});

test.each([
  ['one cluster', [0, 0, 0], 'BAD_LABELS'],
  ['a class of outliers', [-1, 0, 1], 'BAD_LABELS'],
  ['half a label', [0, 0.5, 1], 'BAD_LABELS'],
  ['too few labels', [0, 1], 'BAD_SHAPE'],
])('refused: %s', (_name, labels, code) => {
  const matrix = matrixOf([[1], [2], [3]]);
  expect(() => silhouette(matrix, labels)).toThrow(withCode(code));
  expect(() => sampledSilhouette(matrix, labels, { sample: 2, seed: 1 })).toThrow(withCode(code));
  expect(() => daviesBouldin(matrix, labels)).toThrow(withCode(code));
});
