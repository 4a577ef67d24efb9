import { readColumns } from '@ebb/clickhouse';
import type { PublishedBehaviour } from '@ebb/segments';
import type { WorkerParts } from '../create-worker.ts';
import { orderedMembers } from '../registry/ordered-members.ts';
import { previousModel } from '../registry/previous-model.ts';
import { behaviourModel } from './behaviour-model.ts';

/** The run that readers saw when this one began, as `clusterBehaviour` compares with it; null when there was none. */
export async function readPreviousBehaviour(
  parts: Pick<WorkerParts, 'pool' | 'clickhouse' | 'store'>,
  runId: string | null,
  signal: AbortSignal,
): Promise<PublishedBehaviour | null> {
  const previous = await previousModel(parts, runId, behaviourModel);
  if (previous === null) return null;
  const columns = await readColumns(
    parts.clickhouse,
    `SELECT customer_id AS customer, toFloat64(cluster) AS cluster FROM ml.customer_clusters_runs
     WHERE write_id = {writeId: UUID} AND cluster IS NOT NULL`,
    { params: { writeId: previous.writeId }, signal },
  );
  if (columns.rows === 0) return null;
  const { customers, order } = orderedMembers(columns);
  const clusters = columns.numbers.get('cluster');
  return {
    model: previous.model.clusters,
    customers,
    segments: Int32Array.from(order, (row) => clusters?.[row] ?? -1),
  };
}
