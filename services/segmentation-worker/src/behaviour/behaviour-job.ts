import type { BehaviourRun, BehaviourTable } from '@ebb/segments';
import { inThread } from '../compute/in-thread.ts';
import type { WorkerParts } from '../create-worker.ts';
import { columnsFingerprint } from '../features/fingerprint.ts';
import { profileDay, readProfiles } from '../features/profile-source.ts';
import type { JobSteps, Stepped } from '../jobs/job-steps.ts';
import { publishOrHold, type RunWork, writeRun } from '../publish/finish-run.ts';
import { modelFileKey, storeModel } from '../registry/model-file.ts';
import { ModelsStore } from '../registry/models-store.ts';
import { type OpenRun, openRun } from '../registry/open-run.ts';
import { modelMetrics, runMetrics } from './behaviour-metrics.ts';
import type { BehaviourModelFile } from './behaviour-model.ts';
import { BEHAVIOUR_CLUSTERS, type BehaviourParams, behaviourParams } from './behaviour-params.ts';
import { behaviourTables } from './behaviour-tables.ts';
import { readPreviousBehaviour } from './previous-behaviour.ts';

/**
 * Clusters of a source's customers by everything they do, with names, profiles and what changed since the published run,
 * published in its place unless the gate holds them back. Steps are repeatable as those of `rfm_segments` are.
 */
export async function behaviourJob(
  parts: WorkerParts,
  steps: JobSteps,
  given: Record<string, unknown>,
): Promise<Record<string, unknown>> {
  const params = behaviourParams.parse(given);
  const { run, publication } = await steps.step('resolve', async () => {
    const request = { kind: BEHAVIOUR_CLUSTERS, source: params.source, asked: params.as_of, dayOf: profileDay };
    const opened = await openRun(parts, steps.job, request);
    return { value: opened, message: `build ${opened.publication.id}, as of ${opened.run.asOf}` };
  });
  const work = { parts, steps, run };
  const table = await steps.step('features', () => read(work, publication));
  const result = await steps.step('fit', () => fit(work, table, params));
  await steps.step('model', () => register(work, result));
  const { source, asOf, startedAt: updatedAt, previousRunId } = run;
  const tables = behaviourTables({ source, asOf, updatedAt, previousRunId, table, result });
  const writeId = await steps.step('write', () => writeRun(work, tables, runMetrics(result)));
  const { customers, inertia, gate, model } = result;
  const { k, silhouette } = model;
  const figures = { customers: customers.length, k, silhouette, inertia };
  return steps.step('publish', () => publishOrHold(work, { writeId, heldReasons: gate.reasons }, figures));
}

async function read(
  { parts, steps, run }: RunWork,
  publication: OpenRun['publication'],
): Promise<Stepped<BehaviourTable>> {
  const value = await readProfiles(parts.clickhouse, publication, { source: run.source, signal: steps.signal });
  const customers = value.customers.length;
  return { value, message: `${customers} customers, ${value.columns.size} features`, metrics: { customers } };
}

async function fit(
  { parts, steps, run }: RunWork,
  table: BehaviourTable,
  { features, components, seed }: BehaviourParams,
): Promise<Stepped<BehaviourRun>> {
  const published = await readPreviousBehaviour(parts, run.previousRunId, steps.signal);
  const input = {
    table,
    published,
    asked: features ?? null,
    stamp: { runId: run.runId, analysedAt: run.startedAt.toISOString() },
    options: { ...(components === undefined ? {} : { components }), ...(seed === undefined ? {} : { seed }) },
  };
  const value = await inThread('behaviour', input, steps.signal);
  const { k, silhouette, used, leftOut } = value.model;
  const without = leftOut.map(({ feature, reason }) => `${feature} (${reason})`).join(', ');
  const against = value.comparison === null ? 'compared with no run' : `compared with run ${run.previousRunId}`;
  return {
    value,
    message:
      `k = ${k} (${value.kReason}), silhouette ${silhouette.toFixed(4)}; ${against}; ${used.length} features, ` +
      `left out: ${without || 'none'}`,
    metrics: { k, silhouette, inertia: value.inertia, k_table: value.kTable },
  };
}

/** The model has the run's id: a run trains one. */
async function register({ parts, run }: RunWork, result: BehaviourRun): Promise<Stepped<null>> {
  const { model, customers, values, gate } = result;
  const content: BehaviourModelFile = { kind: BEHAVIOUR_CLUSTERS, clusters: model };
  const file = await storeModel(parts.store, modelFileKey(BEHAVIOUR_CLUSTERS, run.source, run.runId), content);
  await new ModelsStore(parts.pool).register({
    id: run.runId,
    kind: BEHAVIOUR_CLUSTERS,
    source: run.source,
    algorithm: 'k-means (k-means++, Lloyd with bounds) on principal components of z-scores',
    parameters: {
      k: model.k,
      components: model.pca?.components.length ?? null,
      clusters: model.named.map(({ cluster, name }) => ({ cluster, name })),
      features_left_out: model.leftOut,
    },
    scaler: { ...model.scaler },
    features: model.features,
    asOf: run.asOf,
    rows: customers.length,
    dataFingerprint: columnsFingerprint(customers, [...values.values()]),
    metrics: modelMetrics(result),
    codeVersion: parts.codeVersion,
    file,
    trainedAt: run.startedAt,
    heldReasons: gate.reasons,
  });
  return { value: null, message: `${file.key}, ${file.bytes} bytes`, metrics: { bytes: file.bytes } };
}
