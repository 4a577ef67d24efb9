import { z } from 'zod';
import { behaviourCheck } from '../behaviour/behaviour-check.ts';
import { BEHAVIOUR_CLUSTERS } from '../behaviour/behaviour-params.ts';
import { churnCheck } from '../churn/churn-check.ts';
import { CHURN_SCORES } from '../churn/churn-params.ts';
import { CLV } from '../clv/clv-params.ts';
import { clvCheck } from '../clv/clv-check.ts';
import type { WorkerParts } from '../create-worker.ts';
import { WorkerError } from '../errors.ts';
import type { JobSteps, Stepped } from '../jobs/job-steps.ts';
import { isFresh, modelAgeDays } from '../registry/model-age.ts';
import type { Model } from '../registry/models-store.ts';
import { rfmCheck } from '../rfm/rfm-check.ts';
import { RFM_SEGMENTS, rfmParams } from '../rfm/rfm-params.ts';
import { type Checked, type CheckWork, checkWork } from './kind-check.ts';

/** Every kind that trains models; a further one is one more entry. */
const CHECKS: Readonly<Record<string, CheckWork>> = {
  [RFM_SEGMENTS]: checkWork(rfmCheck),
  [BEHAVIOUR_CLUSTERS]: checkWork(behaviourCheck),
  [CLV]: checkWork(clvCheck),
  [CHURN_SCORES]: checkWork(churnCheck),
};

const modelCheckParams = rfmParams.pick({ source: true, as_of: true }).extend({
  kind: z.string().default(RFM_SEGMENTS),
});

/**
 * Whether the champion of a kind still serves: its file is whole, there is somebody to score, they are like those it
 * learned from, and it is at most seven days old. An older one, or none, is answered by a job of its kind; everything else
 * that is wrong fails, so that nobody takes silence for health.
 */
export async function modelCheckJob(
  parts: WorkerParts,
  steps: JobSteps,
  params: Record<string, unknown>,
): Promise<Record<string, unknown>> {
  const { kind, source, as_of: asked } = modelCheckParams.parse(params);
  const check = Object.hasOwn(CHECKS, kind) ? CHECKS[kind] : undefined;
  if (check === undefined) {
    throw new WorkerError('UNKNOWN_MODEL', `no models of kind "${kind}"; one of ${Object.keys(CHECKS).join(', ')}`);
  }
  const checked = await check(parts, steps, { source, asked });
  return steps.step('verdict', () => decide(parts, { key: steps.job.key, kind, source, ...checked }));
}

async function decide(
  { pool, clock }: WorkerParts,
  { key, kind, source, champion, figures }: Checked & { key: string; kind: string; source: string },
): Promise<Stepped<Record<string, unknown>>> {
  const nowMs = clock.nowMs();
  const ageDays = champion === null ? null : modelAgeDays(champion.trainedAt, nowMs);
  const base = { kind, source, model_id: champion?.id ?? null, age_days: ageDays, ...figures };
  if (champion !== null && isFresh(champion.trainedAt, nowMs)) {
    return { value: { ...base, verdict: 'reuse' }, message: `reuse: the model is ${ageDays} days old` };
  }
  // Asked for again by a job that starts over, it is the same job.
  const job = `${key}/retrain`;
  const params = champion === null ? { source } : await paramsOf(pool, champion);
  await pool.query('SELECT ops.enqueue_job($1, $2, $3)', [kind, JSON.stringify(params), job]);
  const why = champion === null ? 'there is no model' : `the model is ${ageDays} days old`;
  return { value: { ...base, verdict: 'retrain', job }, message: `retrain: ${why}; job ${job}` };
}

/** What the champion's own job was asked for, a horizon say, but for its day and what an empty source means. */
async function paramsOf(pool: WorkerParts['pool'], { id, source }: Model): Promise<Record<string, unknown>> {
  const { rows } = await pool.query<{ params: Record<string, unknown> }>(
    `SELECT j.params FROM ops.model_runs r JOIN ops.job_runs j ON j.id = r.job_id
     WHERE r.model_id = $1 ORDER BY r.started_at LIMIT 1`,
    [id],
  );
  const { as_of: _, if_empty: __, ...params } = rows[0]?.params ?? { source };
  return params;
}
