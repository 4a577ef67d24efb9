import type { LakeState } from './lake-state.ts';

/** A file of an export: a name, and the rows that go into it. */
export interface LakeTable {
  readonly name: string;
  readonly sql: string;
  readonly params: Readonly<Record<string, unknown>>;
}

interface ClusterColumns {
  readonly table: string;
  readonly customer: string;
  readonly cluster: string;
  readonly clusterName: string;
  readonly at: string;
}

/** Where each kind of run keeps the cluster of each customer. A further kind is one more entry. */
const CLUSTERS: Readonly<Record<string, ClusterColumns>> = {
  rfm_segments: {
    table: 'ml.customer_rfm_kmeans_clustered_runs',
    customer: 'CustomerID',
    cluster: 'Cluster',
    clusterName: 'ClusterName',
    at: 'UpdateDate',
  },
  behaviour_clusters: {
    table: 'ml.customer_clusters_runs',
    customer: 'customer_id',
    cluster: 'cluster',
    clusterName: 'cluster_name',
    at: 'updated_at',
  },
};

/** Everything that is exported of a state. Only rows that never change are read, so that a repeat reads the same. */
export function lakeTables({ database, modelRuns }: LakeState): LakeTable[] {
  const writeIdsOf = (kind: string): string[] =>
    modelRuns.filter((run) => run.kind === kind).map((run) => run.write_id);
  const clustered = Object.entries(CLUSTERS).filter(([kind]) => writeIdsOf(kind).length > 0);
  return [
    { name: 'customer_profiles', sql: `SELECT * FROM ${database}.int_customer_profiles_ml`, params: {} },
    {
      name: 'customer_features',
      sql: `SELECT source, customer_id, kind, as_of, features, run_id FROM ml.customer_features_runs
        WHERE has({writeIds: Array(UUID)}, write_id)`,
      params: { writeIds: modelRuns.map((run) => run.write_id) },
    },
    ...(clustered.length === 0
      ? []
      : [
          {
            name: 'customer_clusters',
            sql: clustered.map(([kind, columns]) => clustersSql(kind, columns)).join(' UNION ALL '),
            params: Object.fromEntries(clustered.map(([kind]) => [kind, writeIdsOf(kind)])),
          },
        ]),
  ];
}

function clustersSql(kind: string, { table, customer, cluster, clusterName, at }: ClusterColumns): string {
  return `SELECT source, ${customer} AS customer_id, '${kind}' AS kind, CAST(${cluster} AS Nullable(Int64)) AS cluster,
      toString(${clusterName}) AS cluster_name, as_of, ${at} AS run_at, run_id
    FROM ${table} WHERE has({${kind}: Array(UUID)}, write_id)`;
}
