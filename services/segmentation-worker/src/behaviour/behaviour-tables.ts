import type { RowBinaryWriter } from '@ebb/clickhouse';
import { must } from '@ebb/core';
import {
  type BehaviourRun,
  type BehaviourTable,
  type ClusterProfile,
  type ProfileChange,
  profileReport,
} from '@ebb/segments';
import { featureTable } from '../publish/feature-table.ts';
import type { RunTable } from '../publish/run-tables.ts';
import { stampCells } from '../publish/stamp-cells.ts';
import { BEHAVIOUR_CLUSTERS } from './behaviour-params.ts';

export interface BehaviourRows {
  readonly source: string;
  readonly asOf: string;
  /** The run's, so that an attempt that is repeated writes the same. */
  readonly updatedAt: Date;
  readonly previousRunId: string | null;
  /** All customers, also those in no cluster. */
  readonly table: BehaviourTable;
  readonly result: BehaviourRun;
}

/** Every table that a run of `behaviour_clusters` fills. */
export function behaviourTables(rows: BehaviourRows): RunTable[] {
  const { source, asOf, result } = rows;
  const { customers, values: features } = result;
  return [
    featureTable({ kind: BEHAVIOUR_CLUSTERS, source, asOf, customers, features }),
    customerTable(rows),
    analysisTable(rows),
    reportTable(rows),
    migrationTable(rows),
    kTable(rows),
  ];
}

const STAMP = ['as_of', 'updated_at'];
const NO_CLUSTER = 'not clustered';

function customerTable(rows: BehaviourRows): RunTable {
  const { source, table, result } = rows;
  const clusterOf = new Map(result.customers.map((customer, row) => [customer, result.segments[row] ?? null]));
  const names = new Map(result.model.named.map(({ cluster, name }) => [cluster, name]));
  const stamp = stampCells(rows);
  return {
    table: 'ml.customer_clusters_runs',
    columns: ['source', 'customer_id', 'cluster', 'cluster_name', ...STAMP],
    rows: table.customers.length,
    writeRow: (cells, row) => {
      const customer = table.customers[row] ?? '';
      const cluster = clusterOf.get(customer) ?? null;
      cells.string(source);
      cells.string(customer);
      clusterCell(cells, cluster);
      cells.string(cluster === null ? NO_CLUSTER : must(names.get(cluster), `a name of cluster ${cluster}`));
      cells.encoded(stamp);
    },
  };
}

function analysisTable(rows: BehaviourRows): RunTable {
  const { profiles, named } = rows.result.model;
  const stamp = stampCells(rows);
  return {
    table: 'ml.customers_clusters_analysis_runs',
    columns: [
      'source',
      'cluster',
      'cluster_name',
      'description',
      'recommendation',
      'rows_in_cluster',
      'averages',
      'known',
      'as_of',
      'analysis_timestamp',
    ],
    rows: profiles.length,
    writeRow: (cells, row) => {
      const profile = must(profiles[row], 'a profile per row');
      const words = named.find(({ cluster }) => cluster === profile.cluster);
      cells.string(rows.source);
      clusterCell(cells, profile.cluster);
      cells.string(profile.name);
      cells.string(words?.description ?? '');
      cells.string(words?.recommendation ?? '');
      cells.uint32(profile.rowsInCluster);
      figureCells(cells, averagesOf(profile));
      cells.array(profile.features.length);
      for (const { feature, known } of profile.features) {
        cells.string(feature);
        cells.uint32(known);
      }
      cells.encoded(stamp);
    },
  };
}

function averagesOf({ features }: ClusterProfile): [string, number][] {
  return features.flatMap(({ feature, average }) => (average === null ? [] : [[feature, average]]));
}

/** What a line tells of; the figures of all features stand beside it. */
const TOLD_FEATURES = ['total_spend', 'days_since_last_purchase', 'total_web_events'];

function reportTable(rows: BehaviourRows): RunTable {
  const { source, previousRunId, result } = rows;
  const changes = result.comparison?.changes ?? [];
  const lines = profileReport(changes.map(told));
  const stamp = stampCells(rows);
  return {
    table: 'ml.customer_clusters_report_runs',
    columns: [
      'source',
      'cluster',
      'cluster_name',
      'change',
      'rows_before',
      'rows_now',
      'differences',
      'report',
      'previous_run_id',
      ...STAMP,
    ],
    rows: changes.length,
    writeRow: (cells, row) => {
      const change = must(changes[row], 'a change per row');
      cells.string(source);
      clusterCell(cells, change.cluster);
      cells.string(change.name);
      cells.string(change.kind);
      cells.uint32(change.rowsBefore);
      cells.uint32(change.rowsNow);
      figureCells(cells, differencesOf(change));
      cells.string(must(lines[row], 'a line per change'));
      cells.uuid(must(previousRunId, 'the run that it is compared with'));
      cells.encoded(stamp);
    },
  };
}

function told(change: ProfileChange): ProfileChange {
  return { ...change, features: change.features.filter(({ feature }) => TOLD_FEATURES.includes(feature)) };
}

function differencesOf({ features }: ProfileChange): [string, number][] {
  return features.flatMap(({ feature, difference }) => (difference === null ? [] : [[feature, difference]]));
}

function migrationTable(rows: BehaviourRows): RunTable {
  const cellsOf = rows.result.comparison?.migration ?? [];
  const stamp = stampCells(rows);
  return {
    table: 'ml.customer_clusters_migration_runs',
    columns: ['source', 'from_cluster', 'to_cluster', 'customers', ...STAMP],
    rows: cellsOf.length,
    writeRow: (cells, row) => {
      const { from, to, customers } = must(cellsOf[row], 'a cell of the matrix per row');
      cells.string(rows.source);
      clusterCell(cells, from);
      clusterCell(cells, to);
      cells.uint32(customers);
      cells.encoded(stamp);
    },
  };
}

function kTable(rows: BehaviourRows): RunTable {
  const { kTable: scores, model } = rows.result;
  const stamp = stampCells(rows);
  return {
    table: 'ml.behaviour_k_table_runs',
    columns: [
      'source',
      'k',
      'inertia',
      'silhouette',
      'silhouette_standard_error',
      'elbow',
      'score',
      'is_chosen',
      ...STAMP,
    ],
    rows: scores.length,
    writeRow: (cells, row) => {
      const { k, inertia, silhouette, silhouetteStandardError, elbow, score } = must(scores[row], 'a score per row');
      cells.string(rows.source);
      cells.uint16(k);
      cells.float64(inertia);
      cells.float64(silhouette);
      if (silhouetteStandardError === null) cells.null();
      else {
        cells.notNull();
        cells.float64(silhouetteStandardError);
      }
      cells.float64(elbow);
      cells.float64(score);
      cells.bool(k === model.k);
      cells.encoded(stamp);
    },
  };
}

function clusterCell(cells: RowBinaryWriter, cluster: number | null): void {
  if (cluster === null) cells.null();
  else {
    cells.notNull();
    cells.int32(cluster);
  }
}

/** A Map is its length and then its pairs. */
function figureCells(cells: RowBinaryWriter, figures: readonly (readonly [string, number])[]): void {
  cells.array(figures.length);
  for (const [feature, value] of figures) {
    cells.string(feature);
    cells.float64(value);
  }
}
