import type { ColumnScaler, Matrix, SweepRow } from '@ebb/kmeans';
import { K_RULE } from './choose-k.ts';
import { type Clustering, type ClusterOptions, clusterPopulation } from './cluster-population.ts';
import { type ClusterRow, clusterRows } from './cluster-rows.ts';
import { compareRuns, type Comparison } from './compare-runs.ts';
import { SegmentsError } from './errors.ts';
import { gate, GATE_LIMITS, type GateLimits, type GateVerdict } from './gate.ts';
import { outlierClasses } from './outliers.ts';
import type { PublishedRun, SegmentModel } from './published-run.ts';
import { type NamedMembership, type NamedSegment, namedSegment } from './renames.ts';
import { rfmPoint, rfmStatistics, type RfmStatistics } from './rfm-statistics.ts';
import type { RfmTable } from './rfm-table.ts';
import type { SchemeCName } from './scheme-c.ts';
import { type SchemeCRow, schemeCRows, schemeCSegments } from './scheme-c-rows.ts';
import { featureBins } from './stability.ts';
import { rfmTier, tierCode } from './tiers.ts';

export interface SegmentOptions extends ClusterOptions {
  /** By what part of a border a median may be past it before a published name changes. */
  readonly nameSlack: number;
  readonly limits: GateLimits;
}

export const SEGMENT_OPTIONS: SegmentOptions = {
  ks: [2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12],
  seed: 42,
  nInit: 10,
  maxIterations: 1000,
  kRule: K_RULE,
  customerSlack: 0.05,
  nameSlack: 0.1,
  limits: GATE_LIMITS,
};

/** Coordinates of clusters: value, frequency and recency, in that order. */
export const RFM_FEATURES = ['monetary', 'frequency', 'recency'] as const;

/** Everything by customer is in the order of the table. */
export interface SegmentationRun {
  readonly statistics: RfmStatistics;
  readonly outliers: Int8Array;
  readonly kTable: readonly SweepRow[];
  readonly k: number;
  readonly kReason: string;
  /** Of the customers who are no outliers, as the model sees them before any hysteresis. */
  readonly inertia: number;
  readonly silhouette: number;
  readonly isConverged: boolean;
  readonly scaler: ColumnScaler;
  /** Scaled; row `i` is the centre of cluster `clusterIds[i]`. */
  readonly centroids: Matrix;
  readonly clusterIds: Int32Array;
  /** Ids of clusters that live on, or −1, −2, −3. */
  readonly segments: Int32Array;
  readonly tiers: Uint8Array;
  readonly schemeC: readonly SchemeCName[];
  readonly schemeCRows: readonly SchemeCRow[];
  readonly clusters: readonly ClusterRow[];
  /** Null: there is no published run. */
  readonly comparison: Comparison | null;
  readonly gate: GateVerdict;
  readonly model: SegmentModel;
}

/**
 * RFM segments of a table: outliers, clusters with an identity, names, recommendations, what changed since the published
 * run, and whether this one may take its place. Pure: the same table, options and published run give the same result, bit
 * for bit, whatever order the table's rows came in. Raises NO_CUSTOMERS, TOO_FEW_CUSTOMERS, NOT_COMPARABLE.
 */
export function segmentCustomers(
  table: RfmTable,
  published: PublishedRun | null = null,
  given: Partial<SegmentOptions> = {},
): SegmentationRun {
  const options = { ...SEGMENT_OPTIONS, ...given };
  const statistics = rfmStatistics(table);
  const outliers = outlierClasses(table, statistics);
  const clustering = clusterRest(table, outliers, options, published);
  const segments = everyone(outliers, clustering.segments);
  const { medians } = statistics;
  const tiersBefore = new Map(published?.model.named.map(({ cluster, tier }) => [cluster, tier]));
  const clusters = clusterRows(table, segments, { medians, published: tiersBefore, slack: options.nameSlack });
  const tiers = Uint8Array.from(table.customers, (_, index) => tierCode(rfmTier(rfmPoint(table, index), medians)));
  const named = clusters.map((row) => namedSegment(row, medians));
  const now: NamedMembership = { customers: table.customers, segments, tiers, named };
  const values = featureValues(table);
  const { identity, choice } = clustering;
  const comparison = published === null ? null : compareRuns({ before: published, now, values, identity });
  const schemeC = schemeCSegments(table, medians);
  return {
    statistics,
    outliers,
    segments,
    tiers,
    clusters,
    comparison,
    schemeC,
    kTable: clustering.kTable,
    k: choice.k,
    kReason: choice.reason,
    inertia: clustering.fit.inertia,
    silhouette: clustering.silhouette,
    isConverged: clustering.fit.isConverged,
    scaler: clustering.scaler,
    centroids: clustering.fit.centroids,
    clusterIds: identity.segmentOfCluster,
    schemeCRows: schemeCRows(table, schemeC),
    gate: judge(clustering, clusters, options.limits, { published, comparison }),
    model: modelOf(clustering, named, values),
  };
}

/** A run as the next one wants to see it, once it is published. */
export function publishedRun(table: RfmTable, { model, segments, tiers }: SegmentationRun): PublishedRun {
  return { model, customers: table.customers, segments, tiers };
}

function clusterRest(
  table: RfmTable,
  outliers: Int8Array,
  options: SegmentOptions,
  published: PublishedRun | null,
): Clustering {
  const rest = [...outliers.keys()].filter((index) => outliers[index] === 0);
  if (rest.length === 0) {
    throw new SegmentsError(
      'TOO_FEW_CUSTOMERS',
      `all of ${outliers.length} customers are outliers; nobody is left to cluster`,
    );
  }
  const values = featureValues(table);
  const data = new Float64Array(rest.length * RFM_FEATURES.length);
  for (const [column, feature] of RFM_FEATURES.entries()) {
    const source = values.get(feature) ?? new Float64Array();
    for (const [row, index] of rest.entries()) data[row * RFM_FEATURES.length + column] = source[index] ?? Number.NaN;
  }
  const population = {
    customers: rest.map((index) => table.customers[index] ?? ''),
    features: RFM_FEATURES,
    matrix: { data, rows: rest.length, columns: RFM_FEATURES.length },
  };
  return clusterPopulation(
    population,
    options,
    published === null ? null : { clusters: published.model, membership: published },
  );
}

/** Classes of outliers, and the clusters of the rest in their order. */
function everyone(outliers: Int8Array, rest: Int32Array): Int32Array {
  let at = 0;
  return Int32Array.from(outliers, (outlier) => {
    if (outlier !== 0) return outlier;
    at += 1;
    return rest[at - 1] ?? 0;
  });
}

/** Floats for the models; money exact to 2⁵³ units. */
function featureValues(table: RfmTable): Map<string, Float64Array> {
  return new Map([
    ['monetary', Float64Array.from(table.monetary, (units) => Number(units) / 10_000)],
    ['frequency', table.frequency],
    ['recency', table.recencyDays],
  ]);
}

function judge(
  { fit, silhouette }: Clustering,
  clusters: readonly ClusterRow[],
  limits: GateLimits,
  { published, comparison }: { published: PublishedRun | null; comparison: Comparison | null },
): GateVerdict {
  const sizes = clusters.filter(({ cluster }) => cluster >= 0).map(({ customers }) => customers);
  const before =
    published === null || comparison === null
      ? null
      : {
          silhouette: published.model.silhouette,
          customers: published.customers.length,
          customersKept: comparison.customersKept,
          drift: comparison.drift,
        };
  return gate({ isConverged: fit.isConverged, silhouette, sizes, published: before }, limits);
}

function modelOf(
  { choice, scaler, centroids, identity, silhouette }: Clustering,
  named: readonly NamedSegment[],
  values: ReadonlyMap<string, Float64Array>,
): SegmentModel {
  return {
    scaler,
    silhouette,
    named,
    k: choice.k,
    challenger: choice.challenger,
    features: RFM_FEATURES,
    deviations: scaler.scale,
    segments: centroids.map((centroid, cluster) => ({ id: identity.segmentOfCluster[cluster] ?? -1, centroid })),
    nextId: identity.nextId,
    bins: [...values].map(([feature, column]) => featureBins(feature, column)),
  };
}
