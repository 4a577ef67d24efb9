import type { RfmTable, SegmentationRun } from '@ebb/segments';
import { inThread } from '../compute/in-thread.ts';
import type { WorkerParts } from '../create-worker.ts';
import { rfmFingerprint } from '../features/fingerprint.ts';
import { readRfm, rfmDay, type RfmFeatures } from '../features/rfm-source.ts';
import type { JobSteps, Stepped } from '../jobs/job-steps.ts';
import { publishOrHold, type RunWork, writeRun } from '../publish/finish-run.ts';
import { modelFileKey, storeModel } from '../registry/model-file.ts';
import { ModelsStore } from '../registry/models-store.ts';
import { type OpenRun, openRun } from '../registry/open-run.ts';
import { readPreviousRun } from './previous-run.ts';
import { rfmModelOf } from './rfm-model.ts';
import { RFM_SEGMENTS, rfmParams } from './rfm-params.ts';
import { rfmTables } from './rfm-tables.ts';
import { modelMetrics, runMetrics } from './run-metrics.ts';

/**
 * RFM, outliers, clusters, names and recommendations of every customer of a source, compared with the published run and
 * published in its place unless the gate holds them back. Steps read what the run began with and write under an id of the
 * attempt, so a job that is killed at any point starts over and comes to the same end.
 */
export async function rfmSegmentsJob(
  parts: WorkerParts,
  steps: JobSteps,
  params: Record<string, unknown>,
): Promise<Record<string, unknown>> {
  const { source, as_of: asked, seed } = rfmParams.parse(params);
  const { run, publication } = await steps.step('resolve', async () => {
    const opened = await openRun(parts, steps.job, { kind: RFM_SEGMENTS, source, asked, dayOf: rfmDay });
    return { value: opened, message: `build ${opened.publication.id}, as of ${opened.run.asOf}` };
  });
  const work = { parts, steps, run };
  const features = await steps.step('features', () => read(work, publication));
  const result = await steps.step('fit', () => fit(work, features.table, seed));
  await steps.step('model', () => register(work, features.table, result));
  const rows = { source: run.source, asOf: run.asOf, updatedAt: run.startedAt, table: features.table, result };
  const tables = rfmTables({ ...rows, schemeC: features.segments ?? result.schemeC });
  const writeId = await steps.step('write', () => writeRun(work, tables, runMetrics(result)));
  const { k, silhouette, inertia, gate, segments } = result;
  const figures = { customers: segments.length, k, silhouette, inertia };
  return steps.step('publish', () => publishOrHold(work, { writeId, heldReasons: gate.reasons }, figures));
}

async function read(
  { parts, steps, run }: RunWork,
  publication: OpenRun['publication'],
): Promise<Stepped<RfmFeatures>> {
  const features = await readRfm(parts.clickhouse, publication, { source: run.source, signal: steps.signal });
  const customers = features.table.customers.length;
  return { value: features, message: `${customers} customers`, metrics: { customers } };
}

async function fit(
  { parts, steps, run }: RunWork,
  table: RfmTable,
  seed: number | undefined,
): Promise<Stepped<SegmentationRun>> {
  const published = await readPreviousRun(parts, run.previousRunId, steps.signal);
  const options = seed === undefined ? {} : { seed };
  const value = await inThread('segment', { table, published, options }, steps.signal);
  const against = published === null ? 'no run is published to compare with' : `compared with run ${run.previousRunId}`;
  return {
    value,
    message: `k = ${value.k} (${value.kReason}), silhouette ${value.silhouette.toFixed(4)}; ${against}`,
    metrics: { k: value.k, silhouette: value.silhouette, inertia: value.inertia, k_table: value.kTable },
  };
}

/** The model has the run's id: a run trains one. */
async function register({ parts, run }: RunWork, table: RfmTable, result: SegmentationRun): Promise<Stepped<null>> {
  const model = rfmModelOf(result);
  const file = await storeModel(parts.store, modelFileKey(RFM_SEGMENTS, run.source, run.runId), model);
  await new ModelsStore(parts.pool).register({
    id: run.runId,
    kind: RFM_SEGMENTS,
    source: run.source,
    algorithm: 'k-means (k-means++, Lloyd with bounds) on z-scores',
    parameters: { k: result.k, outliers: 'IQR 1.5, type 7', clusters: [...result.clusterIds] },
    scaler: { ...result.scaler },
    features: model.segments.features,
    asOf: run.asOf,
    rows: table.customers.length,
    dataFingerprint: rfmFingerprint(table),
    metrics: modelMetrics(result),
    codeVersion: parts.codeVersion,
    file,
    trainedAt: run.startedAt,
    heldReasons: result.gate.reasons,
  });
  return { value: null, message: `${file.key}, ${file.bytes} bytes`, metrics: { bytes: file.bytes } };
}
