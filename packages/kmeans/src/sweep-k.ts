import { SeededRandom } from '@ebb/core';
import { canonicalRows } from './canonical-order.ts';
import { elbowDistances } from './elbow.ts';
import { KMeansError } from './errors.ts';
import { fitCanonical, inOrderOf, type KMeansFit } from './fit-kmeans.ts';
import { checkMatrix, type Matrix, selectRows } from './matrix.ts';
import { resolveOptions, type StartOptions, wholeNumber } from './options.ts';
import { drawRows } from './sample-rows.ts';
import { sampledSilhouette, silhouette } from './silhouette.ts';

const SILHOUETTE_WEIGHT = 0.6;
const ELBOW_WEIGHT = 0.4;

export interface SweepOptions extends StartOptions {
  /** Numbers of clusters, ascending, each from 2 on. */
  ks: readonly number[];
  /** With more rows than this, k is chosen on a seeded sample of so many. Default 50,000. */
  fitRows?: number;
  /** Up to so many rows the silhouette is exact; beyond, that of a sample. Default 10,000. */
  silhouetteRows?: number;
  /** Rows whose silhouette is taken where it is not exact. Default 2,000. */
  silhouetteSample?: number;
}

export interface SweepRow {
  readonly k: number;
  readonly inertia: number;
  /** Mean, from −1 to 1. */
  readonly silhouette: number;
  /** null: exact. */
  readonly silhouetteStandardError: number | null;
  /** Distance from the line between the ends, from 0 on. */
  readonly elbow: number;
  /** 0.6 · silhouette / its maximum + 0.4 · elbow / its maximum, over the table. */
  readonly score: number;
}

export interface Sweep {
  readonly table: readonly SweepRow[];
  /** The k of the highest score; of equal ones the lowest. */
  readonly best: number;
  /** Fits at the same positions as `table`; of the sampled rows where `sampled` is given. */
  readonly fits: readonly KMeansFit[];
  /** Rows the fits are of; null: of all. */
  readonly sampled: Uint32Array | null;
}

/**
 * Fits every k and scores it. Neither the order of rows nor that of the fits matters. Raises as `fitKMeans`, BAD_OPTION for
 * values of k that do not ascend from 2 on.
 */
export function sweepK(matrix: Matrix, options: SweepOptions): Sweep {
  checkMatrix(matrix);
  const { ks, seed, fitRows = 50_000 } = options;
  const resolved = resolveOptions(options);
  checkSweep(options);
  const { matrix: all, order } = canonicalRows(matrix);
  const isSampled = all.rows > fitRows;
  const drawn = isSampled ? drawRows(all.rows, fitRows, new SeededRandom(seed).fork('rows')) : null;
  const sorted = drawn === null ? all : selectRows(all, drawn);
  const fits = ks.map((k) => fitCanonical(sorted, k, resolved));
  const table = scoreTable(ks, fits, (fit) => silhouetteOf(sorted, fit, options));
  return {
    table,
    best: bestOf(table),
    fits: drawn === null ? fits.map((fit) => inOrderOf(order, fit)) : fits,
    sampled: drawn?.map((place) => order[place] as number) ?? null,
  };
}

function checkSweep({ ks, fitRows = 2, silhouetteRows = 2, silhouetteSample = 2 }: SweepOptions): void {
  if (ks.length === 0) throw new KMeansError('BAD_OPTION', 'no k to try');
  for (const [at, k] of ks.entries()) wholeNumber('k', k, at === 0 ? 2 : (ks[at - 1] as number) + 1);
  wholeNumber('fitRows', fitRows, 2);
  wholeNumber('silhouetteRows', silhouetteRows, 2);
  wholeNumber('silhouetteSample', silhouetteSample, 2);
}

type Silhouette = Pick<SweepRow, 'silhouette' | 'silhouetteStandardError'>;

function silhouetteOf(
  sorted: Matrix,
  { labels }: KMeansFit,
  { seed, silhouetteRows = 10_000, silhouetteSample = 2_000 }: SweepOptions,
): Silhouette {
  if (sorted.rows <= silhouetteRows) return { silhouette: silhouette(sorted, labels), silhouetteStandardError: null };
  const { mean, standardError } = sampledSilhouette(sorted, labels, { sample: silhouetteSample, seed });
  return { silhouette: mean, silhouetteStandardError: standardError };
}

function scoreTable(
  ks: readonly number[],
  fits: readonly KMeansFit[],
  silhouetteOf: (fit: KMeansFit) => Silhouette,
): SweepRow[] {
  const silhouettes = fits.map(silhouetteOf);
  const inertias = fits.map(({ inertia }) => inertia);
  const elbows = elbowDistances(ks, inertias);
  const highest = Math.max(...silhouettes.map(({ silhouette }) => silhouette));
  const farthest = Math.max(...elbows);
  return silhouettes.map((measured, at) => {
    const elbow = elbows[at] as number;
    // A share of a maximum that is not positive says nothing.
    const score =
      SILHOUETTE_WEIGHT * (highest > 0 ? measured.silhouette / highest : 0) +
      ELBOW_WEIGHT * (farthest > 0 ? elbow / farthest : 0);
    return { k: ks[at] as number, inertia: inertias[at] as number, ...measured, elbow, score };
  });
}

function bestOf(table: readonly SweepRow[]): number {
  return table.reduce((best, row) => (row.score > best.score ? row : best)).k;
}
