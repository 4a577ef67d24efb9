import { SeededRandom } from '@ebb/core';
import { groupByLabel, type LabelledRows } from './labelled-rows.ts';
import { type Matrix, squaredDistance } from './matrix.ts';
import { wholeNumber } from './options.ts';
import { drawRows } from './sample-rows.ts';

/**
 * Mean silhouette of all rows (P. Rousseeuw: Silhouettes, J. Comput. Appl. Math. 20, 1987): per row (b − a) / max(a, b) with
 * a the mean distance to the others of its cluster and b the least mean distance to another cluster; 0 for a row alone.
 * From −1 to 1. Time grows with rows², memory with rows × k.
 *
 * Raises EMPTY, BAD_SHAPE, NOT_FINITE, BAD_LABELS.
 */
export function silhouette(matrix: Matrix, labels: ArrayLike<number>): number {
  return meanOf(silhouetteValues(matrix, labels));
}

/** The silhouette of every row. */
export function silhouetteValues(matrix: Matrix, labels: ArrayLike<number>): Float64Array {
  const grouped = groupByLabel(matrix, labels);
  const sums = distanceSums(grouped);
  const values = new Float64Array(matrix.rows);
  for (let own = 0; own < grouped.k; own += 1)
    for (let place = grouped.starts[own] as number; place < (grouped.starts[own + 1] as number); place += 1)
      values[grouped.order[place] as number] = silhouetteOf(
        grouped,
        own,
        (cluster) => sums[cluster * matrix.rows + place] as number,
      );
  return values;
}

export interface SampledSilhouette {
  readonly mean: number;
  /** Of the mean; 0 where every row was drawn. */
  readonly standardError: number;
}

/**
 * Mean silhouette of a simple random sample of rows, each against all rows: an estimate without bias, unlike the
 * silhouette within a sample. Its standard error is s/√m · √(1 − m/n) (W. Cochran: Sampling Techniques, 3rd ed., eq. 2.20).
 * Rows are drawn by their place, so give them in a fixed order. Time grows with sample × rows.
 */
export function sampledSilhouette(
  matrix: Matrix,
  labels: ArrayLike<number>,
  { sample, seed }: { sample: number; seed: string | number },
): SampledSilhouette {
  wholeNumber('sample', sample, 2);
  const grouped = groupByLabel(matrix, labels);
  const drawn = drawRows(matrix.rows, sample, new SeededRandom(seed).fork('silhouette'));
  const values = new Float64Array(drawn.length);
  const sums = new Float64Array(grouped.k);
  for (const [index, row] of drawn.entries()) {
    sumDistances(grouped, matrix.data, row * matrix.columns, sums);
    values[index] = silhouetteOf(grouped, labels[row] as number, (cluster) => sums[cluster] as number);
  }
  const mean = meanOf(values);
  const variance = values.reduce((sum, value) => sum + (value - mean) ** 2, 0) / Math.max(1, values.length - 1);
  const unseen = 1 - drawn.length / matrix.rows;
  return { mean, standardError: Math.sqrt((variance / drawn.length) * unseen) };
}

/** Sums of the distances from each place to the rows of each cluster: cluster × rows. Every pair is looked at once. */
function distanceSums({ matrix, starts, k }: LabelledRows): Float64Array {
  const { data, rows, columns } = matrix;
  const sums = new Float64Array(k * rows);
  for (let own = 0; own < k; own += 1) {
    for (let place = starts[own] as number; place < (starts[own + 1] as number); place += 1) {
      for (let cluster = own; cluster < k; cluster += 1) {
        let sum = 0;
        for (
          let other = Math.max(starts[cluster] as number, place + 1);
          other < (starts[cluster + 1] as number);
          other += 1
        ) {
          const distance = Math.sqrt(squaredDistance(data, place * columns, data, other * columns, columns));
          sum += distance;
          sums[own * rows + other] = (sums[own * rows + other] as number) + distance;
        }
        sums[cluster * rows + place] = (sums[cluster * rows + place] as number) + sum;
      }
    }
  }
  return sums;
}

/** Fills in the sums of the distances from one row to the rows of each cluster. */
function sumDistances({ matrix, starts, k }: LabelledRows, row: Float64Array, at: number, sums: Float64Array): void {
  for (let cluster = 0; cluster < k; cluster += 1) {
    let sum = 0;
    for (let other = starts[cluster] as number; other < (starts[cluster + 1] as number); other += 1)
      sum += Math.sqrt(squaredDistance(row, at, matrix.data, other * matrix.columns, matrix.columns));
    sums[cluster] = sum;
  }
}

function silhouetteOf({ starts, k }: LabelledRows, own: number, sumTo: (cluster: number) => number): number {
  const ownSize = (starts[own + 1] as number) - (starts[own] as number);
  if (ownSize === 1) return 0;
  const within = sumTo(own) / (ownSize - 1);
  let nearest = Number.POSITIVE_INFINITY;
  for (let cluster = 0; cluster < k; cluster += 1) {
    const size = (starts[cluster + 1] as number) - (starts[cluster] as number);
    if (cluster !== own && size > 0) nearest = Math.min(nearest, sumTo(cluster) / size);
  }
  const larger = Math.max(within, nearest);
  return larger === 0 ? 0 : (nearest - within) / larger;
}

function meanOf(values: Float64Array): number {
  let sum = 0;
  for (const value of values) sum += value;
  return sum / values.length;
}
