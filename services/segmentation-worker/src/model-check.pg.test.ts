import { DAY_MS } from '@ebb/core';
import { beforeAll, describe, expect, test } from 'vitest';
import { ModelsStore } from './registry/models-store.ts';
import { createOrderDays, insertOrderDays, someOrderDays } from './testing/order-days.ts';
import { publishProfiles, someProfiles } from './testing/some-profiles.ts';
import { someCustomers } from './testing/some-customers.ts';
import { AS_OF, SOURCE, workerGround, type WorkerGround } from './testing/worker-ground.ts';

let ground: WorkerGround;
const LONG_MS = 180_000;
const inDays = (days: number) => ({ clock: { nowMs: () => Date.now() + days * DAY_MS } });

beforeAll(async () => {
  ground = await workerGround();
}, LONG_MS);

interface CheckedKind {
  readonly kind: string;
  readonly source: string;
  /** Publishes a build with customers as the model will know them. */
  readonly publish: () => Promise<unknown>;
  /** With others. */
  readonly shift: () => Promise<unknown>;
  /** With nobody. */
  readonly empty: () => Promise<unknown>;
  readonly drift: RegExp;
  readonly nobody: RegExp;
}

const orders = someOrderDays(600, AS_OF);

async function publishOrders(rows: typeof orders): Promise<void> {
  const database = await ground.publishMarts([]);
  await createOrderDays(ground.clickhouse, database);
  if (rows.length > 0) await insertOrderDays(ground.clickhouse, database, { source: 'shop', asOf: AS_OF, rows });
}

const KINDS: readonly CheckedKind[] = [
  {
    kind: 'rfm_segments',
    source: SOURCE,
    publish: () => ground.publishMarts(someCustomers(400)),
    shift: () => ground.publishMarts(someCustomers(400, { later: 300 })),
    empty: () => ground.publishMarts([]),
    drift: /PSI of recency/,
    nobody: /nobody of source/,
  },
  {
    kind: 'behaviour_clusters',
    source: 'shop',
    publish: () => publishProfiles(ground, someProfiles(400)),
    shift: () => publishProfiles(ground, someProfiles(400, { later: 300 })),
    empty: () => publishProfiles(ground, []),
    drift: /PSI of .*days_since_last_purchase/,
    nobody: /source "shop" has no customers/,
  },
  {
    kind: 'clv',
    source: 'shop',
    publish: () => publishOrders(orders),
    shift: () => publishOrders(orders.map((order) => ({ ...order, amount: String(100 * Number(order.amount)) }))),
    empty: () => publishOrders([]),
    drift: /PSI of mean_spend/,
    nobody: /source "shop" has no valid order/,
  },
];

describe.each(KINDS)('$kind', ({ kind, source, publish, shift, empty, drift, nobody }) => {
  const check = (key: string, parts = {}) => ground.job('model_check', { kind, source }, `${kind} ${key}`, parts);

  test(
    'no model: one is asked for, once, and made',
    async () => {
      await publish();
      const job = `${kind} first/retrain`;
      expect(await check('first')).toMatchObject({
        status: 'done',
        result: { verdict: 'retrain', job, age_days: null },
      });
      const worker = ground.work();
      expect(await ground.jobEnd(job)).toMatchObject({ status: 'done', result: { state: 'published' } });
      await worker.stop();
    },
    LONG_MS,
  );

  test.each([
    [6, 'reuse'],
    [8, 'retrain'],
  ])('a model of %i days: %s', async (days, verdict) => {
    const end = await check(`after ${days} days`, inDays(days));
    expect(end).toMatchObject({ status: 'done', result: { verdict, age_days: days, largest_psi: 0 } });
    const { rows } = await ground.pool.query('SELECT count(*)::int AS jobs FROM ops.job_runs WHERE key = $1', [
      `${kind} after ${days} days/retrain`,
    ]);
    expect(rows).toEqual([{ jobs: verdict === 'retrain' ? 1 : 0 }]);
  });

  test(
    'nobody to score, other customers, and a model file that is cut short fail loudly',
    async () => {
      await shift();
      expect(await check('drifted')).toMatchObject({ status: 'failed', error: expect.stringMatching(drift) });
      await empty();
      expect(await check('empty')).toMatchObject({ status: 'failed', error: expect.stringMatching(nobody) });
      await publish();
      const champion = await new ModelsStore(ground.pool).champion(kind, source);
      const key = champion?.fileKey ?? '';
      const whole = Buffer.concat(await (await ground.objects.store.get(key)).toArray());
      await ground.objects.store.put(key, whole.subarray(0, whole.length / 2));
      expect(await check('cut short')).toMatchObject({
        status: 'failed',
        error: expect.stringMatching(`model file models/${kind}.*cut short`),
      });
      await ground.objects.store.put(key, whole);
      expect(await check('whole again')).toMatchObject({ result: { verdict: 'reuse' } });
    },
    LONG_MS,
  );
});

test('a damaged model file is no reason to forget every name: the next run fails', async () => {
  await ground.publishMarts(someCustomers(400));
  const key = (await new ModelsStore(ground.pool).champion('rfm_segments', SOURCE))?.fileKey ?? '';
  await ground.objects.store.put(key, Buffer.from('{'));
  expect(await ground.job('rfm_segments', { source: SOURCE }, 'after a damaged file')).toMatchObject({
    status: 'failed',
    error: expect.stringMatching(/cut short/),
  });
});

test('trained again, a model is asked for as its own job was, but for the day', async () => {
  await publishOrders(orders);
  const asked = { source: 'shop', horizon_days: 90 };
  expect(await ground.job('clv', { ...asked, as_of: AS_OF }, 'of 90 days')).toMatchObject({
    result: { state: 'published' },
  });
  expect(await ground.job('model_check', { kind: 'clv', source: 'shop' }, 'of 90 days, aged', inDays(8))).toMatchObject(
    {
      result: { verdict: 'retrain' },
    },
  );
  const { rows } = await ground.pool.query(`SELECT params FROM ops.job_runs WHERE key = 'of 90 days, aged/retrain'`);
  expect(rows).toEqual([{ params: asked }]);
});

test('a kind without models is refused by name', async () => {
  expect(await ground.job('model_check', { kind: 'colours', source: SOURCE }, 'no kind')).toMatchObject({
    status: 'failed',
    error: expect.stringMatching(/no models of kind "colours"; one of rfm_segments/),
  });
});
