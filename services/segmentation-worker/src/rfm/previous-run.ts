import { readColumns } from '@ebb/clickhouse';
import { must } from '@ebb/core';
import type { PublishedRun } from '@ebb/segments';
import type { WorkerParts } from '../create-worker.ts';
import { readModel } from '../registry/model-file.ts';
import { ModelsStore } from '../registry/models-store.ts';
import { RunsStore } from '../registry/runs-store.ts';
import { rfmModel } from './rfm-model.ts';

type Parts = Pick<WorkerParts, 'pool' | 'clickhouse' | 'store'>;

/**
 * The run that readers saw when this one began, as `segmentCustomers` compares with it; null when there was none, or when
 * registry and warehouse no longer know it, as after one of them was set back. A damaged model file is no reason to
 * forget every name: it raises MODEL_FILE.
 */
export async function readPreviousRun(
  parts: Parts,
  runId: string | null,
  signal: AbortSignal,
): Promise<PublishedRun | null> {
  if (runId === null) return null;
  const run = await new RunsStore(parts.pool).find(runId);
  if (run?.writeId == null || run.modelId === null) return null;
  const registered = await new ModelsStore(parts.pool).find(run.modelId);
  if (registered === null) return null;
  const members = await readMembers(parts, run.writeId, signal);
  if (members === null) return null;
  const file = { key: registered.fileKey, sha256: registered.fileSha256 };
  const { segments: model } = await readModel(parts.store, file, rfmModel);
  return { model, ...members };
}

async function readMembers(
  { clickhouse }: Parts,
  writeId: string,
  signal: AbortSignal,
): Promise<Omit<PublishedRun, 'model'> | null> {
  const columns = await readColumns(
    clickhouse,
    `SELECT CustomerID AS customer, toFloat64(Cluster) AS cluster, toFloat64(Tier) AS tier
     FROM ml.customer_rfm_kmeans_clustered_runs WHERE write_id = {writeId: UUID}`,
    { params: { writeId }, signal },
  );
  if (columns.rows === 0) return null;
  const names = must(columns.texts.get('customer'), 'column customer').map((name) => name ?? '');
  const [clusters, tiers] = [columns.numbers.get('cluster'), columns.numbers.get('tier')];
  // By code units, as segments want it; the server's order is that of bytes.
  const order = [...names.keys()].toSorted((a, b) => compare(names[a] ?? '', names[b] ?? ''));
  return {
    customers: order.map((row) => names[row] ?? ''),
    segments: Int32Array.from(order, (row) => clusters?.[row] ?? 0),
    tiers: Uint8Array.from(order, (row) => tiers?.[row] ?? 255),
  };
}

function compare(a: string, b: string): number {
  if (a === b) return 0;
  return a < b ? -1 : 1;
}
