import { type EncodedRows, encodeRows, encodingColumns, featureStarts } from '../features/encoder.ts';
import type { FeatureColumn } from '../features/feature-columns.ts';
import type { ChurnModel } from './churn-model.ts';
import { logistic } from './logistic-function.ts';
import { TreeWalker } from './tree.ts';

export interface Contributions {
  /** Names of the features, in the order of the columns below. */
  readonly features: readonly string[];
  /** Log-odds of churn of an average customer. */
  readonly base: number;
  /** Row-major, one column per feature: log-odds that the feature adds to the base. */
  readonly values: Float64Array;
  readonly rows: number;
}

/**
 * What each feature adds to the log-odds of each row. A regression's part is β (x − mean); a tree's is the change of
 * value on each split of the row's way, credited to the split's feature (Palczewska et al. 2013, IRI, section III).
 * Base and contributions of a row add up to the log-odds of its probability.
 */
export function churnContributions(model: ChurnModel, columns: readonly FeatureColumn[]): Contributions {
  const encoded = encodeRows(model.encoder, columns);
  const { features } = model.encoder;
  const rows = encoded.design.rows;
  const values = new Float64Array(rows * features.length);
  const base = addRegression(model, encoded, values) + addTrees(model, encoded, values);
  const { slope, offset } = model.calibration;
  return {
    features: features.map(({ name }) => name),
    base: slope * base + offset,
    values: values.map((value) => slope * value),
    rows,
  };
}

/** Returns the log-odds of the mean row. */
function addRegression({ encoder, weights }: ChurnModel, { design }: EncodedRows, values: Float64Array): number {
  const width = encoder.features.length;
  const featureOf = new Int32Array(weights.length).fill(-1);
  const ofMean = new Float64Array(width);
  for (const [index, start] of featureStarts(encoder.features).entries()) {
    const feature = encoder.features[index];
    const end = start + (feature === undefined ? 0 : encodingColumns(feature));
    featureOf.fill(index, start, end);
    for (let at = start; at < end; at += 1)
      ofMean[index] = (ofMean[index] ?? 0) + (weights[at] ?? 0) * (encoder.means[at] ?? 0);
  }
  for (let row = 0; row < design.rows; row += 1) {
    for (let index = 0; index < width; index += 1) values[row * width + index] = -(ofMean[index] ?? 0);
    const end = design.offsets[row + 1] ?? 0;
    for (let at = design.offsets[row] ?? 0; at < end; at += 1) {
      const column = design.indices[at] ?? 0;
      const feature = featureOf[column] ?? -1;
      if (feature < 0) continue;
      values[row * width + feature] =
        (values[row * width + feature] ?? 0) + (weights[column] ?? 0) * (design.values[at] ?? 0);
    }
  }
  return ofMean.reduce((sum, value) => sum + value, weights[0] ?? 0);
}

/** Returns the sum of the roots' values, with which every way begins. */
function addTrees({ encoder, trees }: ChurnModel, { design, bins }: EncodedRows, values: Float64Array): number {
  const width = encoder.features.length;
  for (const tree of trees) {
    const walker = new TreeWalker(tree);
    for (let row = 0; row < design.rows; row += 1) {
      walker.walk(bins, row, (feature, gained) => {
        values[row * width + feature] = (values[row * width + feature] ?? 0) + gained;
      });
    }
  }
  return trees.reduce((sum, tree) => sum + (tree[0]?.value ?? 0), 0);
}

export interface Reason {
  readonly feature: string;
  /** The customer's value; null: blank. */
  readonly value: string | number | null;
  /** Log-odds added against an average customer. */
  readonly contribution: number;
  /** By how much the odds of churn are multiplied. */
  readonly oddsRatio: number;
}

export interface ExplainedScore {
  readonly probability: number;
  /** Largest first, only those that raise the odds. */
  readonly raising: readonly Reason[];
  /** Largest first, only those that lower them. */
  readonly lowering: readonly Reason[];
}

/** Probability and reasons of each row, at most `count` in either direction. */
export function explainChurn(model: ChurnModel, columns: readonly FeatureColumn[], count = 3): ExplainedScore[] {
  const { base, features, rows, values } = churnContributions(model, columns);
  const byName = new Map(columns.map((column) => [column.name, column]));
  return Array.from({ length: rows }, (_, row) => {
    const own = values.subarray(row * features.length, (row + 1) * features.length);
    const reasons = features.map((feature, index) => reasonOf(byName.get(feature), row, own[index] ?? 0));
    const ranked = reasons.toSorted((a, b) => b.contribution - a.contribution);
    return {
      probability: logistic(own.reduce((sum, value) => sum + value, base)),
      raising: ranked.filter(({ contribution }) => contribution > 0).slice(0, count),
      lowering: ranked
        .filter(({ contribution }) => contribution < 0)
        .toReversed()
        .slice(0, count),
    };
  });
}

function reasonOf(column: FeatureColumn | undefined, row: number, contribution: number): Reason {
  const value = column?.values[row] ?? null;
  return {
    feature: column?.name ?? '',
    value: typeof value === 'number' && Number.isNaN(value) ? null : value,
    contribution,
    oddsRatio: Math.exp(contribution),
  };
}
