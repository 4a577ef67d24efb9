import { SeededRandom } from '@ebb/core';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { calibrationCurve, expectedCalibrationError } from './calibration.ts';
import { brierScore, logLoss } from './losses.ts';
import { liftTable, prAuc, rocAuc } from './ranking.ts';
import type { ScoredRows } from './scored-rows.ts';

const rows = (scores: number[], labels: number[]): ScoredRows => ({
  scores: Float64Array.from(scores),
  labels: Uint8Array.from(labels),
});

const bothClasses = (probability: fc.Arbitrary<number>) =>
  fc
    .array(fc.tuple(probability, fc.nat({ max: 1 })), { minLength: 2, maxLength: 40 })
    .filter((pairs) => new Set(pairs.map(([, label]) => label)).size === 2)
    .map((pairs) =>
      rows(
        pairs.map(([score]) => score),
        pairs.map(([, label]) => label),
      ),
    );
// Few values, so that ties are common.
const scored = bothClasses(fc.nat({ max: 8 }).map((tenth) => tenth / 8));

describe('rocAuc', () => {
  it('is the example of the textbooks', () => {
    expect(rocAuc(rows([0.1, 0.4, 0.35, 0.8], [0, 0, 1, 1]))).toBe(0.75);
  });

  it('is the share of won pairs, a tie being half a win', () => {
    fc.assert(
      fc.property(scored, ({ scores, labels }) => {
        let won = 0;
        let pairs = 0;
        for (const [i, a] of scores.entries()) {
          for (const [j, b] of scores.entries()) {
            if (labels[i] !== 1 || labels[j] !== 0) continue;
            pairs += 1;
            won += a > b ? 1 : a === b ? 0.5 : 0;
          }
        }
        expect(rocAuc({ scores, labels })).toBeCloseTo(won / pairs, 12);
      }),
    );
  });

  it('knows only the order: a rising map keeps it, a falling one and swapped classes mirror it', () => {
    fc.assert(
      fc.property(scored, ({ scores, labels }) => {
        const auc = rocAuc({ scores, labels });
        expect(rocAuc({ scores: scores.map((score) => Math.exp(3 * score) - 7), labels })).toBeCloseTo(auc, 12);
        expect(rocAuc({ scores: scores.map((score) => -score), labels })).toBeCloseTo(1 - auc, 12);
        expect(rocAuc({ scores, labels: labels.map((label) => 1 - label) })).toBeCloseTo(1 - auc, 12);
        expect(rocAuc({ scores: scores.toReversed(), labels: labels.toReversed() })).toBeCloseTo(auc, 12);
      }),
    );
  });

  it('is a half when all scores are equal', () => {
    expect(rocAuc(rows([3, 3, 3], [1, 0, 0]))).toBe(0.5);
  });

  it('refuses one class, no rows, unequal lengths and NaN', () => {
    expect(() => rocAuc(rows([1, 2], [1, 1]))).toThrow(expect.objectContaining({ code: 'ONE_CLASS' }));
    expect(() => rocAuc(rows([], []))).toThrow(expect.objectContaining({ code: 'EMPTY_TABLE' }));
    expect(() => rocAuc(rows([1], [1, 0]))).toThrow('1 scores and 2 labels');
    expect(() => rocAuc(rows([1, Number.NaN], [1, 0]))).toThrow('score 1 is NaN');
  });
});

describe('prAuc', () => {
  it('is average precision: 1/2 · 1 + 1/2 · 2/3 in the example', () => {
    expect(prAuc(rows([0.1, 0.4, 0.35, 0.8], [0, 0, 1, 1]))).toBeCloseTo(0.5 + 1 / 3, 12);
  });

  it('is the share of churners where the scores say nothing, and 1 where they say all', () => {
    expect(prAuc(rows([1, 1, 1, 1], [1, 0, 0, 0]))).toBe(0.25);
    expect(prAuc(rows([2, 1, 1, 1], [1, 0, 0, 0]))).toBe(1);
  });
});

describe('liftTable', () => {
  it('counts churners among the highest scores', () => {
    const ten = rows([9, 8, 7, 6, 5, 4, 3, 2, 1, 0], [1, 1, 0, 1, 0, 0, 0, 0, 0, 0]);
    expect(liftTable(ten, [0.2, 1])).toEqual([
      { share: 0.2, rows: 2, captured: 2 / 3, lift: 2 / 3 / 0.2 },
      { share: 1, rows: 10, captured: 1, lift: 1 },
    ]);
  });

  it('is 1 everywhere for tied scores, whatever their order', () => {
    for (const { lift } of liftTable(rows([1, 1, 1, 1], [1, 1, 0, 0]))) expect(lift).toBeCloseTo(1, 12);
  });

  it('captures more with every share, and everybody in the end', () => {
    fc.assert(
      fc.property(scored, (some) => {
        const captured = liftTable(some).map((row) => row.captured);
        expect(captured.every((value, index) => index === 0 || value >= (captured[index - 1] ?? 0) - 1e-12)).toBe(true);
        expect(captured.at(-1)).toBeCloseTo(1, 12);
      }),
    );
  });
});

describe('losses', () => {
  it('are those of the definitions', () => {
    const some = rows([0.9, 0.2, 0.6], [1, 0, 0]);
    expect(logLoss(some)).toBeCloseTo(-(Math.log(0.9) + Math.log(0.8) + Math.log(0.4)) / 3, 12);
    expect(brierScore(some)).toBeCloseTo((0.01 + 0.04 + 0.36) / 3, 12);
  });

  it('stay finite for certainty that was wrong', () => {
    expect(logLoss(rows([1, 0], [0, 1]))).toBeCloseTo(-Math.log(1e-15), 1);
    expect(() => brierScore(rows([1.2, 0], [0, 1]))).toThrow('score 1.2 of row 0 is no probability');
  });
});

describe('calibration', () => {
  const probabilities = bothClasses(fc.double({ min: 0, max: 1, noNaN: true }));

  it('bins hold every row once, and their sums are those of the table', () => {
    fc.assert(
      fc.property(probabilities, fc.constantFrom('width' as const, 'count' as const), (some, by) => {
        const bins = calibrationCurve(some, { by });
        const sum = (of: (bin: (typeof bins)[number]) => number): number =>
          bins.reduce((all, bin) => all + bin.rows * of(bin), 0);
        expect(sum(() => 1)).toBe(some.labels.length);
        expect(sum((bin) => bin.observed)).toBeCloseTo(
          some.labels.reduce((a, b) => a + b),
          9,
        );
        expect(sum((bin) => bin.predicted)).toBeCloseTo(
          some.scores.reduce((a, b) => a + b, 0),
          9,
        );
      }),
    );
  });

  it('its error is never below the gap of the means', () => {
    fc.assert(
      fc.property(probabilities, (some) => {
        const n = some.labels.length;
        const gap = (some.scores.reduce((a, b) => a + b, 0) - some.labels.reduce((a, b) => a + b, 0)) / n;
        const ece = expectedCalibrationError(some);
        expect(ece).toBeGreaterThanOrEqual(Math.abs(gap) - 1e-12);
        expect(ece).toBeLessThanOrEqual(1);
      }),
    );
  });

  it('is small for outcomes drawn from the probabilities and large for doubled odds', () => {
    const random = new SeededRandom('calibration');
    const truth = Array.from({ length: 20_000 }, () => random.float());
    const labels = truth.map((p) => (random.bool(p) ? 1 : 0));
    expect(expectedCalibrationError(rows(truth, labels))).toBeLessThan(0.012);
    const overconfident = truth.map((p) => p ** 3 / (p ** 3 + (1 - p) ** 3));
    expect(expectedCalibrationError(rows(overconfident, labels))).toBeGreaterThan(0.08);
  });
});
