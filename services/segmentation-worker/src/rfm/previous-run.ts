import { readColumns } from '@ebb/clickhouse';
import type { PublishedRun } from '@ebb/segments';
import type { WorkerParts } from '../create-worker.ts';
import { orderedMembers } from '../registry/ordered-members.ts';
import { previousModel } from '../registry/previous-model.ts';
import { rfmModel } from './rfm-model.ts';

/** The run that readers saw when this one began, as `segmentCustomers` compares with it; null when there was none. */
export async function readPreviousRun(
  parts: Pick<WorkerParts, 'pool' | 'clickhouse' | 'store'>,
  runId: string | null,
  signal: AbortSignal,
): Promise<PublishedRun | null> {
  const previous = await previousModel(parts, runId, rfmModel);
  if (previous === null) return null;
  const columns = await readColumns(
    parts.clickhouse,
    `SELECT CustomerID AS customer, toFloat64(Cluster) AS cluster, toFloat64(Tier) AS tier
     FROM ml.customer_rfm_kmeans_clustered_runs WHERE write_id = {writeId: UUID}`,
    { params: { writeId: previous.writeId }, signal },
  );
  if (columns.rows === 0) return null;
  const { customers, order } = orderedMembers(columns);
  const [clusters, tiers] = [columns.numbers.get('cluster'), columns.numbers.get('tier')];
  return {
    model: previous.model.segments,
    customers,
    segments: Int32Array.from(order, (row) => clusters?.[row] ?? 0),
    tiers: Uint8Array.from(order, (row) => tiers?.[row] ?? 255),
  };
}
