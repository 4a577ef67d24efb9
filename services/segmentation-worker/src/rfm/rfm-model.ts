import { assign, type Matrix, scale } from '@ebb/kmeans';
import { must } from '@ebb/core';
import {
  type Fences,
  type OutlierClass,
  outlierClass,
  rfmPoint,
  type RfmTable,
  type SegmentationRun,
  type SegmentModel,
} from '@ebb/segments';
import { z } from 'zod';
import { bins, publishedClusters, scaler } from '../registry/model-schemas.ts';

const number = z.number();
const level = z.union([z.literal(0), z.literal(1), z.literal(2)]);
const tier = z.strictObject({
  monetary: z.union([level, z.literal(4)]),
  frequency: level,
  isRecent: z.boolean(),
});

const segmentModel: z.ZodType<SegmentModel> = z.strictObject({
  ...publishedClusters,
  scaler,
  silhouette: number,
  named: z.array(
    z.strictObject({
      cluster: z.int(),
      name: z.string(),
      tier: tier.nullable(),
      multiples: z.strictObject({ recency: number, frequency: number, monetary: number }),
    }),
  ),
  bins,
});

/** Whole ten-thousandths, as text: JSON has no integers of that size. */
const units = z.string().regex(/^-?\d+$/);
const fences = z.strictObject({ low: units, high: units });

/** A model file of `rfm_segments`: all that scoring needs, and all that the next run compares itself with. */
export const rfmModel = z.strictObject({
  kind: z.literal('rfm_segments'),
  segments: segmentModel,
  outliers: z.strictObject({ frequency: fences, monetary: fences }),
});
export type RfmModel = z.infer<typeof rfmModel>;

export function rfmModelOf({ model, statistics }: SegmentationRun): RfmModel {
  return {
    kind: 'rfm_segments',
    segments: model,
    outliers: { frequency: fencesText(statistics.frequencyFences), monetary: fencesText(statistics.monetaryFences) },
  };
}

function fencesText({ low, high }: Fences): { low: string; high: string } {
  return { low: String(low), high: String(high) };
}

/**
 * Segment of every customer by a model alone: outliers by its fences, the others by its nearest centre. No hysteresis, so
 * the same model and figures always give the same answer.
 */
export function scoreRfm({ segments: model, outliers }: RfmModel, table: RfmTable): Int32Array {
  const classes = table.customers.map((_, row) => classOf(table, row, outliers));
  const centres = {
    data: Float64Array.from(model.segments.flatMap(({ centroid }) => centroid)),
    rows: model.segments.length,
    columns: model.features.length,
  };
  const labels = assign(scale(matrixOf(table, model.features), model.scaler), scale(centres, model.scaler));
  return Int32Array.from(classes, (outlier, row) => (outlier === 0 ? idOf(model, labels[row] ?? -1) : outlier));
}

function idOf({ segments }: SegmentModel, label: number): number {
  return must(segments[label], `cluster ${label} of the model`).id;
}

/** Features by name, in their own units. */
export function rfmValues(table: RfmTable): Map<string, Float64Array> {
  return new Map([
    ['monetary', Float64Array.from(table.monetary, (units) => Number(units) / 10_000)],
    ['frequency', table.frequency],
    ['recency', table.recencyDays],
  ]);
}

/** Row-major. */
function matrixOf(table: RfmTable, features: readonly string[]): Matrix {
  const values = rfmValues(table);
  const rows = table.customers.length;
  const data = new Float64Array(rows * features.length);
  for (const [column, feature] of features.entries()) {
    const source = must(values.get(feature), `the feature "${feature}" of the model`);
    for (let row = 0; row < rows; row += 1) data[row * features.length + column] = source[row] ?? Number.NaN;
  }
  return { data, rows, columns: features.length };
}

function classOf(table: RfmTable, row: number, outliers: RfmModel['outliers']): OutlierClass {
  const { monetary, frequency } = rfmPoint(table, row);
  return outlierClass(isOutside(monetary, outliers.monetary), isOutside(frequency, outliers.frequency));
}

function isOutside(value: bigint, { low, high }: { low: string; high: string }): boolean {
  return value < BigInt(low) || value > BigInt(high);
}
