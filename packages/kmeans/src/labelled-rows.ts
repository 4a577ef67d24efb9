import { KMeansError } from './errors.ts';
import { checkMatrix, type Matrix, selectRows } from './matrix.ts';

/** Rows put together by cluster, so that sums over a cluster run through one stretch of memory. */
export interface LabelledRows {
  readonly matrix: Matrix;
  /** Row of the original at each place. */
  readonly order: Uint32Array;
  /** Cluster c stands at places `starts[c]` to `starts[c + 1]`, that one not included. */
  readonly starts: Uint32Array;
  readonly k: number;
}

/**
 * Groups rows by their labels 0, 1, …; raises EMPTY, BAD_SHAPE, NOT_FINITE, and BAD_LABELS for a label that is no cluster
 * number or where fewer than two clusters have rows.
 */
export function groupByLabel(matrix: Matrix, labels: ArrayLike<number>): LabelledRows {
  checkMatrix(matrix);
  const starts = clusterStarts(matrix, labels);
  const next = starts.slice();
  const order = new Uint32Array(matrix.rows);
  for (let row = 0; row < matrix.rows; row += 1) {
    const cluster = labels[row] as number;
    const place = next[cluster] as number;
    order[place] = row;
    next[cluster] = place + 1;
  }
  return { matrix: selectRows(matrix, order), order, starts, k: starts.length - 1 };
}

function clusterStarts({ rows }: Matrix, labels: ArrayLike<number>): Uint32Array {
  if (labels.length !== rows) throw new KMeansError('BAD_SHAPE', `${labels.length} labels for ${rows} rows`);
  let k = 0;
  for (let row = 0; row < rows; row += 1) {
    const label = labels[row] as number;
    if (!Number.isInteger(label) || label < 0 || label >= rows)
      throw new KMeansError('BAD_LABELS', `row ${row} has label ${label}; leave out rows that are in no cluster`);
    k = Math.max(k, label + 1);
  }
  const starts = new Uint32Array(k + 1);
  for (let row = 0; row < rows; row += 1) {
    const after = (labels[row] as number) + 1;
    starts[after] = (starts[after] as number) + 1;
  }
  if (starts.filter((size) => size > 0).length < 2)
    throw new KMeansError('BAD_LABELS', 'all rows are in one cluster; two are needed to tell how apart they are');
  for (let cluster = 0; cluster < k; cluster += 1)
    starts[cluster + 1] = (starts[cluster + 1] as number) + (starts[cluster] as number);
  return starts;
}
