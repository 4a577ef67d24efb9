import { beforeAll, expect, test } from 'vitest';
import { promoteModel, rollBack } from './commands/promotion.ts';
import { readMonitor } from './commands/monitor.ts';
import { ModelsStore } from './registry/models-store.ts';
import { retailYear } from './testing/retail-year.ts';
import { someCustomers } from './testing/some-customers.ts';
import { AS_OF, SOURCE, workerGround, type WorkerGround } from './testing/worker-ground.ts';

let ground: WorkerGround;
const LONG_MS = 300_000;
const params = { source: SOURCE };

beforeAll(async () => {
  ground = await workerGround();
}, LONG_MS);

test('without a published build, and without a run, nothing looks healthy', async () => {
  const end = await ground.job('rfm_segments', params, 'before any build');
  expect(end).toMatchObject({ status: 'failed', error: expect.stringMatching(/no build of the marts is published/) });
  const { troubles } = await readMonitor(ground.pool, { runs: 5, nowMs: Date.now() });
  expect(troubles).toContainEqual(expect.stringMatching(/failed: no build/));
  expect(troubles).toContainEqual(expect.stringMatching(/no model is champion/));
});

test(
  'the real year, through the queue: outliers, k, inertia, sizes and scheme C are those known of it',
  async () => {
    await ground.publishMarts(retailYear());
    const end = await ground.job('rfm_segments', { ...params, as_of: AS_OF }, 'year');
    expect(end).toMatchObject({ status: 'done', error: null, result: { state: 'published', k: 4, customers: 4285 } });
    expect(end.result?.['inertia']).toBeLessThanOrEqual(2741.6);
    expect(end.result?.['silhouette']).toBeCloseTo(0.417, 3);
    const sizes = await ground.rows<{ cluster: number; customers: number }>(
      'SELECT Cluster AS cluster, Customer_Count AS customers FROM ml.cluster_summary ORDER BY Cluster',
    );
    expect(sizes.filter(({ cluster }) => cluster < 0)).toEqual([
      { cluster: -3, customers: 226 },
      { cluster: -2, customers: 53 },
      { cluster: -1, customers: 197 },
    ]);
    const rest = sizes.flatMap(({ cluster, customers }) => (cluster < 0 ? [] : [customers])).toSorted((a, b) => b - a);
    for (const [index, size] of [1491, 913, 907, 498].entries()) {
      expect(Math.abs((rest[index] ?? 0) - size)).toBeLessThanOrEqual(6);
    }
    expect(rest).toHaveLength(4);
    const [best] = await ground.rows(
      `SELECT count() AS customers, toString(sum(Monetary)) AS revenue FROM ml.customer_segments_clustered
       WHERE Segment = 'High Value - Active & Engaged'`,
    );
    expect(best).toEqual({ customers: '890', revenue: '5864187.32' });
    const [shares] = await ground.rows(
      'SELECT toString(sum(Pct_of_Customers)) AS customers, toString(sum(Pct_of_Revenue)) AS revenue FROM ml.cluster_summary',
    );
    expect(shares).toEqual({ customers: '100', revenue: '100' });
  },
  LONG_MS,
);

test('every cluster has one description and one recommendation, every customer one row in each table', async () => {
  const [counts] = await ground.rows(
    `SELECT (SELECT count() FROM ml.cluster_summary) AS clusters,
       (SELECT uniqExact(Cluster) FROM ml.cluster_description_and_recommendation WHERE Recommendation != '') AS described,
       (SELECT uniqExact(ClusterLabel) FROM ml.cluster_summary) AS labels,
       (SELECT uniqExact(Cluster, ClusterLabel) FROM ml.customer_segments_clustered) AS pairs,
       (SELECT uniqExact(CustomerID) FROM ml.customer_rfm_kmeans_clustered) AS clustered,
       (SELECT count() FROM ml.customer_segments_clustered) AS segmented,
       (SELECT countIf(length(features) = 3) FROM ml.customer_features) AS known,
       (SELECT sum(Customer_Count) FROM ml.cluster_summary) AS summed`,
  );
  expect(counts).toEqual({
    clusters: '7',
    described: '7',
    labels: '7',
    pairs: '7',
    clustered: '4285',
    segmented: '4285',
    known: '4285',
    summed: '4285',
  });
});

test(
  'another seed renames no cluster and moves at most 0.3 % of customers; a repeated key does nothing',
  async () => {
    const before = await ground.visible();
    const names = 'SELECT Cluster, ClusterName FROM ml.cluster_summary ORDER BY Cluster';
    const named = await ground.rows(names);
    expect(await ground.job('rfm_segments', { ...params, as_of: AS_OF }, 'year')).toMatchObject({ attempts: 1 });
    const end = await ground.job('rfm_segments', { ...params, seed: 7 }, 'year, seed 7');
    expect(end).toMatchObject({ status: 'done', result: { state: 'published', k: 4 } });
    expect(await ground.rows(names)).toEqual(named);
    const now = await ground.visible();
    const moved = [...now].filter(([customer, cluster]) => before.get(customer) !== cluster);
    expect(moved.length / now.size).toBeLessThanOrEqual(0.003);
    const [listed] = await ground.rows('SELECT count() AS moves FROM ml.customer_cluster_moves');
    expect(listed).toEqual({ moves: String(moved.length) });
  },
  LONG_MS,
);

test('a row per step is there, and the monitor shows figures and nothing wrong but what failed', async () => {
  const { rows } = await ground.pool.query(
    `SELECT step, s.status FROM ops.job_steps s JOIN ops.job_runs j ON j.id = s.job_id WHERE j.key = 'year' ORDER BY position`,
  );
  const steps = ['resolve', 'features', 'fit', 'model', 'write', 'publish'];
  expect(rows).toEqual(steps.map((step) => ({ step, status: 'done' })));
  const { runs, troubles } = await readMonitor(ground.pool, { runs: 5, nowMs: Date.now() });
  expect(troubles).toEqual([]);
  expect(runs[0]).toMatchObject({
    state: 'published',
    steps: 6,
    stepsDone: 6,
    metrics: { k: 4, moved: expect.any(Number) },
  });
  const old = await readMonitor(ground.pool, { runs: 5, nowMs: Date.now() + 8 * 86_400_000 });
  expect(old.troubles).toEqual([expect.stringMatching(/8 days old/)]);
});

test.each([
  ['no customers', [], /nobody of source/],
  ['one customer', someCustomers(1), /customers? cannot be put/],
  ['three rows and k up to 12', someCustomers(3), /3 customers cannot be put/],
  [
    'all equal',
    someCustomers(40).map((row) => ({ ...row, recencyDays: 5, frequency: 2, monetary: 10_000n })),
    /equal|constant|spread/,
  ],
])(
  'of %s: a failed job that says so, and readers see what they saw',
  async (name, rows, message) => {
    const before = await ground.visible();
    await ground.publishMarts(rows);
    const end = await ground.job('rfm_segments', params, name);
    expect(end).toMatchObject({ status: 'failed', error: expect.stringMatching(message) });
    expect(await ground.visible()).toEqual(before);
  },
  LONG_MS,
);

test('a missing figure, a missing table and another day fail by name', async () => {
  const database = await ground.publishMarts(someCustomers(100));
  expect(await ground.job('rfm_segments', { ...params, as_of: '2026-04-01' }, 'other day')).toMatchObject({
    error: expect.stringMatching(/picture of 2026-04-28.*not of 2026-04-01/),
  });
  await ground.clickhouse.command(
    `ALTER TABLE ${database}.customer_rfm_gold MODIFY COLUMN Monetary Nullable(Decimal(38, 2))`,
  );
  await ground.clickhouse.command(`INSERT INTO ${database}.customer_rfm_gold SELECT '99999', 1, 1, NULL, '${AS_OF}'`);
  await ground.clickhouse.command(
    `INSERT INTO ${database}.customer_segments VALUES ('99999', 'Base Value - Inactive')`,
  );
  expect(await ground.job('rfm_segments', params, 'missing figure')).toMatchObject({
    error: expect.stringMatching(/customer "99999" has no monetary/),
  });
  await ground.clickhouse.command(`DROP TABLE ${database}.customer_segments`);
  expect(await ground.job('rfm_segments', params, 'missing table')).toMatchObject({
    error: expect.stringMatching(/customer_segments/),
  });
  expect(await ground.job('rfm_segments', { colour: 'red' }, 'other params')).toMatchObject({
    status: 'failed',
    error: expect.stringMatching(/^params of rfm_segments: source: .*colour/),
  });
});

test(
  'the gate holds an injected shift back and says why; a person may promote it, and go back',
  async () => {
    const before = await ground.visible();
    await ground.publishMarts(retailYear().map((row) => ({ ...row, recencyDays: row.recencyDays + 400 })));
    const end = await ground.job('rfm_segments', params, 'shifted');
    expect(end).toMatchObject({
      status: 'done',
      result: { state: 'held', held_reasons: [expect.stringMatching(/drift/)] },
    });
    expect(await ground.visible()).toEqual(before);
    const models = new ModelsStore(ground.pool);
    const champion = await models.champion('rfm_segments', SOURCE);
    const held = (await models.list()).find(({ heldReasons }) => heldReasons.length > 0);
    await promoteModel(ground.parts, held?.id.slice(0, 13) ?? '', 'a person');
    expect(await ground.rows('SELECT DISTINCT toString(run_id) AS id FROM ml.cluster_summary')).toEqual([
      { id: held?.id },
    ]);
    expect(await models.champion('rfm_segments', SOURCE)).toMatchObject({ id: held?.id, promotedBy: 'a person' });
    await rollBack(ground.parts, { kind: 'rfm_segments', source: SOURCE, by: 'a person' });
    expect(await ground.visible()).toEqual(before);
    expect(await models.champion('rfm_segments', SOURCE)).toMatchObject({ id: champion?.id });
    await expect(promoteModel(ground.parts, 'ffff', 'a person')).rejects.toMatchObject({ code: 'UNKNOWN_MODEL' });
  },
  LONG_MS,
);

test(
  'a job is cancelled before it begins and while it computes',
  async () => {
    await ground.enqueue('rfm_segments', params, 'never begun');
    const cancel = (key: string) => ground.pool.query('SELECT ops.cancel_job($1) AS status', [key]);
    expect((await cancel('never begun')).rows).toEqual([{ status: 'failed' }]);
    await ground.publishMarts(someCustomers(9_000));
    await ground.enqueue('rfm_segments', params, 'cancelled');
    const worker = ground.work();
    await expect
      .poll(
        async () => {
          const { rows } = await ground.pool.query(
            `SELECT 1 FROM ops.job_steps s JOIN ops.job_runs j ON j.id = s.job_id WHERE j.key = 'cancelled' AND step = 'fit'`,
          );
          return rows.length;
        },
        { timeout: 30_000, interval: 20 },
      )
      .toBe(1);
    await cancel('cancelled');
    expect(await ground.jobEnd('cancelled')).toMatchObject({ status: 'failed', error: 'cancelled while it ran' });
    await worker.stop();
  },
  LONG_MS,
);
