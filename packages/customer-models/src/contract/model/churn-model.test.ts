import { SeededRandom } from '@ebb/core';
import { beforeAll, describe, expect, it } from 'vitest';
import { type FeatureColumn, selectRows } from '../features/feature-columns.ts';
import { type LabelledTable, readLabelledTable } from '../features/labelled-table.ts';
import { rocAuc } from '../metrics/ranking.ts';
import { scoreReport } from '../metrics/report.ts';
import { simulateContracts, type SimulatedTable } from '../simulated/simulated-contracts.ts';
import { type ChurnModel, scoreChurn } from './churn-model.ts';
import { churnContributions, explainChurn } from './contributions.ts';
import { crossValidateChurn } from './cross-validate.ts';
import { featureEffects } from './feature-effects.ts';
import { trainChurnModel } from './train.ts';

const ROWS = 2500;
const HELD = 2500;
const firstRows = Uint32Array.from({ length: ROWS }, (_, row) => row);
const otherRows = Uint32Array.from({ length: HELD }, (_, row) => ROWS + row);

let table: SimulatedTable;
let read: LabelledTable;
let training: FeatureColumn[];
let held: FeatureColumn[];
let model: ChurnModel;
let scores: Float64Array;

beforeAll(() => {
  table = simulateContracts('unit', ROWS + HELD);
  read = readLabelledTable(table, { label: 'churned' });
  training = selectRows(read.features, firstRows);
  held = selectRows(read.features, otherRows);
  model = trainChurnModel(training, table.labels.slice(0, ROWS));
  scores = scoreChurn(model, held);
}, 120_000);

describe('trainChurnModel', { timeout: 120_000 }, () => {
  it('comes near the truth that the labels were drawn from, on customers it has not seen', () => {
    const labels = table.labels.slice(ROWS);
    const truth = rocAuc({ scores: table.probabilities.slice(ROWS), labels });
    const report = scoreReport({ scores, labels });
    expect(truth - report.rocAuc).toBeLessThan(0.025);
    expect(report.ece).toBeLessThan(0.03);
  });

  it('is the same model again, and another with another seed only in its draws', () => {
    const labels = table.labels.slice(0, ROWS);
    expect(trainChurnModel(training, labels)).toEqual(model);
    const other = scoreChurn(trainChurnModel(training, labels, { seed: 'other' }), held);
    const gap = other.reduce((sum, score, row) => sum + Math.abs(score - (scores[row] ?? 0)), 0) / HELD;
    expect(gap).toBeLessThan(0.03);
  });

  it('survives a file, and finds its columns by name in any order', () => {
    const restored = JSON.parse(JSON.stringify(model)) as ChurnModel;
    expect(scoreChurn(restored, held.toReversed())).toEqual(scores);
  });

  it('scores blanks, unseen levels and numbers far outside', () => {
    const strange = held.map((column): FeatureColumn => {
      if (column.kind === 'numeric') return { ...column, values: Float64Array.from([Number.NaN, 1e12, -1e12]) };
      return { ...column, values: [null, 'never seen', 'nor this'] };
    });
    for (const score of scoreChurn(model, strange)) {
      expect(score).toBeGreaterThan(0.001);
      expect(score).toBeLessThan(0.999);
    }
  });

  it('says nothing where there is nothing to learn', () => {
    const random = new SeededRandom('noise');
    const values = Float64Array.from({ length: 1000 }, () => random.normal());
    const labels = Uint8Array.from({ length: 1000 }, () => (random.bool(0.3) ? 1 : 0));
    const noise = trainChurnModel([{ kind: 'numeric', name: 'noise', values }], labels);
    const rate = labels.reduce((sum, label) => sum + label, 0) / 1000;
    for (const score of scoreChurn(noise, [{ kind: 'numeric', name: 'noise', values }])) {
      expect(Math.abs(score - rate)).toBeLessThan(0.15);
    }
  });

  it('finds features that act only together', () => {
    const random = new SeededRandom('together');
    const pairs = Array.from({ length: 2000 }, () => [random.float(), random.float()] as const);
    const labels = Uint8Array.from(pairs, ([x, y]) => (random.bool(x > 0.5 !== y > 0.5 ? 0.8 : 0.2) ? 1 : 0));
    const columns = ['x', 'y'].map((name, index): FeatureColumn => ({
      kind: 'numeric',
      name,
      values: Float64Array.from(pairs, (pair) => pair[index] ?? 0),
    }));
    const { meanAuc } = crossValidateChurn(columns, labels, { folds: 3 });
    expect(meanAuc).toBeGreaterThan(0.75);
  });

  it('refuses labels of another length, and scoring without a feature or with one of another kind', () => {
    expect(() => trainChurnModel(training, new Uint8Array(2))).toThrow(`2 labels for ${ROWS} rows`);
    expect(() => scoreChurn(model, held.slice(1))).toThrow(expect.objectContaining({ code: 'UNKNOWN_COLUMN' }));
    const turned = held.map((column): FeatureColumn => ({ kind: 'categorical', name: column.name, values: ['x'] }));
    expect(() => scoreChurn(model, turned)).toThrow('was numeric in training');
  });
});

describe('explanations', { timeout: 120_000 }, () => {
  it('add up to the score of every customer', () => {
    const { base, values, features, rows } = churnContributions(model, held);
    expect(rows).toBe(HELD);
    for (let row = 0; row < rows; row += 1) {
      const own = values.subarray(row * features.length, (row + 1) * features.length);
      const logOdds = own.reduce((sum, value) => sum + value, base);
      expect(1 / (1 + Math.exp(-logOdds))).toBeCloseTo(scores[row] ?? 0, 9);
    }
  });

  it('name the customer’s own values, largest first', () => {
    const [first] = explainChurn(model, held, 2);
    expect(first?.probability).toBeCloseTo(scores[0] ?? 0, 9);
    for (const reason of first?.raising ?? []) {
      const column = held.find(({ name }) => name === reason.feature);
      expect(reason.value).toBe(column?.values[0]);
      expect(reason.oddsRatio).toBeGreaterThan(1);
    }
    const sizes = first?.raising.map(({ contribution }) => contribution) ?? [];
    expect(sizes.toSorted((a, b) => b - a)).toEqual(sizes);
  });

  it('rank the features, noise at the end, with every row in one part', () => {
    const effects = featureEffects(model, held);
    expect(effects.slice(-3).map(({ feature }) => feature)).toContain('region_code');
    for (const { parts } of effects) expect(parts.reduce((sum, part) => sum + part.rows, 0)).toBe(HELD);
  });
});

describe('crossValidateChurn', { timeout: 120_000 }, () => {
  it('scores every row once, by a fold of its own, and promises as many as came', () => {
    const some = selectRows(read.features, firstRows.slice(0, 1000));
    const labels = table.labels.slice(0, 1000);
    const validation = crossValidateChurn(some, labels, { folds: 4, seed: 'x' });
    expect(validation.folds.map(({ rows }) => rows)).toEqual([250, 250, 250, 250]);
    expect(new Set(validation.foldOfRow)).toEqual(new Set([0, 1, 2, 3]));
    const promised = validation.probabilities.reduce((sum, p) => sum + p, 0);
    expect(Math.abs(promised - labels.reduce((sum, label) => sum + label, 0))).toBeLessThan(40);
    expect(validation.report.ece).toBeLessThan(0.06);
    const mean = validation.folds.reduce((sum, fold) => sum + fold.rocAuc, 0) / 4;
    expect(validation.meanAuc).toBeCloseTo(mean, 12);
  });
});
