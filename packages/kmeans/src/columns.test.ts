import { isEbbError } from '@ebb/core';
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { iqrFences, iqrOutliers } from './iqr-outliers.ts';
import { matrixOf } from './matrix.ts';
import { fitPca, projectPca, restorePca } from './pca.ts';
import { median, quantile7 } from './quantiles.ts';
import { fitRobustScaler, fitStandardScaler, scale, unscale } from './scalers.ts';
import { symmetricEigen } from './symmetric-eigen.ts';
import { cloud, shuffled } from './testing/matrices.ts';

const withCode = (code: string) => expect.toSatisfy((error) => isEbbError(error, code));

describe('quantiles', () => {
  // R: quantile(c(1, 3, 4, 8, 15), c(0, .1, .25, .5, .75, .9, 1)), whose default is type 7.
  test.each([
    [0, 1],
    [0.1, 1.8],
    [0.25, 3],
    [0.5, 4],
    [0.75, 8],
    [0.9, 12.2],
    [1, 15],
  ])('%d of five values', (p, expected) => {
    expect(quantile7([8, 1, 15, 4, 3], p)).toBeCloseTo(expected, 12);
  });

  test('of four values stand between them', () => {
    expect([0.25, 0.5, 0.75].map((p) => quantile7([1, 2, 3, 4], p))).toEqual([1.75, 2.5, 3.25]);
    expect(median([7])).toBe(7);
  });

  test('lie within the values and ascend', () => {
    const values = fc.array(fc.double({ min: -1e9, max: 1e9, noNaN: true }), { minLength: 1 });
    const share = fc.double({ min: 0, max: 1, noNaN: true });
    fc.assert(
      fc.property(values, share, share, (values, p, q) => {
        const [low, high] = [quantile7(values, Math.min(p, q)), quantile7(values, Math.max(p, q))];
        expect(low).toBeGreaterThanOrEqual(Math.min(...values));
        expect(high).toBeLessThanOrEqual(Math.max(...values));
        expect(low).toBeLessThanOrEqual(high + 1e-6);
      }),
    );
  });

  test('of nothing, of NaN and beyond 1 are refused', () => {
    expect(() => quantile7([], 0.5)).toThrow(withCode('EMPTY'));
    expect(() => quantile7([1, Number.NaN], 0.5)).toThrow(withCode('NOT_FINITE'));
    expect(() => quantile7([1], 1.5)).toThrow(withCode('BAD_OPTION'));
  });
});

describe('outliers', () => {
  test('are beyond one and a half interquartile ranges; on the fence is inside', () => {
    expect(iqrFences([1, 2, 3, 4, 5])).toEqual({ q1: 2, q3: 4, low: -1, high: 7 });
    expect([...iqrOutliers([1, 2, 3, 4, 100])]).toEqual([0, 0, 0, 0, 1]);
    // Quartiles 2 and 4 with or without a value at 7, the upper fence.
    expect([...iqrOutliers([1, 2, 2, 3, 3, 4, 4, 7, 3])]).toEqual([0, 0, 0, 0, 0, 0, 0, 0, 0]);
    expect([...iqrOutliers([1, 2, 2, 3, 3, 4, 4, 7.01, 3])]).toEqual([0, 0, 0, 0, 0, 0, 0, 1, 0]);
  });

  test('of equal values are none; of a bad factor refused', () => {
    expect([...iqrOutliers([5, 5, 5])]).toEqual([0, 0, 0]);
    expect(() => iqrFences([1, 2], Number.NaN)).toThrow(withCode('BAD_OPTION'));
  });
});

describe('scalers', () => {
  const matrix = cloud('scale', [[5, -3, 1_000]], 500, 7);
  const column = (data: Float64Array, at: number): Float64Array => data.filter((_, index) => index % 3 === at);

  test('z-scores have mean 0 and variance 1', () => {
    const { data } = scale(matrix, fitStandardScaler(matrix));
    for (const at of [0, 1, 2]) {
      const values = column(data, at);
      expect(values.reduce((sum, value) => sum + value, 0) / 500).toBeCloseTo(0, 12);
      expect(values.reduce((sum, value) => sum + value ** 2, 0) / 500).toBeCloseTo(1, 12);
    }
  });

  test('robust scores have median 0 and interquartile range 1, whatever the outliers', () => {
    const { data } = scale(matrix, fitRobustScaler(matrix));
    for (const at of [0, 1, 2]) {
      const values = column(data, at);
      expect(median(values)).toBeCloseTo(0, 12);
      expect(quantile7(values, 0.75) - quantile7(values, 0.25)).toBeCloseTo(1, 12);
    }
    const plain = matrixOf([[1], [2], [3], [4], [5]]);
    const wild = matrixOf([[1], [2], [3], [4], [5e9]]);
    expect(fitRobustScaler(wild)).toEqual(fitRobustScaler(plain));
  });

  test.each([
    ['z-scores', fitStandardScaler],
    ['robust scores', fitRobustScaler],
  ])('%s are undone, stored as JSON, and blind to the order of rows', (_name, fit) => {
    const scaler = fit(matrix);
    expect(JSON.parse(JSON.stringify(scaler))).toEqual(scaler);
    const back = unscale(scale(matrix, scaler), scaler);
    for (const [at, value] of back.data.entries()) expect(value).toBeCloseTo(matrix.data[at] ?? 0, 9);
    expect(fit(shuffled(matrix, 'other').matrix)).toEqual(scaler);
  });

  test('a column without spread is refused by its number', () => {
    // Their mean is not 0.1 to the last bit, so that a deviation would be left.
    const constant = matrixOf([0, 1, 2, 3, 4, 5, 6].map((value) => [value, 0.1]));
    for (const fit of [fitStandardScaler, fitRobustScaler]) {
      expect(() => fit(constant)).toThrow(withCode('NO_SPREAD'));
      expect(() => fit(constant)).toThrow(/column 1: .* 0\.1/);
    }
    expect(() => fitRobustScaler(matrixOf([[1], [2], [2], [2], [9]]))).toThrow(/middle half of values is 2/);
    expect(() => fitStandardScaler(matrixOf([[1], [Number.NaN]]))).toThrow(withCode('NOT_FINITE'));
    expect(() => scale(matrixOf([[1]]), fitStandardScaler(matrix))).toThrow(withCode('BAD_SHAPE'));
  });
});

describe('principal components', () => {
  test('eigenvectors reproduce the matrix, are of length 1 and at right angles', () => {
    const size = fc.integer({ min: 1, max: 6 });
    const symmetric = size.chain((n) =>
      fc
        .array(fc.array(fc.double({ min: -100, max: 100, noNaN: true }), { minLength: n, maxLength: n }), {
          minLength: n,
          maxLength: n,
        })
        .map((rows) => rows.map((row, i) => row.map((value, j) => (i <= j ? value : (rows[j]?.[i] ?? 0))))),
    );
    fc.assert(
      fc.property(symmetric, (matrix) => {
        const { values, vectors } = symmetricEigen(matrix);
        expect(values).toEqual(values.toSorted((a, b) => b - a));
        for (const [i, row] of matrix.entries())
          for (const [j, value] of row.entries()) {
            const made = values.reduce(
              (sum, root, at) => sum + root * (vectors[at]?.[i] ?? 0) * (vectors[at]?.[j] ?? 0),
              0,
            );
            expect(made).toBeCloseTo(value, 9);
            const product = (vectors[i] ?? []).reduce((sum, one, at) => sum + one * (vectors[j]?.[at] ?? 0), 0);
            expect(product).toBeCloseTo(i === j ? 1 : 0, 10);
          }
      }),
    );
  });

  test('of a line in the plane: one component holds all', () => {
    const pca = fitPca(matrixOf([[0, 0], [3, 4], [6, 8], [-3, -4]]), { components: 2 }); // prettier-ignore
    expect(pca.components[0]?.map((value) => Math.round(value * 1e9) / 1e9)).toEqual([0.6, 0.8]);
    // Along the line −5, 0, 5, 10: variance 125 / 3.
    expect(pca.explainedVariance[0]).toBeCloseTo(125 / 3, 10);
    expect(pca.explainedVarianceRatio[0]).toBeCloseTo(1, 12);
    expect(pca.explainedVariance[1]).toBeCloseTo(0, 10);
  });

  test('scores have the variance stated, no correlation, and do not depend on the order of rows', () => {
    const narrow = cloud('pca', [[0, 0, 0], [4, 8, 1]], 400); // prettier-ignore
    const pca = fitPca(narrow, { components: 3 });
    const scores = projectPca(narrow, pca);
    for (const i of [0, 1, 2])
      for (const j of [0, 1, 2]) {
        let sum = 0;
        for (let row = 0; row < 400; row += 1) sum += (scores.data[row * 3 + i] ?? 0) * (scores.data[row * 3 + j] ?? 0);
        expect(sum / 399).toBeCloseTo(i === j ? (pca.explainedVariance[i] ?? 0) : 0, 9);
      }
    expect(fitPca(shuffled(narrow, 'p').matrix, { components: 3 })).toEqual(pca);
    expect(projectPca(narrow, fitPca(narrow, { components: 1 })).columns).toBe(1);
  });

  test('restored rows are the rows where all components are kept, and the nearest of their plane where not', () => {
    const narrow = cloud('restored', [[0, 0, 0], [4, 8, 1]], 50); // prettier-ignore
    const all = fitPca(narrow, { components: 3 });
    const again = restorePca(projectPca(narrow, all), all);
    for (const [at, value] of narrow.data.entries()) expect(again.data[at]).toBeCloseTo(value, 9);
    const plane = fitPca(narrow, { components: 2 });
    const scores = projectPca(narrow, plane);
    const twice = projectPca(restorePca(scores, plane), plane);
    for (const [at, value] of scores.data.entries()) expect(twice.data[at]).toBeCloseTo(value, 9);
    expect(() => restorePca(narrow, plane)).toThrow(withCode('BAD_SHAPE'));
  });

  test.each([
    ['more components than columns', [[1], [2]], 2, 'BAD_OPTION'],
    ['no component', [[1], [2]], 0, 'BAD_OPTION'],
    ['one row', [[1]], 1, 'TOO_FEW_ROWS'],
    ['equal rows', [[2], [2]], 1, 'NO_SPREAD'],
  ])('refused: %s', (_name, rows, components, code) => {
    expect(() => fitPca(matrixOf(rows), { components })).toThrow(withCode(code));
  });
});
