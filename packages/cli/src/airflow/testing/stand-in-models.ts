import { type Clickhouse, type FilesLogin, nameFiles } from '@ebb/clickhouse';
import { EbbError } from '@ebb/core';
import type { ObjectStore } from '@ebb/object-store';
import type { JobHandler } from '@ebb/postgres';

const RUN = '6f1c7a52-9d0b-4d0e-8a8e-0d7b5a0c9e11';
const WRITE = '0b7f3f0a-6a2c-4f55-9d3b-2a4c5d6e7f80';
const AS_OF = '2026-04-28';
const EXPORT = '3d9c1a44-1f67-5b1e-a2c5-5f0e7d8c9b01';
const FOLDER = `lake/exports/${EXPORT}`;

/** What runs of models leave in the warehouse: one segment, one cluster of behaviour, one customer at risk. */
export async function publishSomeCustomers(clickhouse: Clickhouse, files: FilesLogin): Promise<void> {
  await nameFiles(clickhouse, files);
  const stamp = `toDate('${AS_OF}'), now64(3), toUUID('${RUN}'), toUUID('${WRITE}')`;
  await clickhouse.command(
    `INSERT INTO ml.cluster_summary_runs (source, Cluster, ClusterName, ClusterLabel, Customer_Count, Total_Revenue,
       Pct_of_Customers, Pct_of_Revenue, as_of, UpdateDate, run_id, write_id)
     SELECT 'retail_files', 1, 'Loyal Regulars', 'Loyal Regulars', 2, 1000, 62.5, 71.2, ${stamp}`,
  );
  await clickhouse.command(
    `INSERT INTO ml.customer_churn_runs (source, customer_id, churn_probability, churn_low, churn_high, raising, as_of,
       updated_at, run_id, write_id)
     SELECT 'retail', 'customer-1', 0.93, 0.88, 0.97, [('late_payments', '3', 2.1)], ${stamp}`,
  );
  await clickhouse.command(
    `INSERT INTO ml.customers_clusters_analysis_runs (source, cluster, cluster_name, description, rows_in_cluster, as_of,
       analysis_timestamp, run_id, write_id)
     SELECT 'shop', 1, 'Window shoppers', 'look and do not buy', 12, ${stamp}`,
  );
  await clickhouse.command(
    `INSERT INTO ml.customer_clusters_report_runs (source, cluster, cluster_name, report, as_of, updated_at, run_id, write_id)
     SELECT 'shop', 1, 'Window shoppers', 'Window shoppers grew by 3', ${stamp}`,
  );
  await clickhouse.command(
    `INSERT INTO ml.publication SELECT kind, source, toUUID('${RUN}'), toUUID('${WRITE}'), toUUID('${RUN}'),
       toDate('${AS_OF}'), now64(3), 1
     FROM VALUES('kind String, source String', ('rfm_segments', 'retail_files'), ('churn_scores', 'retail'),
       ('behaviour_clusters', 'shop'))`,
  );
}

/** Runs as long as there are data, so many times, and then says so. */
function published(held: readonly string[], times: number, empty: string): JobHandler {
  let runs = 0;
  return ({ if_empty: ifEmpty }) => {
    runs += 1;
    if (runs <= times) return Promise.resolve({ run_id: RUN, held_reasons: held, customers: 4285, as_of: AS_OF });
    if (ifEmpty !== 'skip') return Promise.reject(new EbbError('NO_MARTS', empty));
    return Promise.resolve({ state: 'skipped', reason: empty });
  };
}

/** A worker that trains nothing, but exports what there is, as the real one does. */
export function modelHandlers(clickhouse: Clickhouse, store: ObjectStore): Record<string, JobHandler> {
  return {
    rfm_segments: published([], 3, 'nobody has bought anything'),
    behaviour_clusters: published(['the silhouette fell to 0.11'], 3, 'source "shop" has no customers'),
    clv: published([], 2, 'source "retail" has no valid order'),
    churn_scores: published([], 2, 'source "retail" has no valid order'),
    model_check: ({ kind, source }) =>
      Promise.resolve({ kind, source, verdict: 'reuse', age_days: 7, largest_psi: 0.042 }),
    lake_export: () => exportTwoCustomers(clickhouse, store),
  };
}

async function exportTwoCustomers(clickhouse: Clickhouse, store: ObjectStore): Promise<Record<string, unknown>> {
  const key = `${FOLDER}/customer_clusters.parquet`;
  await clickhouse.command(
    `INSERT INTO FUNCTION s3(ebb_files, filename = '${key}', format = 'Parquet')
     SELECT 'retail_files' AS source, concat('customer-', toString(number)) AS customer_id, 'rfm_segments' AS kind,
       toNullable(toInt64(1)) AS cluster, '${RUN}' AS run_id FROM numbers(2)`,
    {},
    { settings: { s3_truncate_on_insert: 1 } },
  );
  const manifest = {
    format: 1,
    run_id: EXPORT,
    exported_at: '2026-04-29T18:00:00.000Z',
    publication: 'p20260429000000_0001',
    model_runs: [{ kind: 'rfm_segments', source: 'retail_files', run_id: RUN }],
    tables: [{ name: 'customer_clusters', key, rows: 2 }],
  };
  await store.put(`${FOLDER}/manifest.json`, Buffer.from(JSON.stringify(manifest)));
  return { run_id: EXPORT, manifest: `${FOLDER}/manifest.json` };
}
