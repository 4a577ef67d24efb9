import { formatMoney } from '@ebb/core';
import {
  type ClusterRow,
  RFM_FEATURES,
  type RfmPoint,
  type RfmTable,
  SEGMENT_OPTIONS,
  segmentCustomers,
  type SegmentationRun,
} from '@ebb/segments';

export interface SegmentReportOptions {
  readonly maxK: number;
  readonly seed: string;
}

/** Everything `ebb segment --json` prints. Money and percentages are decimal texts. */
export type SegmentReport = ReturnType<typeof segmentReport>;

/** Segments of a table, as texts and numbers. Raises what `segmentCustomers` raises. */
export function segmentReport(table: RfmTable, { maxK, seed }: SegmentReportOptions) {
  const ks = Array.from({ length: maxK - 1 }, (_, index) => index + 2);
  const run = segmentCustomers(table, null, { ks, seed });
  const { statistics, k, kTable, inertia, silhouette, isConverged, gate } = run;
  return {
    customers: statistics.customers,
    revenue: formatMoney(statistics.revenue),
    medians: figures(statistics.medians),
    outliers: outliersOf(run),
    k,
    kTable,
    inertia,
    silhouette,
    isConverged,
    clusters: run.clusters.map(clusterOf),
    segments: run.schemeCRows.map((row) => ({
      ...row,
      revenue: formatMoney(row.revenue),
      percentOfCustomers: formatMoney(row.percentOfCustomers),
      percentOfRevenue: formatMoney(row.percentOfRevenue),
    })),
    warnings: gate.reasons,
    parameters: parametersOf(run, ks, seed),
    assignments: assignmentsOf(table, run),
  };
}

function figures({ recency, frequency, monetary }: RfmPoint) {
  return { recency: Number(recency) / 10_000, frequency: Number(frequency) / 10_000, monetary: formatMoney(monetary) };
}

function outliersOf({ statistics, outliers }: SegmentationRun) {
  const count = (one: number): number => outliers.filter((other) => other === one).length;
  const { monetaryFences, frequencyFences } = statistics;
  return {
    monetaryOnly: count(-1),
    frequencyOnly: count(-2),
    both: count(-3),
    none: count(0),
    monetaryFences: [formatMoney(monetaryFences.low), formatMoney(monetaryFences.high)],
    frequencyFences: [Number(frequencyFences.low) / 10_000, Number(frequencyFences.high) / 10_000],
  };
}

function clusterOf({ average, median, ...row }: ClusterRow) {
  return {
    cluster: row.cluster,
    name: row.name,
    label: row.label,
    customers: row.customers,
    description: row.description,
    recommendation: row.recommendation,
    revenue: formatMoney(row.revenue),
    average: figures(average),
    median: figures(median),
    percentOfCustomers: formatMoney(row.percentOfCustomers),
    percentOfRevenue: formatMoney(row.percentOfRevenue),
  };
}

function parametersOf({ model, scaler }: SegmentationRun, ks: readonly number[], seed: string) {
  const { nInit, maxIterations } = SEGMENT_OPTIONS;
  const centroids = model.segments.map(({ id, centroid }) => ({ cluster: id, centroid }));
  return { features: RFM_FEATURES, scaler, centroids, ks, nInit, maxIterations, seed };
}

function assignmentsOf({ customers }: RfmTable, { segments, clusters, schemeC }: SegmentationRun) {
  const names = new Map(clusters.map(({ cluster, name }) => [cluster, name]));
  return customers.map((customer, index) => {
    const cluster = segments[index] ?? 0;
    return { customer, cluster, name: names.get(cluster) ?? '', segment: schemeC[index] ?? '' };
  });
}
