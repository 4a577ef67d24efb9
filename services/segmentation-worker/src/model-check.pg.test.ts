import { DAY_MS } from '@ebb/core';
import { beforeAll, expect, test } from 'vitest';
import { ModelsStore } from './registry/models-store.ts';
import { someCustomers } from './testing/some-customers.ts';
import { SOURCE, workerGround, type WorkerGround } from './testing/worker-ground.ts';

let ground: WorkerGround;
const LONG_MS = 180_000;
const params = { source: SOURCE };
const inDays = (days: number) => ({ clock: { nowMs: () => Date.now() + days * DAY_MS } });

beforeAll(async () => {
  ground = await workerGround();
}, LONG_MS);

test(
  'no model: one is asked for, once, and made',
  async () => {
    await ground.publishMarts(someCustomers(400));
    const end = await ground.job('model_check', params, 'first');
    expect(end).toMatchObject({ status: 'done', result: { verdict: 'retrain', job: 'first/retrain', age_days: null } });
    const worker = ground.work();
    expect(await ground.jobEnd('first/retrain')).toMatchObject({
      status: 'done',
      result: { state: 'published', k: 4 },
    });
    await worker.stop();
  },
  LONG_MS,
);

test.each([
  [6, 'reuse'],
  [8, 'retrain'],
])('a model of %i days: %s', async (days, verdict) => {
  const end = await ground.job('model_check', params, `after ${days} days`, inDays(days));
  expect(end).toMatchObject({ status: 'done', result: { verdict, age_days: days, largest_psi: 0 } });
  const { rows } = await ground.pool.query('SELECT count(*)::int AS jobs FROM ops.job_runs WHERE key = $1', [
    `after ${days} days/retrain`,
  ]);
  expect(rows).toEqual([{ jobs: verdict === 'retrain' ? 1 : 0 }]);
});

test(
  'nobody to score, other customers, and a model file that is cut short fail loudly',
  async () => {
    await ground.publishMarts(someCustomers(400, { later: 300 }));
    expect(await ground.job('model_check', params, 'drifted')).toMatchObject({
      status: 'failed',
      error: expect.stringMatching(/PSI of recency/),
    });
    await ground.publishMarts([]);
    expect(await ground.job('model_check', params, 'empty')).toMatchObject({
      status: 'failed',
      error: expect.stringMatching(/nobody of source/),
    });
    await ground.publishMarts(someCustomers(400));
    const champion = await new ModelsStore(ground.pool).champion('rfm_segments', SOURCE);
    const key = champion?.fileKey ?? '';
    const whole = Buffer.concat(await (await ground.objects.store.get(key)).toArray());
    await ground.objects.store.put(key, whole.subarray(0, whole.length / 2));
    expect(await ground.job('model_check', params, 'cut short')).toMatchObject({
      status: 'failed',
      error: expect.stringMatching(/model file models\/rfm_segments.*cut short/),
    });
    expect(await ground.job('rfm_segments', params, 'after a damaged file')).toMatchObject({ status: 'failed' });
    await ground.objects.store.put(key, whole);
    expect(await ground.job('model_check', params, 'whole again')).toMatchObject({ result: { verdict: 'reuse' } });
  },
  LONG_MS,
);
