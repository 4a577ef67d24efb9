import {
  type ColumnScaler,
  fitKMeans,
  fitPca,
  fitStandardScaler,
  type KMeansFit,
  type Matrix,
  type Pca,
  projectPca,
  restorePca,
  scale,
  sweepK,
  type SweepRow,
  unscale,
} from '@ebb/kmeans';
import { chooseK, type KChoice, type KRule, type KState } from './choose-k.ts';
import { settledLabels } from './customer-hysteresis.ts';
import { SegmentsError } from './errors.ts';
import { identifyClusters, type Identity, type PublishedCentres } from './identity.ts';
import { type Membership, positionsIn } from './membership.ts';

export interface Population {
  /** Ascending, each once. */
  readonly customers: readonly string[];
  readonly features: readonly string[];
  /** One row per customer, in the features' own units. */
  readonly matrix: Matrix;
}

export interface ClusterOptions {
  readonly ks: readonly number[];
  readonly seed: string | number;
  readonly nInit: number;
  readonly maxIterations: number;
  /** With more customers than this, k is chosen on a seeded sample of so many. Default 50,000. */
  readonly fitRows?: number;
  readonly kRule: KRule;
  /** How far beyond a border, in parts of the way between two centres, a customer goes before they change sides. */
  readonly customerSlack: number;
  /**
   * Clusters are made of so many principal components of the z-scores, or of all where features are fewer. Null, the default: of
   * the z-scores themselves.
   */
  readonly components?: number | null;
  /** Id of the first segment where there is no published run. Default 0. */
  readonly firstId?: number;
}

/** What later runs need to know of a published one; JSON as it is. */
export interface PublishedClusters extends KState, PublishedCentres {}

export interface Clustering {
  readonly scaler: ColumnScaler;
  /** Null: none was asked for. */
  readonly pca: Pca | null;
  readonly kTable: readonly SweepRow[];
  readonly choice: KChoice;
  /** Of the scaled features, or of their components; cluster numbers are those of `identity.segmentOfCluster`. */
  readonly fit: KMeansFit;
  readonly silhouette: number;
  readonly identity: Identity;
  /** Id of each customer's segment, with hysteresis. */
  readonly segments: Int32Array;
  /** Centre of each cluster in the features' own units. */
  readonly centroids: readonly (readonly number[])[];
}

/**
 * z-scores, K-Means for every k, the k that stays or wins, clusters matched to the published ones, and customers who stay
 * where they are while they are near a border. Raises TOO_FEW_CUSTOMERS, NOT_COMPARABLE, and what `@ebb/kmeans` raises
 * for features that are not finite or constant.
 */
export function clusterPopulation(
  population: Population,
  options: ClusterOptions,
  published: { readonly clusters: PublishedClusters; readonly membership: Membership } | null,
): Clustering {
  checkPopulation(population, options.ks);
  const scaler = scalerOf(population);
  const scaled = scale(population.matrix, scaler);
  const pca = componentsOf(scaled, options);
  const matrix = pca === null ? scaled : projectPca(scaled, pca);
  const sweep = sweepK(matrix, options);
  const choice = chooseK(sweep.table, published?.clusters ?? null, options.kRule);
  const at = sweep.table.findIndex(({ k }) => k === choice.k);
  const swept = sweep.fits[at];
  // A sweep over a sample decides k only; the clusters are those of everybody.
  const fit = swept !== undefined && sweep.sampled === null ? swept : fitKMeans(matrix, { ...options, k: choice.k });
  // In the features' own units: components turn from run to run, and centres in them could not be compared.
  const centres = pca === null ? fit.centroids : restorePca(fit.centroids, pca);
  const centroids = rowsOf(unscale(centres, scaler));
  const before = publishedSegments(population, published);
  const shared = sharedCounts(before, fit, published);
  const fresh = { features: population.features, centroids, shared };
  const identity = identifyClusters(fresh, published?.clusters ?? null, options.firstId);
  const clusterOf = new Map(identity.matches.map(({ segment, cluster }) => [segment, cluster]));
  const homes = before.map((segment) => clusterOf.get(segment) ?? -1);
  const assignment = { matrix, centroids: fit.centroids, labels: fit.labels, homes };
  const labels = settledLabels(assignment, options.customerSlack);
  const segments = labels.map((label) => identity.segmentOfCluster[label] ?? -1);
  const silhouette = sweep.table[at]?.silhouette ?? Number.NaN;
  return { scaler, pca, kTable: sweep.table, choice, fit, silhouette, identity, segments, centroids };
}

function componentsOf(scaled: Matrix, { components }: ClusterOptions): Pca | null {
  if (components == null) return null;
  return fitPca(scaled, { components: Math.min(components, scaled.columns) });
}

/**
 * z-scores of the columns that differ at all. A constant one, as frequency is where hardly anybody buys twice and who does
 * is an outlier, keeps the scale 1 and separates nobody.
 */
function scalerOf({ matrix, features }: Population): ColumnScaler {
  const { data, rows, columns } = matrix;
  const column = (index: number): Float64Array =>
    Float64Array.from({ length: rows }, (_, row) => data[row * columns + index] ?? Number.NaN);
  const scalers = features.map((_, index) => {
    const values = column(index);
    if (values.every((value) => value === values[0])) return { center: [values[0] ?? 0], scale: [1], isConstant: true };
    return { ...fitStandardScaler({ data: values, rows, columns: 1 }), isConstant: false };
  });
  if (scalers.every(({ isConstant }) => isConstant)) {
    throw new SegmentsError(
      'TOO_FEW_CUSTOMERS',
      `${rows} customers who are all equal in ${features.join(', ')} are one segment`,
    );
  }
  const center = scalers.flatMap(({ center }) => center);
  return { kind: 'standard', center, scale: scalers.flatMap(({ scale }) => scale) };
}

const NOBODY = -99;

/** Segment of each customer in the published run. */
function publishedSegments(
  { customers }: Population,
  published: { readonly membership: Membership } | null,
): Int32Array {
  if (published === null) return new Int32Array(customers.length).fill(NOBODY);
  const { membership } = published;
  return positionsIn(membership.customers, customers).map((position) => membership.segments[position] ?? NOBODY);
}

function sharedCounts(
  before: Int32Array,
  fit: KMeansFit,
  published: { readonly clusters: PublishedClusters } | null,
): Int32Array {
  const ids = published?.clusters.segments.map(({ id }) => id) ?? [];
  const rowOf = new Map(ids.map((id, row) => [id, row]));
  const clusters = fit.centroids.rows;
  const shared = new Int32Array(ids.length * clusters);
  for (const [index, segment] of before.entries()) {
    const row = rowOf.get(segment);
    if (row === undefined) continue;
    const cell = row * clusters + (fit.labels[index] ?? 0);
    shared[cell] = (shared[cell] ?? 0) + 1;
  }
  return shared;
}

function rowsOf({ data, rows, columns }: Matrix): number[][] {
  return Array.from({ length: rows }, (_, row) => [...data.subarray(row * columns, (row + 1) * columns)]);
}

function checkPopulation({ customers, features, matrix }: Population, ks: readonly number[]): void {
  if (matrix.rows !== customers.length || matrix.columns !== features.length) {
    throw new SegmentsError(
      'BAD_TABLE',
      `${matrix.rows} rows of ${matrix.columns} figures for ${customers.length} customers and ${features.length} features`,
    );
  }
  const wrong = matrix.data.findIndex((value) => !Number.isFinite(value));
  if (wrong !== -1) {
    const customer = JSON.stringify(customers[Math.floor(wrong / matrix.columns)]);
    const feature = features[wrong % matrix.columns];
    throw new SegmentsError(
      'BAD_TABLE',
      `${feature} of customer ${customer} is ${matrix.data[wrong]}; fill it, or make "unknown" a feature of its own`,
    );
  }
  const most = Math.max(...ks);
  // A silhouette needs two members in some cluster.
  if (customers.length > most) return;
  throw new SegmentsError(
    'TOO_FEW_CUSTOMERS',
    `${customers.length} customers cannot be put into up to ${most} clusters; lower the largest k below ${customers.length}`,
  );
}
