import { SeededRandom } from '@ebb/core';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { SparseBuilder, type SparseRows } from '../features/sparse-rows.ts';
import { solveCholesky } from './cholesky.ts';
import { stratifiedFolds } from './folds.ts';
import { logistic, logOddsLoss } from './logistic-function.ts';
import { fitPlatt } from './platt.ts';
import { fitRidgeLogistic } from './ridge-logistic.ts';

function designOf(rows: number[][]): SparseRows {
  const builder = new SparseBuilder((rows[0]?.length ?? 0) + 1);
  for (const row of rows) {
    for (const [column, value] of [1, ...row].entries()) builder.add(column, value);
    builder.endRow();
  }
  return builder.build();
}

const everyRow = (rows: number): Uint32Array => Uint32Array.from({ length: rows }, (_, row) => row);

describe('fitRidgeLogistic', () => {
  it("finds Finney's vasoconstriction estimates (Pregibon 1981, table 1) without a penalty", () => {
    // Volume and rate of air breathed in, and whether the skin's vessels narrowed.
    const volume = [
      3.7, 3.5, 1.25, 0.75, 0.8, 0.7, 0.6, 1.1, 0.9, 0.9, 0.8, 0.55, 0.6, 1.4, 0.75, 2.3, 3.2, 0.85, 1.7, 1.8, 0.4,
      0.95, 1.35, 1.5, 1.6, 0.6, 1.8, 0.95, 1.9, 1.6, 2.7, 2.35, 1.1, 1.1, 1.2, 0.8, 0.95, 0.75, 1.3,
    ];
    const rate = [
      0.825, 1.09, 2.5, 1.5, 3.2, 3.5, 0.75, 1.7, 0.75, 0.45, 0.57, 2.75, 3.0, 2.33, 3.75, 1.64, 1.6, 1.415, 1.06, 1.8,
      2.0, 1.36, 1.35, 1.36, 1.78, 1.5, 1.5, 1.9, 0.95, 0.4, 0.75, 0.03, 1.83, 2.2, 2.0, 3.33, 1.9, 1.9, 1.625,
    ];
    const labels = Uint8Array.from('111111000000011111010000101010100111001'.split('').map(Number));
    const design = designOf(volume.map((value, row) => [Math.log(value), Math.log(rate[row] ?? 1)]));
    const fit = fitRidgeLogistic({ design, labels, rows: everyRow(39) }, 0);
    expect(fit.isConverged).toBe(true);
    for (const [column, estimate] of [-2.875, 5.179, 4.562].entries()) {
      expect(fit.weights[column]).toBeCloseTo(estimate, 2);
    }
  });

  it('has a gradient of zero at its end, with the penalty on all but the constant', () => {
    const random = new SeededRandom('ridge');
    const rows = Array.from({ length: 200 }, () => [random.normal(), random.normal(), random.bool(0.3) ? 1 : 0]);
    const labels = Uint8Array.from(rows, ([x = 0]) => (random.bool(logistic(x - 1)) ? 1 : 0));
    const penalty = 3;
    const { weights } = fitRidgeLogistic({ design: designOf(rows), labels, rows: everyRow(200) }, penalty);
    const gradient = [...weights].map((weight, column) => (column === 0 ? 0 : penalty * weight));
    for (const [row, values] of rows.entries()) {
      const x = [1, ...values];
      const logOdds = x.reduce((sum, value, column) => sum + value * (weights[column] ?? 0), 0);
      for (const [column, value] of x.entries()) {
        gradient[column] = (gradient[column] ?? 0) + (logistic(logOdds) - (labels[row] ?? 0)) * value;
      }
    }
    for (const value of gradient) expect(Math.abs(value)).toBeLessThan(1e-2);
  });

  it('stays finite where a column divides the classes', () => {
    const design = designOf([[-2], [-1], [1], [2]]);
    const fit = fitRidgeLogistic({ design, labels: Uint8Array.from([0, 0, 1, 1]), rows: everyRow(4) }, 0.1);
    expect(fit.isConverged).toBe(true);
    expect(fit.weights[1]).toBeGreaterThan(1);
    expect(fit.weights[1]).toBeLessThan(10);
  });
});

it('solveCholesky solves, and says when it cannot', () => {
  const b = Float64Array.from([10, 13]);
  expect(solveCholesky(Float64Array.from([4, 0, 2, 3]), b)).toBe(true);
  expect([...b].map((value) => value.toFixed(9))).toEqual(['0.500000000', '4.000000000']);
  expect(solveCholesky(Float64Array.from([1, 0, 2, 1]), Float64Array.from([1, 1]))).toBe(false);
});

it('logistic and its loss neither overflow nor lose the tails', () => {
  fc.assert(
    fc.property(fc.double({ min: -700, max: 700, noNaN: true }), (x) => {
      expect(logistic(x) + logistic(-x)).toBeCloseTo(1, 12);
      expect(logOddsLoss(x, 1) - logOddsLoss(x, 0)).toBeCloseTo(-x, 9);
    }),
  );
  expect(logistic(-745)).toBeGreaterThan(0);
  expect(logOddsLoss(1e6, 0)).toBe(1e6);
});

describe('fitPlatt', () => {
  it('undoes a slope and an offset', () => {
    const random = new SeededRandom('platt');
    const truth = Float64Array.from({ length: 20_000 }, () => 1.5 * random.normal() - 1);
    const labels = Uint8Array.from(truth, (value) => (random.bool(logistic(value)) ? 1 : 0));
    const { slope, offset } = fitPlatt(
      truth.map((value) => (value - 0.7) / 0.5),
      labels,
    );
    expect(slope).toBeCloseTo(0.5, 1);
    expect(offset).toBeCloseTo(0.7, 1);
  });

  it('promises as many as came', () => {
    const random = new SeededRandom('platt sums');
    const scores = Float64Array.from({ length: 500 }, () => random.normal());
    const labels = Uint8Array.from(scores, (value) => (random.bool(logistic(2 * value)) ? 1 : 0));
    const { slope, offset } = fitPlatt(scores, labels);
    const promised = scores.reduce((sum, score) => sum + logistic(slope * score + offset), 0);
    const positives = labels.reduce((sum, label) => sum + label, 0);
    // The smoothed targets add up to this.
    const negatives = labels.length - positives;
    const targets = (positives * (positives + 1)) / (positives + 2) + negatives / (negatives + 2);
    expect(promised).toBeCloseTo(targets, 4);
  });

  it('never turns a ranking round', () => {
    const labels = Uint8Array.from([1, 1, 0, 0, 0, 1]);
    expect(fitPlatt(Float64Array.from([-3, -2, 2, 3, 1, -1]), labels).slope).toBe(0);
  });
});

describe('stratifiedFolds', () => {
  const labelsOf = fc
    .array(fc.nat({ max: 1 }), { minLength: 10, maxLength: 60 })
    .filter(
      (labels) =>
        labels.filter((label) => label === 1).length >= 5 && labels.filter((label) => label === 0).length >= 5,
    )
    .map((labels) => Uint8Array.from(labels));

  it('holds every row out once, each class in equal parts', () => {
    fc.assert(
      fc.property(labelsOf, fc.integer({ min: 2, max: 5 }), fc.string(), (labels, count, seed) => {
        const folds = stratifiedFolds(labels, count, new SeededRandom(seed));
        expect(folds.flatMap(({ held }) => [...held]).toSorted((a, b) => a - b)).toEqual([...labels.keys()]);
        for (const label of [0, 1]) {
          const sizes = folds.map(({ held }) => held.filter((row) => labels[row] === label).length);
          expect(Math.max(...sizes) - Math.min(...sizes)).toBeLessThanOrEqual(1);
        }
        for (const { training, held } of folds) expect(training.length + held.length).toBe(labels.length);
      }),
    );
  });

  it.each([
    [[1, 0, 1], 5, 'TOO_FEW_ROWS', '3 rows cannot be put into 5 folds'],
    [[1, 0, 0, 0, 0, 0], 2, 'TOO_FEW_ROWS', '1 of 6 rows are of the rarer class'],
    [[1, 1, 1], 2, 'ONE_CLASS', 'one label'],
    [[1, 0], 1, 'BAD_ARGUMENT', '1 folds'],
    [[], 2, 'EMPTY_TABLE', 'no rows'],
  ])('refuses %j in %d with %s', (labels, count, code, message) => {
    expect(() => stratifiedFolds(Uint8Array.from(labels), count, new SeededRandom(1))).toThrow(
      expect.objectContaining({ code, message: expect.stringContaining(message) }),
    );
  });
});
