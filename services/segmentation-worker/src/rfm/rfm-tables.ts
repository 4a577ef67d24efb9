import type { RowBinaryWriter } from '@ebb/clickhouse';
import { must } from '@ebb/core';
import { type ClusterRow, type RfmTable, SCHEME_C_RECOMMENDATIONS, type SegmentationRun } from '@ebb/segments';
import { featureTable } from '../publish/feature-table.ts';
import type { RunTable } from '../publish/run-tables.ts';
import { stampCells } from '../publish/stamp-cells.ts';
import { rfmValues } from './rfm-model.ts';
import { RFM_SEGMENTS } from './rfm-params.ts';

export interface RfmRows {
  readonly source: string;
  readonly asOf: string;
  /** The run's, so that an attempt that is repeated writes the same. */
  readonly updatedAt: Date;
  readonly table: RfmTable;
  readonly result: SegmentationRun;
  /** Segment of scheme C of each customer. */
  readonly schemeC: readonly string[];
}

/** Every table that a run of `rfm_segments` fills. */
export function rfmTables(rows: RfmRows): RunTable[] {
  const { source, asOf, table } = rows;
  return [
    featureTable({ kind: RFM_SEGMENTS, source, asOf, customers: table.customers, features: rfmValues(table) }),
    clusteredTable(rows),
    summaryTable(rows),
    descriptionTable(rows),
    segmentTable(rows),
    moveTable(rows),
  ];
}

const CUSTOMER = ['source', 'CustomerID', 'Recency', 'Frequency', 'Monetary', 'Cluster', 'ClusterName', 'ClusterLabel'];
const STAMP = ['as_of', 'UpdateDate'];

function clusteredTable(rows: RfmRows): RunTable {
  const [customer, stamp] = [customerCells(rows), stampCells(rows)];
  return {
    table: 'ml.customer_rfm_kmeans_clustered_runs',
    columns: [...CUSTOMER, 'Tier', ...STAMP],
    rows: rows.table.customers.length,
    writeRow: (cells, row) => {
      customer(cells, row);
      cells.uint8(rows.result.tiers[row] ?? 255);
      cells.encoded(stamp);
    },
  };
}

function segmentTable(rows: RfmRows): RunTable {
  const [customer, stamp] = [customerCells(rows), stampCells(rows)];
  const texts: Readonly<Record<string, string>> = SCHEME_C_RECOMMENDATIONS;
  return {
    table: 'ml.customer_segments_clustered_runs',
    columns: [...CUSTOMER, 'Segment', 'Recommendation', ...STAMP],
    rows: rows.table.customers.length,
    writeRow: (cells, row) => {
      const segment = must(rows.schemeC[row], 'a segment per customer');
      customer(cells, row);
      cells.string(segment);
      cells.string(must(texts[segment], `a recommendation for segment "${segment}"`));
      cells.encoded(stamp);
    },
  };
}

function customerCells({ source, table, result }: RfmRows): (cells: RowBinaryWriter, row: number) => void {
  const rows = new Map(result.clusters.map((row) => [row.cluster, row]));
  return (cells, row) => {
    const cluster = must(result.segments[row], 'a cluster per customer');
    cells.string(source);
    cells.string(table.customers[row] ?? '');
    cells.int32(table.recencyDays[row] ?? Number.NaN);
    cells.uint32(table.frequency[row] ?? Number.NaN);
    // Decimal(38, 4) is an integer of ten-thousandths.
    cells.int128(table.monetary[row] ?? 0n);
    const { name, label } = must(rows.get(cluster), `a row of cluster ${cluster}`);
    cells.int32(cluster);
    cells.string(name);
    cells.string(label);
  };
}

const FIGURES = ['Avg_Monetary', 'Avg_Frequency', 'Avg_Recency', 'Med_Monetary', 'Med_Frequency', 'Med_Recency'];

function summaryTable(rows: RfmRows): RunTable {
  const { source, result } = rows;
  const stamp = stampCells(rows);
  return {
    table: 'ml.cluster_summary_runs',
    columns: [
      'source',
      'Cluster',
      'ClusterName',
      'ClusterLabel',
      'Customer_Count',
      ...FIGURES,
      'Total_Revenue',
      'Pct_of_Customers',
      'Pct_of_Revenue',
      ...STAMP,
    ],
    rows: result.clusters.length,
    writeRow: (cells, row) => {
      const cluster = clusterAt(result, row);
      cells.string(source);
      cells.int32(cluster.cluster);
      cells.string(cluster.name);
      cells.string(cluster.label);
      cells.uint32(cluster.customers);
      for (const point of [cluster.average, cluster.median]) {
        cells.int128(point.monetary);
        cells.int128(point.frequency);
        cells.int128(point.recency);
      }
      cells.int128(cluster.revenue);
      // Decimal(9, 4).
      cells.int32(Number(cluster.percentOfCustomers));
      cells.int32(Number(cluster.percentOfRevenue));
      cells.encoded(stamp);
    },
  };
}

function descriptionTable(rows: RfmRows): RunTable {
  const { source, result } = rows;
  const stamp = stampCells(rows);
  return {
    table: 'ml.cluster_description_and_recommendation_runs',
    columns: ['source', 'Cluster', 'ClusterName', 'ClusterLabel', 'Description', 'Recommendation', ...STAMP],
    rows: result.clusters.length,
    writeRow: (cells, row) => {
      const { cluster, name, label, description, recommendation } = clusterAt(result, row);
      cells.string(source);
      cells.int32(cluster);
      cells.string(name);
      cells.string(label);
      cells.string(description);
      cells.string(recommendation);
      cells.encoded(stamp);
    },
  };
}

function moveTable(rows: RfmRows): RunTable {
  const { source, result } = rows;
  const moves = result.comparison?.moves ?? [];
  const stamp = stampCells(rows);
  return {
    table: 'ml.customer_cluster_moves_runs',
    columns: ['source', 'CustomerID', 'FromCluster', 'ToCluster', 'FromName', 'ToName', 'Cause', ...STAMP],
    rows: moves.length,
    writeRow: (cells, row) => {
      const move = must(moves[row], 'a move per row');
      cells.string(source);
      cells.string(move.customer);
      cells.int32(move.from);
      cells.int32(move.to);
      cells.string(move.fromName);
      cells.string(move.toName);
      cells.string(move.cause);
      cells.encoded(stamp);
    },
  };
}

function clusterAt({ clusters }: SegmentationRun, row: number): ClusterRow {
  return must(clusters[row], 'a cluster per row');
}
