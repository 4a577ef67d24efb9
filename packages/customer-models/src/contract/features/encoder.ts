import { ContractModelError } from '../errors.ts';
import { type CategoricalEncoding, categoricalColumns, fitCategorical, levelFinder } from './categorical-encoding.ts';
import { checkedRowCount, type FeatureColumn } from './feature-columns.ts';
import { encodeNumber, fitNumeric, type NumericEncoding, numericBin, numericColumns } from './numeric-encoding.ts';
import { columnMeans, SparseBuilder, type SparseRows } from './sparse-rows.ts';

export type FeatureEncoding = NumericEncoding | CategoricalEncoding;

/** Everything learnt about the features before a label is looked at; plain data. */
export interface Encoder {
  readonly features: readonly FeatureEncoding[];
  /** Mean of each column of the design in training, the constant's included: what an unknown level counts as. */
  readonly means: readonly number[];
}

/** The same rows for the regression and for the trees. */
export interface EncodedRows {
  readonly design: SparseRows;
  /** Per feature the bin of each row. */
  readonly bins: readonly Uint8Array[];
}

/** The bin of an unknown level: no split knows it, the larger side takes it. */
export const UNKNOWN_BIN = 255;

/** Learns from training rows how to encode them and others. Raises what `checkedRowCount` raises. */
export function fitEncoder(columns: readonly FeatureColumn[]): Encoder {
  checkedRowCount(columns);
  const features = columns.map((column) =>
    column.kind === 'numeric' ? fitNumeric(column.name, column.values) : fitCategorical(column.name, column.values),
  );
  const unknown = { features, means: Array.from({ length: designColumns(features) }, () => 0) };
  return { features, means: [...columnMeans(encodeRows(unknown, columns).design)] };
}

/** Columns of the regression: the constant, then those of each feature. */
export function designColumns(features: readonly FeatureEncoding[]): number {
  return features.reduce((sum, feature) => sum + encodingColumns(feature), 1);
}

export function encodingColumns(feature: FeatureEncoding): number {
  return feature.kind === 'numeric' ? numericColumns(feature) : categoricalColumns(feature);
}

/** First column of each feature. */
export function featureStarts(features: readonly FeatureEncoding[]): number[] {
  let next = 1;
  return features.map((feature) => {
    const start = next;
    next += encodingColumns(feature);
    return start;
  });
}

/** Bins of a feature, the highest plus one; unknown levels have none. */
export function binCount(feature: FeatureEncoding): number {
  return feature.kind === 'numeric' ? feature.edges.length + 2 : Math.max(1, categoricalColumns(feature));
}

/** Columns are found by their names, in any order. Raises UNKNOWN_COLUMN, BAD_FEATURE. */
export function encodeRows(encoder: Encoder, columns: readonly FeatureColumn[]): EncodedRows {
  const rows = checkedRowCount(columns);
  const starts = featureStarts(encoder.features);
  const encoded = encoder.features.map((feature, index) =>
    encodeFeature(encoder, feature, columnOf(feature, columns), starts[index] ?? 0),
  );
  const design = new SparseBuilder(encoder.means.length);
  for (let row = 0; row < rows; row += 1) {
    design.add(0, 1);
    for (const { addRow } of encoded) addRow(row, design);
    design.endRow();
  }
  return { design: design.build(), bins: encoded.map(({ bins }) => bins) };
}

interface EncodedFeature {
  readonly bins: Uint8Array;
  readonly addRow: (row: number, design: SparseBuilder) => void;
}

function encodeFeature(
  encoder: Encoder,
  feature: FeatureEncoding,
  column: FeatureColumn,
  start: number,
): EncodedFeature {
  if (feature.kind === 'numeric' && column.kind === 'numeric') return encodeNumbers(feature, column.values, start);
  if (feature.kind === 'categorical' && column.kind === 'categorical') {
    return encodeLevels(encoder, feature, column.values, start);
  }
  const name = JSON.stringify(feature.name);
  throw new ContractModelError('BAD_FEATURE', `feature ${name} is ${column.kind} and was ${feature.kind} in training`);
}

function encodeNumbers(feature: NumericEncoding, values: Float64Array, start: number): EncodedFeature {
  return {
    bins: Uint8Array.from(values, (value) => numericBin(feature, value)),
    addRow: (row, design) =>
      encodeNumber(feature, values[row] ?? Number.NaN, (column, value) => design.add(start + column, value)),
  };
}

function encodeLevels(
  encoder: Encoder,
  feature: CategoricalEncoding,
  values: readonly (string | null)[],
  start: number,
): EncodedFeature {
  const find = levelFinder(feature);
  const levels = Int32Array.from(values, find);
  const count = categoricalColumns(feature);
  return {
    bins: Uint8Array.from(levels, (level) => (level < 0 ? UNKNOWN_BIN : level)),
    addRow: (row, design) => {
      const level = levels[row] ?? -1;
      if (level >= 0) design.add(start + level, 1);
      else for (let at = start; at < start + count; at += 1) design.add(at, encoder.means[at] ?? 0);
    },
  };
}

function columnOf(feature: FeatureEncoding, columns: readonly FeatureColumn[]): FeatureColumn {
  const found = columns.find(({ name }) => name === feature.name);
  if (found !== undefined) return found;
  const known = columns.map(({ name }) => JSON.stringify(name)).join(', ');
  throw new ContractModelError(
    'UNKNOWN_COLUMN',
    `the model needs the feature ${JSON.stringify(feature.name)}; there are ${known}`,
  );
}
