import { readFileSync } from 'node:fs';
import { gunzipSync } from 'node:zlib';
import { TELCO_CHURN } from '@ebb/datasets';
import { beforeAll, expect, test } from 'vitest';
import { churnModelFile } from './churn/churn-model-file.ts';
import { readModel } from './registry/model-file.ts';
import { ModelsStore } from './registry/models-store.ts';
import { Crash, crashing } from './testing/crashing.ts';
import { createOrderDays, insertOrderDays, someOrderDays } from './testing/order-days.ts';
import { type JobEnd, workerGround, type WorkerGround } from './testing/worker-ground.ts';

let ground: WorkerGround;
const LONG_MS = 300_000;
const AS_OF = '2026-03-31';
const CUSTOMERS = 1_500;
const orders = someOrderDays(CUSTOMERS, AS_OF);
const shop = { source: 'shop', horizon_days: 90 };
const telco = { source: 'telco', table: 'landed.telco', label: 'Churn', id: 'customerID', as_of: AS_OF };

beforeAll(async () => {
  ground = await workerGround();
  await publish(orders);
  await ground.clickhouse.command('CREATE DATABASE landed');
}, LONG_MS);

async function publish(rows: typeof orders, source = 'shop'): Promise<void> {
  const build = await ground.publishMarts([]);
  await createOrderDays(ground.clickhouse, build);
  await insertOrderDays(ground.clickhouse, build, { source, asOf: AS_OF, rows });
}

/** A table of texts, as a file is loaded. */
async function land(table: string, columns: readonly string[], rows: readonly (readonly string[])[]): Promise<void> {
  const defined = columns.map((column) => `\`${column}\` String`).join(', ');
  await ground.clickhouse.command(`CREATE TABLE landed.${table} (${defined}) ENGINE = MergeTree ORDER BY tuple()`);
  if (rows.length === 0) return;
  await ground.clickhouse.insert(`landed.${table}`, {
    columns: [...columns],
    format: 'JSONEachRow',
    body: Buffer.from(
      rows.map((row) => JSON.stringify(Object.fromEntries(columns.map((column, at) => [column, row[at]])))).join('\n'),
    ),
  });
}

/** What readers see of all sources. */
function visible(): Promise<Record<string, unknown>[]> {
  return ground.rows(
    `SELECT source, count() AS customers, any(run_id) AS run, uniqExact(run_id) AS runs, sum(cityHash64(*)) AS all
     FROM ml.customer_churn GROUP BY source ORDER BY source`,
  );
}

async function expectFailed(params: object, key: string, error: RegExp): Promise<void> {
  const before = await visible();
  expect(await ground.job('churn_scores', params, key), key).toMatchObject({
    status: 'failed',
    error: expect.stringMatching(error) as string,
  });
  expect(await visible(), key).toEqual(before);
}

test(
  'customers of a shop: score, interval and reasons as of the day, and how such scores did a horizon later',
  async () => {
    const end = await ground.job('churn_scores', shop, 'shop');
    expect(end).toMatchObject({
      status: 'done',
      error: null,
      result: {
        state: 'published',
        customers: CUSTOMERS,
        as_of: AS_OF,
        meaning: expect.stringContaining('buys nothing in the 90 days'),
      },
    });
    const [sums] = await ground.rows(
      `SELECT count() AS customers, countIf(churn_low <= churn_probability AND churn_probability <= churn_high) AS inside,
         countIf(probability_alive BETWEEN 0 AND 1) AS alive, uniqExact(risk_decile) AS deciles, min(comparable_customers) AS least,
         countIf(length(raising) + length(lowering) > 0 AND arrayAll(r -> r.odds_ratio > 1, raising) AND arrayAll(r -> r.odds_ratio < 1, lowering)) AS told
       FROM ml.customer_churn WHERE source = 'shop'`,
    );
    const all = String(CUSTOMERS);
    expect(sums).toMatchObject({ customers: all, inside: all, alive: all, told: all, deciles: '10' });
    expect(Number(sums?.['least'])).toBeGreaterThanOrEqual(50);
    const [backTest] = await ground.rows(`SELECT * FROM ml.churn_back_test WHERE source = 'shop'`);
    expect(backTest).toMatchObject({ method: 'time', horizon_days: 90, customers: CUSTOMERS });
    const { days_since_last_purchase: silence } = (backTest?.['baseline_roc_auc'] ?? {}) as Record<string, number>;
    expect(Number(backTest?.['roc_auc'])).toBeGreaterThan(Math.max(0.75, (silence ?? 1) - 0.01));
    const [bins] = await ground.rows(`SELECT count() AS bins, sum(customers) AS customers FROM ml.churn_calibration`);
    expect(bins).toEqual({ bins: '10', customers: all });
    expect(await ground.rows('SELECT share FROM ml.churn_lift ORDER BY share LIMIT 1')).toEqual([{ share: 0.1 }]);
  },
  LONG_MS,
);

test(
  'the telco customers come from a table, rank and promise as they should, and are scored alike by the model file',
  async () => {
    const [header = '', ...lines] = gunzipSync(readFileSync(TELCO_CHURN.path)).toString().trim().split(/\r?\n/);
    await land(
      'telco',
      header.split(','),
      lines.map((line) => line.split(',')),
    );
    const end = await ground.job('churn_scores', telco, 'telco');
    expect(end).toMatchObject({ status: 'done', error: null, result: { state: 'published', customers: 7_043 } });
    const [figures] = await ground.rows<{ roc_auc: number; ece: number }>(
      `SELECT roc_auc, ece, customers, churned, method FROM ml.churn_back_test WHERE source = 'telco'`,
    );
    expect(figures).toMatchObject({ customers: 7_043, churned: 1_869, method: 'folds' });
    expect(figures?.roc_auc).toBeGreaterThan(0.84);
    expect(figures?.ece).toBeLessThan(0.03);
    const model = await new ModelsStore(ground.pool).champion('churn_scores', 'telco');
    expect(model?.metrics).toMatchObject({ roc_auc: figures?.roc_auc, ece: figures?.ece, back_test: 'folds' });
    expect(model?.features).toContain('Contract');
    const file = { key: model?.fileKey ?? '', sha256: model?.fileSha256 ?? '' };
    const kept = await readModel(ground.objects.store, file, churnModelFile);
    expect(kept.model.training.rows).toBe(7_043);
    const [customer] = await ground.rows(
      `SELECT features['Contract = Month-to-month'] AS monthly, features['tenure'] AS tenure FROM ml.customer_features
       WHERE source = 'telco' AND customer_id = '7590-VHVEG'`,
    );
    expect(customer).toEqual({ monthly: 1, tenure: 1 });
  },
  LONG_MS,
);

test(
  'what cannot be learned from is a failed job with its reason, and readers see what they saw',
  async () => {
    const columns = ['id', 'calls', 'Churn'];
    const rows = (label: (row: number) => string): string[][] =>
      Array.from({ length: 60 }, (_, row) => [`c${row}`, String(row % 7), label(row)]);
    await land('empty', columns, []);
    await land(
      'one_class',
      columns,
      rows(() => 'Yes'),
    );
    await land(
      'nan',
      columns,
      rows((row) => ['nan', 'Yes', 'No'][row % 3] ?? ''),
    );
    const asked = (table: string, more = {}): object => ({
      source: 'small',
      table: `landed.${table}`,
      label: 'Churn',
      id: 'id',
      ...more,
    });
    await expectFailed(asked('empty'), 'empty', /has no rows/);
    await expectFailed(
      asked('one_class'),
      'one class',
      /"Yes" in all 60 rows: rows of customers who left and who stayed/,
    );
    await expectFailed(asked('nan'), 'nan', /label "Churn" is "nan" in row/);
    await expectFailed(
      asked('one_class', { label: 'Gone' }),
      'no label',
      /has no column "Gone"; it has id, calls, Churn/,
    );
    await expectFailed(asked('nowhere'), 'no table', /no table landed\.nowhere/);
    await expectFailed({ ...telco, positive: 'perhaps' }, 'no positive', /no row has the label "perhaps"/);
    await expectFailed(asked('x; DROP DATABASE ml'), 'injected', /must be database\.table/);
    await expectFailed({ ...telco, table: 'system.users' }, 'closed', /closed database/);
    await expectFailed({ ...telco, source: 'shop' }, 'taken', /is a source of the marts/);
    await expectFailed({ ...shop, horizon_days: 365 }, 'too long', /ask for a shorter horizon_days/);
    expect(await ground.rows(`SELECT kind FROM ml.published WHERE source IN ('small', 'bank')`)).toEqual([]);
  },
  LONG_MS,
);

test(
  'a planted fact that only the future knows fails the job; one that was known in time is learned from',
  async () => {
    await ground.clickhouse.command(
      `INSERT INTO ml.customer_facts SELECT 'shop', customer_id, 'letters', 1 + cityHash64(customer_id) % 5, NULL, toDateTime64('2025-01-01', 3, 'UTC')
       FROM ml.customer_churn WHERE source = 'shop'`,
    );
    const known = await ground.job('churn_scores', shop, 'letters');
    expect(known).toMatchObject({ status: 'done', result: { state: 'published' } });
    expect((await new ModelsStore(ground.pool).champion('churn_scores', 'shop'))?.features).toContain('letters');
    await ground.clickhouse.command(
      `INSERT INTO ml.customer_facts SELECT 'shop', customer_id, 'why they left', NULL, 'moved', toDateTime64('2026-02-15', 3, 'UTC')
       FROM ml.customer_churn WHERE source = 'shop' AND cityHash64(customer_id) % 3 = 0`,
    );
    await expectFailed(shop, 'planted', /feature "why they left" is known of no customer at its moment, only later/);
    const left = await ground.job('churn_scores', { ...shop, leave_out: ['why they left'] }, 'left out');
    expect(left).toMatchObject({ status: 'done', result: { state: 'published' } });
  },
  LONG_MS,
);

test(
  'a run that would be worse, or rests on too few, is held back with its reasons',
  async () => {
    const rows = Array.from({ length: 90 }, (_, row) => [
      `c${row}`,
      String(row % 7),
      (row * 7) % 11 < row % 7 ? 'Yes' : 'No',
    ]);
    await land('few', ['id', 'calls', 'Churn'], rows);
    const few = await ground.job('churn_scores', { ...telco, source: 'few', table: 'landed.few', id: 'id' }, 'few');
    expect(few).toMatchObject({
      result: {
        state: 'held',
        held_reasons: expect.arrayContaining([
          expect.stringContaining('too few to learn from: 90 customers'),
        ]) as string[],
      },
    });
    // Labels drawn by lot for half of the customers: a source that broke.
    const columns = (
      await ground.rows<{ name: string }>(
        `SELECT name FROM system.columns WHERE database = 'landed' AND table = 'telco'`,
      )
    ).map(({ name }) => name);
    const drawn = columns.map((name) =>
      name === 'Churn'
        ? `if(cityHash64(customerID) % 2 = 0, if(cityHash64(customerID) % 8 < 2, 'Yes', 'No'), Churn) AS Churn`
        : `\`${name}\``,
    );
    await ground.clickhouse.command(`CREATE VIEW landed.broken AS SELECT ${drawn.join(', ')} FROM landed.telco`);
    const broken = await ground.job('churn_scores', { ...telco, table: 'landed.broken' }, 'broken');
    expect(broken).toMatchObject({
      result: { state: 'held', held_reasons: [expect.stringMatching(/^worse than the published: ROC AUC/)] },
    });
    await publish(orders.filter(({ customer_id: customer }) => Number(customer.slice(1)) % 2 === 0));
    const cut = await ground.job('churn_scores', { ...shop, leave_out: ['why they left'] }, 'cut short');
    expect(cut).toMatchObject({
      result: { state: 'held', held_reasons: [expect.stringMatching(/^customers lost: 50 %/)] },
    });
    expect((await visible()).map(({ source, customers }) => [source, customers])).toEqual([
      ['shop', String(CUSTOMERS)],
      ['telco', '7043'],
    ]);
  },
  LONG_MS,
);

test(
  'a run looks as far ahead as the published one, unless somebody says how far; the first one 90 days',
  async () => {
    await publish(orders, 'wholesale');
    const meaning = async (key: string, more = {}): Promise<unknown> =>
      (await ground.job('churn_scores', { source: 'wholesale', ...more }, key)).result?.['meaning'];
    expect(await meaning('first')).toContain('buys nothing in the 90 days');
    expect(await meaning('shorter', { horizon_days: 60 })).toContain('buys nothing in the 60 days');
    expect(await meaning('as before')).toContain('buys nothing in the 60 days');
  },
  LONG_MS,
);

test(
  'model_check reads what the champion was made of: a table by its name, a shop with the same horizon',
  async () => {
    await publish(orders);
    const check = (source: string, key: string): Promise<JobEnd> =>
      ground.job('model_check', { kind: 'churn_scores', source }, key);
    expect(await check('shop', 'check shop')).toMatchObject({ result: { verdict: 'reuse', largest_psi: 0 } });
    expect(await check('telco', 'check telco')).toMatchObject({ result: { verdict: 'reuse', largest_psi: 0 } });
    await ground.clickhouse.command(`ALTER TABLE landed.telco UPDATE tenure = '1' WHERE 1 SETTINGS mutations_sync = 2`);
    expect(await check('telco', 'check drift')).toMatchObject({
      status: 'failed',
      error: expect.stringMatching(/PSI of tenure/) as string,
    });
    // No champion, and no orders of such a source.
    expect(await check('elsewhere', 'check nobody')).toMatchObject({ status: 'failed' });
  },
  LONG_MS,
);

test(
  'killed after one of its steps, the next worker comes to the same scores',
  async () => {
    await publish(
      orders.filter(({ customer_id: customer }) => Number(customer.slice(1)) < 300),
      'retail',
    );
    const scored = async (): Promise<unknown> =>
      (
        await ground.rows(
          `SELECT sum(cityHash64(customer_id, churn_probability, churn_low, churn_high, raising, lowering)) AS scores, count() AS customers
       FROM ml.customer_churn WHERE source = 'retail'`,
        )
      )[0];
    const params = { ...shop, source: 'retail' };
    expect(await ground.job('churn_scores', params, 'whole')).toMatchObject({ status: 'done' });
    const expected = await scored();
    let step = 0;
    for (let isDone = false; !isDone;) {
      // Each single one is gone through with rfm_segments, on the same ground.
      step += 4;
      const key = `interrupted after ${step}`;
      await ground.enqueue('churn_scores', params, key);
      const plan = { left: step };
      const { pool, clickhouse, store } = ground.parts;
      const worker = ground.work({
        pool: crashing(pool, ['query', 'connect'], plan),
        clickhouse: crashing(clickhouse, ['insert', 'command'], plan),
        store: crashing(store, ['put'], plan),
      });
      const outcome = await Promise.race([
        worker.ended.catch((error: unknown) => error),
        ground.jobEnd(key).then(() => 'done'),
      ]);
      expect(await scored(), key).toEqual(expected);
      isDone = outcome === 'done';
      if (isDone) {
        await worker.stop().catch(() => {});
        continue;
      }
      expect(outcome).toBeInstanceOf(Crash);
      const next = ground.work();
      const end: JobEnd = await ground.jobEnd(key);
      await next.stop();
      expect(end, key).toMatchObject({ status: 'done', result: { state: 'published' } });
      expect(await scored(), key).toEqual(expected);
    }
    expect(step).toBeGreaterThan(20);
  },
  2 * LONG_MS,
);
