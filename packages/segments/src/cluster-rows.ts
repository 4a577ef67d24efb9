import { formatMoney } from '@ebb/core';
import { clusterLabels } from './cluster-labels.ts';
import { SCHEME_A_RECOMMENDATIONS } from './recommendations.ts';
import type { RfmPoint } from './rfm-statistics.ts';
import type { RfmTable } from './rfm-table.ts';
import { schemeA, type SchemeAName } from './scheme-a.ts';
import { type SegmentFigures, segmentFigures } from './segment-figures.ts';
import { type RfmTier, settledTier } from './tiers.ts';

/** A row of `cluster_summary` and of `cluster_description_and_recommendation`. */
export interface ClusterRow extends Omit<SegmentFigures, 'key'> {
  /** Id that lives on from run to run; −1, −2, −3: a class of outliers. */
  readonly cluster: number;
  readonly name: SchemeAName;
  /** The name, told apart from every other row of the run: see `clusterLabels`. */
  readonly label: string;
  readonly tier: RfmTier | null;
  readonly description: string;
  readonly recommendation: string;
}

export interface Naming {
  /** Medians of all customers, outliers included. */
  readonly medians: RfmPoint;
  /** Tiers under which clusters are published. */
  readonly published: ReadonlyMap<number, RfmTier | null>;
  /** By what part of a border a median may be past it before a published name changes. */
  readonly slack: number;
}

/** One row per cluster and class that has customers: clusters by id, then the classes −1, −2, −3. */
export function clusterRows(table: RfmTable, clusters: Int32Array, naming: Naming): ClusterRow[] {
  const rows = segmentFigures(table, clusters, byCluster).map(({ key, ...figures }) => {
    const tier = settledTier(figures.median, naming.medians, naming.published.get(key) ?? null, naming.slack);
    const name = schemeA(tier, key === -1);
    const recommendation = SCHEME_A_RECOMMENDATIONS[name];
    return { ...figures, cluster: key, name, tier, description: describe(figures), recommendation };
  });
  const labels = clusterLabels(rows);
  return rows.map((row) => ({ ...row, label: labels.get(row.cluster) ?? row.name }));
}

function byCluster(a: number, b: number): number {
  if (a < 0 !== b < 0) return a < 0 ? 1 : -1;
  return Math.abs(a) - Math.abs(b);
}

function describe({ customers, percentOfCustomers, percentOfRevenue, median }: Omit<SegmentFigures, 'key'>): string {
  const whom = customers === 1 ? '1 customer' : `${customers} customers`;
  return (
    `${whom} (${formatMoney(percentOfCustomers)} %) with ${formatMoney(percentOfRevenue)} % of revenue; medians: ` +
    `${formatMoney(median.monetary)} spent, ${plain(median.frequency)} orders, the last ${plain(median.recency)} days ago`
  );
}

/** A number as people write it: `2`, `2.5`. */
function plain(units: bigint): string {
  return String(Number(units) / 10_000);
}
