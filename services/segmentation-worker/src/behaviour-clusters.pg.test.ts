import { beforeAll, expect, test } from 'vitest';
import { behaviourModel } from './behaviour/behaviour-model.ts';
import { promoteModel } from './commands/promotion.ts';
import { readModel } from './registry/model-file.ts';
import { ModelsStore } from './registry/models-store.ts';
import { type Profile, publishProfiles, someProfiles } from './testing/some-profiles.ts';
import { workerGround, type WorkerGround } from './testing/worker-ground.ts';

let ground: WorkerGround;
const LONG_MS = 300_000;
const KIND = 'behaviour_clusters';
const CUSTOMERS = 800;
const params = { source: 'shop' };
const profiles = someProfiles(CUSTOMERS).map((row, index) => ({ ...row, is_closed: index >= CUSTOMERS - 40 }));
const CLUSTERED = CUSTOMERS - 40;

beforeAll(async () => {
  ground = await workerGround();
}, LONG_MS);

const run = (key: string, more: object = {}) => ground.job(KIND, { ...params, ...more }, key);
const champion = () => new ModelsStore(ground.pool).champion(KIND, 'shop');

async function members(): Promise<Map<string, string>> {
  const rows = await ground.rows<{ customer: string; cluster: string }>(
    `SELECT customer_id AS customer, concat(toString(cluster), ' ', cluster_name) AS cluster FROM ml.customer_clusters
     WHERE cluster IS NOT NULL`,
  );
  return new Map(rows.map(({ customer, cluster }) => [customer, cluster]));
}

test(
  'customers are clustered by what they do, and every table tells the same',
  async () => {
    await publishProfiles(ground, profiles);
    expect(await run('first')).toMatchObject({
      status: 'done',
      error: null,
      result: { state: 'published', customers: CLUSTERED, k: 4 },
    });
    const [counts] = await ground.rows(
      `SELECT (SELECT count() FROM ml.customer_clusters) AS customers,
         (SELECT countIf(cluster IS NULL) FROM ml.customer_clusters) AS unclustered,
         (SELECT sumIf(rows_in_cluster, cluster IS NOT NULL) FROM ml.customers_clusters_analysis) AS clustered,
         (SELECT sum(rows_in_cluster) FROM ml.customers_clusters_analysis) AS everybody,
         (SELECT uniqExactIf(cluster_name, cluster IS NOT NULL AND recommendation != '') FROM ml.customers_clusters_analysis) AS named,
         (SELECT countIf(kind = 'behaviour_clusters') FROM ml.customer_features) AS known,
         (SELECT count() FROM ml.behaviour_k_table) AS ks, (SELECT count() FROM ml.behaviour_k_table WHERE is_chosen AND k = 4) AS chosen`,
    );
    expect(counts).toEqual({
      customers: String(CUSTOMERS),
      unclustered: '40',
      clustered: String(CLUSTERED),
      everybody: String(CUSTOMERS),
      named: '4',
      known: String(CLUSTERED),
      ks: '11',
      chosen: '1',
    });
  },
  LONG_MS,
);

test('never bought is told apart from bought today, in the features and in the profiles', async () => {
  const [features] = await ground.rows(
    `SELECT countIf(features['has_bought'] = 0) AS never,
       countIf(features['has_bought'] = 0 AND mapContains(features, 'days_since_last_purchase')) AS wrong
     FROM ml.customer_features`,
  );
  expect(features).toEqual({ never: String(CLUSTERED / 2), wrong: '0' });
  const lookers = await ground.rows(
    `SELECT avg_total_orders, avg_days_since_last_purchase, known['days_since_last_purchase'] AS known
     FROM ml.customers_clusters_analysis WHERE cluster_name LIKE '%never bought%'`,
  );
  expect(lookers).toEqual([{ avg_total_orders: 0, avg_days_since_last_purchase: null, known: 0 }]);
});

test('the model lists what it was made of and what was left out, with the reason', async () => {
  const model = await champion();
  expect(model?.features).toEqual(expect.arrayContaining(['total_spend', 'days_since_last_purchase', 'has_bought']));
  expect(model?.features).not.toContain('cancelled_orders');
  expect(model?.parameters['features_left_out']).toContainEqual({
    feature: 'cancelled_orders',
    reason: 'everybody who has a value has 0',
  });
  const file = { key: model?.fileKey ?? '', sha256: model?.fileSha256 ?? '' };
  const { clusters } = await readModel(ground.objects.store, file, behaviourModel);
  expect(clusters.named).toHaveLength(4);
});

test(
  'rows in another order change nobody, and another seed renames no cluster',
  async () => {
    const before = await members();
    await publishProfiles(ground, profiles.toReversed());
    expect(await run('turned')).toMatchObject({ result: { state: 'published' } });
    expect(await members()).toEqual(before);
    expect(await run('seed 7', { seed: 7 })).toMatchObject({ result: { state: 'published' } });
    expect(await members()).toEqual(before);
    expect(await run('without components', { components: null })).toMatchObject({ result: { state: 'published' } });
    expect(await members()).toEqual(before);
  },
  LONG_MS,
);

test(
  'the next run says what grew and shrank, and profiles of both runs are one series',
  async () => {
    const more = someProfiles(CUSTOMERS + 80, { seed: 2 });
    await publishProfiles(ground, more);
    expect(await run('grown')).toMatchObject({ status: 'done', error: null, result: { state: 'published' } });
    const lines = await ground.rows<{ report: string }>(
      'SELECT report FROM ml.customer_clusters_report WHERE cluster IS NOT NULL',
    );
    expect(lines).toHaveLength(4);
    for (const { report } of lines)
      expect(report).toMatch(/ grew by \d+ \(\+\d+\.\d %\) to 220: .*total_web_events [+−]/);
    const [moved] = await ground.rows('SELECT sum(customers) AS customers FROM ml.customer_clusters_migration');
    expect(moved).toEqual({ customers: String(CUSTOMERS + 80) });
    const series = await ground.rows<{ runs: string; clusters: string }>(
      `SELECT uniqExact(run_id) AS runs, uniqExact(cluster, cluster_name) AS clusters
       FROM ml.customers_clusters_analysis_history WHERE cluster IS NOT NULL`,
    );
    expect(series).toEqual([{ runs: '5', clusters: '4' }]);
  },
  LONG_MS,
);

test(
  'an injected shift raises the alert, the gate holds the run and says why, and readers see what they saw',
  async () => {
    const before = await members();
    await publishProfiles(ground, someProfiles(CUSTOMERS + 80, { seed: 2, later: 200 }));
    const end = await run('shifted');
    expect(end).toMatchObject({
      status: 'done',
      result: { state: 'held', held_reasons: [expect.stringMatching(/^drift: PSI of .*days_since/)] },
    });
    expect(await members()).toEqual(before);
    const held = (await new ModelsStore(ground.pool).list()).find(({ heldReasons }) => heldReasons.length > 0);
    await promoteModel(ground.parts, held?.id ?? '', 'a person');
    expect(await champion()).toMatchObject({ id: held?.id, promotedBy: 'a person' });
    const runs = await ground.rows('SELECT DISTINCT toString(run_id) AS id FROM ml.customers_clusters_analysis');
    expect(runs).toEqual([{ id: held?.id }]);
  },
  LONG_MS,
);

const spoilt = (change: Profile): Profile[] =>
  someProfiles(60).map((row, at) => (at === 9 ? { ...row, ...change } : row));

test.each<[string, () => Promise<unknown>, object, RegExp]>([
  ['no customers', () => publishProfiles(ground, []), {}, /source "shop" has no customers/],
  ['one customer', () => publishProfiles(ground, someProfiles(1)), {}, /1 customers cannot be put into up to 12/],
  ['three, and k up to 12', () => publishProfiles(ground, someProfiles(3)), {}, /3 customers cannot be put/],
  [
    'all equal',
    () => publishProfiles(ground, someProfiles(60).map(({ customer_id }) => ({ ...someProfiles(2)[1], customer_id: customer_id ?? '' }))), // prettier-ignore
    {},
    /60 customers who are all equal/,
  ],
  [
    'a spend without a rate',
    () => publishProfiles(ground, spoilt({ total_spend: null })),
    {},
    /total_spend of customer "10009" is NaN/,
  ],
  [
    'a column of the published run is gone',
    () => publishProfiles(ground, someProfiles(60), { without: ['sessions', 'active_days'] }),
    {},
    /no column sessions, active_days, which the published run has/,
  ],
  [
    'a feature that is none',
    () => publishProfiles(ground, someProfiles(60)),
    { features: ['unique_sessions'] },
    /"unique_sessions" is no feature/,
  ],
  [
    'another day',
    () => publishProfiles(ground, someProfiles(60)),
    { as_of: '2026-01-01' },
    /picture of 2026-04-28.*not of 2026-01-01/,
  ],
  ['params that are none', () => Promise.resolve(), { colour: 'red' }, /params of behaviour_clusters: .*colour/],
])(
  'of %s: a failed job that says so, and readers see what they saw',
  async (name, publish, more, message) => {
    const before = await members();
    await publish();
    expect(await run(name, more)).toMatchObject({ status: 'failed', error: expect.stringMatching(message) });
    expect(await members()).toEqual(before);
  },
  LONG_MS,
);

test(
  'a source that the marts have nothing of is skipped for who asked so, and a failure for everybody else',
  async () => {
    const before = await members();
    await publishProfiles(ground, []);
    for (const kind of [KIND, 'rfm_segments']) {
      const reason = expect.stringMatching(/source "shop" has .* in build p\d+.*: load data first/) as string;
      const skipped = await ground.job(kind, { ...params, if_empty: 'skip' }, `skipped ${kind}`);
      expect(skipped, kind).toMatchObject({ status: 'done', result: { state: 'skipped', reason }, error: null });
      expect(await ground.job(kind, params, `failed ${kind}`), kind).toMatchObject({ status: 'failed', error: reason });
    }
    // Data that are there and of no use are no empty source.
    await publishProfiles(ground, someProfiles(3));
    expect(await run('too few', { if_empty: 'skip' })).toMatchObject({ status: 'failed' });
    expect(await members()).toEqual(before);
  },
  LONG_MS,
);

test(
  'a job is cancelled while it computes',
  async () => {
    await publishProfiles(ground, someProfiles(9_000));
    await ground.enqueue(KIND, params, 'cancelled');
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
    await ground.pool.query(`SELECT ops.cancel_job('cancelled')`);
    expect(await ground.jobEnd('cancelled')).toMatchObject({ status: 'failed', error: 'cancelled while it ran' });
    await worker.stop();
  },
  LONG_MS,
);
