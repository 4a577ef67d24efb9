import type { Clickhouse } from '@ebb/clickhouse';
import type { Pool } from '@ebb/postgres';
import { OUTLET } from '@ebb/testing';
import { ModelRows } from './seed-models.ts';

const RETAIL = 'retail_files';
const BEFORE = '2026-03-07';
const NOW = '2026-03-14';
const UPDATED = '2026-03-14 06:00:00';

/** Runs by name: what the warehouse holds of them and what Postgres does are seeded apart. */
const RUNS = {
  rfmBefore: '00000000-0000-4000-8000-0000000000a1',
  rfmNow: '00000000-0000-4000-8000-0000000000a2',
  behaviourBefore: '00000000-0000-4000-8000-0000000000b1',
  behaviourNow: '00000000-0000-4000-8000-0000000000b2',
} as const;

export const CHOSEN_K = 3;
const SCORES = [2, CHOSEN_K, 4].map((k) => ({
  k,
  inertia: 900.5 / k,
  silhouette: 0.7 - Math.abs(k - CHOSEN_K) / 5,
  elbow: k === CHOSEN_K ? 0.25 : 0,
  score: k === CHOSEN_K ? 1 : 0.4,
}));

/** The retailer's clusters: b goes to another one, d leaves, e is new. The shop's: one account closes. */
export async function seedClusters(clickhouse: Clickhouse): Promise<void> {
  const models = new ModelRows(clickhouse);
  const rfm = { kind: 'rfm_segments', source: RETAIL };
  await models.publish(
    { ...rfm, asOf: BEFORE, runId: RUNS.rfmBefore },
    { customer_rfm_kmeans_clustered: [rfmRow('a', 1), rfmRow('b', 1), rfmRow('c', 2), rfmRow('d', 2)] },
  );
  await models.publish(
    { ...rfm, asOf: NOW, runId: RUNS.rfmNow },
    {
      customer_rfm_kmeans_clustered: [rfmRow('a', 1), rfmRow('b', 2), rfmRow('c', 2), rfmRow('e', 1)],
      customer_cluster_moves: [
        {
          CustomerID: 'b',
          FromCluster: 1,
          ToCluster: 2,
          FromName: 'REWARD',
          ToName: 'NURTURE',
          Cause: 'own figures in another tier',
          UpdateDate: UPDATED,
        },
      ],
    },
  );
  const behaviour = { kind: 'behaviour_clusters', source: OUTLET };
  await models.publish(
    { ...behaviour, asOf: BEFORE, runId: RUNS.behaviourBefore },
    { customer_clusters: [behaviourRow('u0', 1), behaviourRow('u1', 2), behaviourRow('u2', 2)] },
  );
  await models.publish(
    { ...behaviour, asOf: NOW, runId: RUNS.behaviourNow },
    {
      customer_clusters: [behaviourRow('u0', 1), behaviourRow('u1', 2), behaviourRow('u2', null)],
      behaviour_k_table: SCORES.map((row) => ({
        ...row,
        silhouette_standard_error: 0.01,
        is_chosen: row.k === CHOSEN_K,
        updated_at: UPDATED,
      })),
    },
  );
}

function rfmRow(CustomerID: string, cluster: 1 | 2): Readonly<Record<string, unknown>> {
  const name = cluster === 1 ? 'REWARD' : 'NURTURE';
  return {
    CustomerID,
    Recency: 3,
    Frequency: 4,
    Monetary: '120.5000',
    Cluster: cluster,
    ClusterName: name,
    ClusterLabel: name,
    Tier: 1,
    UpdateDate: UPDATED,
  };
}

function behaviourRow(customer_id: string, cluster: number | null): Readonly<Record<string, unknown>> {
  return {
    customer_id,
    cluster,
    cluster_name: cluster === null ? '' : ['often here', 'seldom here'][cluster - 1],
    updated_at: UPDATED,
  };
}

/** What Postgres holds of those runs. */
export async function seedClusterRuns(pool: Pool): Promise<void> {
  const kTable = SCORES.map((row) => ({ ...row, silhouetteStandardError: 0.01 }));
  const metrics = { k: CHOSEN_K, k_reason: `first run: k = ${CHOSEN_K} has the best score`, k_table: kTable };
  const runs = [
    { run: RUNS.rfmBefore, kind: 'rfm_segments', source: RETAIL, asOf: BEFORE, previous: null },
    { run: RUNS.rfmNow, kind: 'rfm_segments', source: RETAIL, asOf: NOW, previous: RUNS.rfmBefore },
    { run: RUNS.behaviourBefore, kind: 'behaviour_clusters', source: OUTLET, asOf: BEFORE, previous: null },
    { run: RUNS.behaviourNow, kind: 'behaviour_clusters', source: OUTLET, asOf: NOW, previous: RUNS.behaviourBefore },
  ];
  for (const { run, kind, source, asOf, previous } of runs) {
    await pool.query(
      `WITH job AS (
         INSERT INTO ops.job_runs (kind, key, status, finished_at) VALUES ($2, $1::text, 'done', now()) RETURNING id
       ), model AS (
         INSERT INTO ops.models (id, kind, source, algorithm, parameters, features, as_of, rows, data_fingerprint, metrics,
           code_version, file_key, file_sha256, file_bytes, trained_at)
         VALUES (gen_random_uuid(), $2, $3, 'k-means', '{}', '{recency}', $4, 4, repeat('0', 64), $5, '0.1.0', 'models/x.json',
           repeat('0', 64), 1, now())
         RETURNING id
       )
       INSERT INTO ops.model_runs (run_id, job_id, kind, source, as_of, previous_run_id, started_at, state, model_id, write_id,
         published_at)
       SELECT $1::uuid, job.id, $2, $3, $4, $6, now(), 'published', model.id, gen_random_uuid(), now() FROM job, model`,
      [run, kind, source, asOf, JSON.stringify(metrics), previous],
    );
  }
}
