import type { Churn, ClusterValue } from '../../api/churn-schema.ts';
import type { Edition } from '../../warehouse/edition.ts';
import type { ModelRuns } from '../../warehouse/model-run.ts';
import { toCount } from '../rows.ts';

/** What the customers of each RFM cluster are expected to be worth together and on average; null before a run of clv. */
export async function readValueByCluster(edition: Edition, runs: ModelRuns, source: string): Promise<Churn['value']> {
  const values = runs.of('clv', source);
  if (values === null) return null;
  const params = { values: values.writeId, clusters: runs.writeIdOf('rfm_segments', source) };
  const [[about], rows] = await Promise.all([
    edition.query<{ days: number }>(
      'SELECT max(v.horizon_days) AS days FROM ml.customer_clv_runs AS v WHERE v.write_id = {values: UUID}',
      params,
    ),
    edition.query<Omit<ClusterValue, 'customers'> & { members: string }>(
      `SELECT toString(r.label) AS cluster, toString(count()) AS members, toString(sum(toDecimal128(v.clv, 4))) AS total,
         toString(toDecimal128(avg(v.clv), 4)) AS average, avg(v.probability_alive) AS alive
       FROM ml.customer_clv_runs AS v
       LEFT JOIN (
         SELECT CustomerID AS id, ClusterLabel AS label FROM ml.customer_rfm_kmeans_clustered_runs
         WHERE write_id = {clusters: UUID}
       ) AS r ON r.id = v.customer_id
       WHERE v.write_id = {values: UUID}
       GROUP BY r.label ORDER BY sum(v.clv) DESC, cluster`,
      params,
    ),
  ]);
  const clusters = rows.map(({ members, ...row }) => ({ ...row, customers: toCount(members) }));
  return { asOf: values.asOf, horizonDays: about?.days ?? 0, clusters };
}
