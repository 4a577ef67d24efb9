import { DAY_MS, SeededRandom } from '@ebb/core';
import { beforeAll, expect, test } from 'vitest';
import { readModel } from './registry/model-file.ts';
import { ModelsStore } from './registry/models-store.ts';
import { clvModel } from './clv/clv-model.ts';
import { workerGround, type WorkerGround } from './testing/worker-ground.ts';

let ground: WorkerGround;
const LONG_MS = 240_000;
const AS_OF = '2026-03-31';
const AS_OF_DAY = Date.parse(`${AS_OF}T00:00:00Z`) / DAY_MS;
const CUSTOMERS = 1_500;
const params = { source: 'shop', horizon_days: 182 };

beforeAll(async () => {
  ground = await workerGround();
  await ground.publishMarts([]);
  await ground.clickhouse.command(
    `CREATE TABLE intermediate.int_orders (source String, order_id String, customer_id Nullable(String), kind String,
       is_valid Bool, order_day Date32, reporting_amount Nullable(Decimal(38, 4)), as_of Date32)
     ENGINE = MergeTree ORDER BY (source, order_id)`,
  );
}, LONG_MS);

/** Two years of orders of customers who behave as BG/NBD and Gamma-Gamma say. */
function orders(): object[] {
  const random = new SeededRandom('clv orders');
  const rows: object[] = [];
  for (let customer = 0; customer < CUSTOMERS; customer += 1) {
    const rate = random.gamma(0.8, 30);
    const leaving = random.beta(1, 4);
    const scale = random.gamma(4, 60);
    let day = AS_OF_DAY - 700 + random.float() * 400;
    for (let bought = 0; day < AS_OF_DAY; bought += 1) {
      rows.push({
        source: 'shop',
        order_id: `${customer}/${rows.length}`,
        customer_id: `c${customer}`,
        kind: 'order',
        is_valid: true,
        order_day: new Date(Math.floor(day) * DAY_MS).toISOString().slice(0, 10),
        reporting_amount: (random.gamma(6, 1) / scale).toFixed(2),
        as_of: AS_OF,
      });
      if (bought > 0 && random.bool(leaving)) break;
      day += Math.max(1, random.exponential(rate));
    }
  }
  return rows;
}

async function insertOrders(rows: readonly object[]): Promise<void> {
  await ground.clickhouse.insert('intermediate.int_orders', {
    columns: Object.keys(rows[0] ?? {}),
    format: 'JSONEachRow',
    body: Buffer.from(rows.map((row) => JSON.stringify(row)).join('\n')),
  });
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
    await insertOrders(orders());
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
    await ground.clickhouse.command(`DELETE FROM intermediate.int_orders WHERE cityHash64(customer_id) % 2 = 0`);
    const end = await ground.job('clv', params, 'cut short');
    expect(end).toMatchObject({
      status: 'done',
      result: { state: 'held', held_reasons: [expect.stringMatching(/customers lost/)] },
    });
    await ground.clickhouse.command(
      `INSERT INTO intermediate.int_orders SELECT 'shop', 'unrated', 'c1', 'order', true, '2026-03-01', NULL, '${AS_OF}'`,
    );
    expect(await ground.job('clv', params, 'no rate')).toMatchObject({
      status: 'failed',
      error: expect.stringMatching(/customer "c1" has no amount/),
    });
    expect(await ground.rows('SELECT sum(clv) AS value, any(run_id) AS run FROM ml.customer_clv')).toEqual(before);
  },
  LONG_MS,
);
