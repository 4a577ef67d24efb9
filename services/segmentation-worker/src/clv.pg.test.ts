import { beforeAll, expect, test } from 'vitest';
import { clvModel } from './clv/clv-model.ts';
import { readModel } from './registry/model-file.ts';
import { ModelsStore } from './registry/models-store.ts';
import { Crash, crashing } from './testing/crashing.ts';
import { createOrderDays, insertOrderDays, someOrderDays } from './testing/order-days.ts';
import { workerGround, type WorkerGround } from './testing/worker-ground.ts';

let ground: WorkerGround;
let database: string;
const LONG_MS = 240_000;
const AS_OF = '2026-03-31';
const CUSTOMERS = 1_500;
const params = { source: 'shop', horizon_days: 182 };
const orders = someOrderDays(CUSTOMERS, AS_OF);

beforeAll(async () => {
  ground = await workerGround();
  database = await publishOrderDays([]);
}, LONG_MS);

/** Publishes a build of the marts that holds these. */
async function publishOrderDays(rows: typeof orders): Promise<string> {
  const build = await ground.publishMarts([]);
  await createOrderDays(ground.clickhouse, build);
  if (rows.length > 0) await insertOrderDays(ground.clickhouse, build, { source: 'shop', asOf: AS_OF, rows });
  return build;
}

test('a source without orders fails by name', async () => {
  expect(await ground.job('clv', params, 'no orders')).toMatchObject({
    status: 'failed',
    error: expect.stringMatching(/source "shop" has no valid order/),
  });
});

test(
  'every customer gets a value with an interval and a reason, and the back-test stands with the model',
  async () => {
    await insertOrderDays(ground.clickhouse, database, { source: 'shop', asOf: AS_OF, rows: orders });
    const end = await ground.job('clv', params, 'first');
    expect(end).toMatchObject({
      status: 'done',
      error: null,
      result: { state: 'published', customers: CUSTOMERS, as_of: AS_OF },
    });
    const [sums] = await ground.rows(
      `SELECT count() AS customers, countIf(clv_low <= clv AND clv <= clv_high AND clv >= 0) AS inside,
         countIf(probability_alive BETWEEN 0 AND 1) AS alive, countIf(reason LIKE 'bought on %') AS told, min(purchases) AS least
       FROM ml.customer_clv`,
    );
    const all = String(CUSTOMERS);
    expect(sums).toEqual({ customers: all, inside: all, alive: all, told: all, least: 1 });
    const model = await new ModelsStore(ground.pool).champion('clv', 'shop');
    expect(model?.metrics).toMatchObject({ customers: CUSTOMERS, purchases_status: 'converged', holdout_days: 182 });
    const [came, foretold] = ['holdout_purchases', 'holdout_expected'].map((name) => Number(model?.metrics[name]));
    expect(Math.abs((foretold ?? 0) / (came ?? 1) - 1)).toBeLessThan(0.15);
    const file = { key: model?.fileKey ?? '', sha256: model?.fileSha256 ?? '' };
    expect((await readModel(ground.objects.store, file, clvModel)).models.purchases.parameters.r).toBeGreaterThan(0);
  },
  LONG_MS,
);

test(
  'orders that are cut short are held back, a missing rate fails, and readers see what they saw',
  async () => {
    const before = await ground.rows('SELECT sum(clv) AS value, any(run_id) AS run FROM ml.customer_clv');
    database = await publishOrderDays(
      orders.filter(({ customer_id: customer }) => Number(customer.slice(1)) % 2 === 0),
    );
    const end = await ground.job('clv', params, 'cut short');
    expect(end).toMatchObject({
      status: 'done',
      result: { state: 'held', held_reasons: [expect.stringMatching(/customers lost/)] },
    });
    const unrated = [{ customer_id: 'c0', order_day: AS_OF, amount: null }];
    await insertOrderDays(ground.clickhouse, database, { source: 'shop', asOf: AS_OF, rows: unrated });
    expect(await ground.job('clv', params, 'no rate')).toMatchObject({
      status: 'failed',
      error: expect.stringMatching(/customer "c0" has no amount/),
    });
    expect(await ground.rows('SELECT sum(clv) AS value, any(run_id) AS run FROM ml.customer_clv')).toEqual(before);
  },
  LONG_MS,
);

test(
  'a job that starts over reads the build it began with, also after a later one was published',
  async () => {
    const begunWith = await publishOrderDays(orders);
    const { pool, store } = ground.parts;
    const plan = { left: Number.POSITIVE_INFINITY };
    const ending = Object.create(store, {
      put: {
        value: async (...args: Parameters<typeof store.put>) => {
          await store.put(...args);
          plan.left = 0;
          throw new Crash('the process has ended');
        },
      },
    }) as typeof store;
    await ground.enqueue('clv', params, 'begun before');
    const killed = ground.work({ pool: crashing(pool, ['query', 'connect'], plan), store: ending });
    await expect(killed.ended).rejects.toBeInstanceOf(Crash);
    await publishOrderDays(orders.filter(({ customer_id: customer }) => Number(customer.slice(1)) < CUSTOMERS - 100));
    const next = ground.work();
    const end = await ground.jobEnd('begun before');
    await next.stop();
    expect(end).toMatchObject({
      status: 'done',
      attempts: 2,
      result: { customers: CUSTOMERS, publication: begunWith.replace('marts_', '') },
    });
    expect(await ground.job('clv', params, 'begun after')).toMatchObject({ result: { customers: CUSTOMERS - 100 } });
  },
  LONG_MS,
);

test('a build without the table fails by name', async () => {
  await ground.publishMarts([]);
  expect(await ground.job('clv', params, 'old build')).toMatchObject({
    status: 'failed',
    error: expect.stringMatching(/has no customer_order_days: .*run ebb build/),
  });
});
