import { type Drift, drift, type RfmTable } from '@ebb/segments';
import type { WorkerParts } from '../create-worker.ts';
import { WorkerError } from '../errors.ts';
import { readRfm, rfmDay } from '../features/rfm-source.ts';
import type { JobSteps, Stepped } from '../jobs/job-steps.ts';
import { isFresh, modelAgeDays } from '../registry/model-age.ts';
import { readModel } from '../registry/model-file.ts';
import { type Model, ModelsStore } from '../registry/models-store.ts';
import { mustBePublished } from '../registry/open-run.ts';
import { type RfmModel, rfmModel, rfmValues, scoreRfm } from './rfm-model.ts';
import { modelCheckParams, RFM_SEGMENTS } from './rfm-params.ts';

/**
 * Whether the champion still serves: its file is whole, there is somebody to score, they are like those it learned from,
 * and it is at most seven days old. An older one, or none, is answered by a job `rfm_segments`; everything else that is
 * wrong fails, so that nobody takes silence for health.
 */
export async function modelCheckJob(
  parts: WorkerParts,
  steps: JobSteps,
  params: Record<string, unknown>,
): Promise<Record<string, unknown>> {
  const { source, as_of: asked } = modelCheckParams.parse(params);
  const table = await steps.step('features', () => readPresent(parts, { source, asked, signal: steps.signal }));
  const champion = await steps.step('champion', () => findChampion(parts, source));
  const figures = champion === null ? {} : await compare(parts, steps, { champion, table });
  return steps.step('verdict', () => decide(parts, { key: steps.job.key, source, champion, figures }));
}

async function readPresent(
  { clickhouse }: WorkerParts,
  request: { source: string; asked: string | undefined; signal: AbortSignal },
): Promise<Stepped<RfmTable>> {
  const publication = await mustBePublished(clickhouse);
  const asOf = await rfmDay(clickhouse, publication, request);
  const { table } = await readRfm(clickhouse, publication, request);
  const customers = table.customers.length;
  return { value: table, message: `${customers} customers as of ${asOf}`, metrics: { customers } };
}

async function findChampion({ pool }: WorkerParts, source: string): Promise<Stepped<Model | null>> {
  const champion = await new ModelsStore(pool).champion(RFM_SEGMENTS, source);
  return { value: champion, message: champion === null ? 'there is no champion yet' : `model ${champion.id}` };
}

async function compare(
  { store }: WorkerParts,
  steps: JobSteps,
  { champion, table }: { champion: Model; table: RfmTable },
): Promise<Record<string, unknown>> {
  const file = { key: champion.fileKey, sha256: champion.fileSha256 };
  const model = await steps.step('file', async () => {
    const value = await readModel(store, file, rfmModel);
    return { value, message: `${file.key} is whole` };
  });
  return steps.step('drift', () => {
    const found = driftOf(model, champion, table);
    const alerts = alertsOf(found);
    if (alerts.length > 0) {
      throw new WorkerError(
        'DRIFTED',
        `customers are no longer those of model ${champion.id}: ${alerts.join('; ')}. Look at the data; if it is right, run ` +
          'rfm_segments and promote its model',
      );
    }
    const largest = Math.max(0, ...found.populations.map(({ psi }) => psi));
    const figures = { largest_psi: largest, drift: found };
    return Promise.resolve({ value: figures, message: `largest PSI ${largest.toFixed(4)}`, metrics: figures });
  });
}

/** Features against those the model learned from, and segments by the model against those it was published with. */
export function driftOf(model: RfmModel, champion: Pick<Model, 'metrics'>, table: RfmTable): Drift {
  const sizesNow = new Map<number, number>();
  for (const segment of scoreRfm(model, table)) sizesNow.set(segment, (sizesNow.get(segment) ?? 0) + 1);
  const sizes = (champion.metrics['sizes'] ?? {}) as Record<string, number>;
  return drift({
    bins: model.segments.bins,
    values: rfmValues(table),
    sizesBefore: new Map(Object.entries(sizes).map(([segment, size]) => [Number(segment), size])),
    sizesNow,
    shifts: [],
    isSameK: true,
  });
}

function alertsOf({ populations }: Drift): string[] {
  return populations.filter(({ isAlert }) => isAlert).map(({ name, psi }) => `PSI of ${name} is ${psi.toFixed(3)}`);
}

async function decide(
  { pool, clock }: WorkerParts,
  found: { key: string; source: string; champion: Model | null; figures: Record<string, unknown> },
): Promise<Stepped<Record<string, unknown>>> {
  const { champion, source, figures } = found;
  const nowMs = clock.nowMs();
  const ageDays = champion === null ? null : modelAgeDays(champion.trainedAt, nowMs);
  const base = { source, model_id: champion?.id ?? null, age_days: ageDays, ...figures };
  if (champion !== null && isFresh(champion.trainedAt, nowMs)) {
    return { value: { ...base, verdict: 'reuse' }, message: `reuse: the model is ${ageDays} days old` };
  }
  // Asked for again by a job that starts over, it is the same job.
  const key = `${found.key}/retrain`;
  await pool.query('SELECT ops.enqueue_job($1, $2, $3)', [RFM_SEGMENTS, JSON.stringify({ source }), key]);
  const why = champion === null ? 'there is no model' : `the model is ${ageDays} days old`;
  return { value: { ...base, verdict: 'retrain', job: key }, message: `retrain: ${why}; job ${key}` };
}
