import { beforeAll, expect, test } from 'vitest';
import { createBankMarts } from './testing/bank-marts.ts';
import { workerGround, type WorkerGround } from './testing/worker-ground.ts';

let ground: WorkerGround;
const LONG_MS = 120_000;
const AS_OF = '2026-03-31';
const bank = { source: 'bank', horizon_days: 90 };

beforeAll(async () => {
  ground = await workerGround();
}, LONG_MS);

/** Publishes a build that holds a bank of so many customers. */
async function publish(customers: number, since = 330): Promise<string> {
  const build = await ground.publishMarts([], AS_OF);
  await createBankMarts(ground.clickhouse, build, { customers, asOf: AS_OF, since });
  return build;
}

const shown = (): Promise<Record<string, unknown>[]> =>
  ground.rows(`SELECT count() AS customers, any(run_id) AS run FROM ml.customer_churn WHERE source = 'bank'`);

test('twenty customers are too few: what is known of them is written, and the gate says why it shows nobody', async () => {
  await publish(20);
  const end = await ground.job('churn_scores', bank, 'twenty');
  const reasons = end.result?.['held_reasons'] ?? [end.error];
  expect(JSON.stringify(reasons)).toMatch(
    /too few to learn from: \d+ customers|customers who churned and customers who stayed are needed/,
  );
  expect(end.result?.['state']).not.toBe('published');
  expect(await shown()).toMatchObject([{ customers: '0' }]);
});

test('a history that does not reach back so far fails by name', async () => {
  await publish(300, 100);
  expect(await ground.job('churn_scores', bank, 'short')).toMatchObject({
    status: 'failed',
    error: expect.stringMatching(/of 0 customers as of 2025-10-02, 0 churned within 90 days/) as string,
  });
});

test(
  'customers who had not churned are scored by what was known of them on the day, and those with little on the account are higher',
  async () => {
    const build = await publish(2_000);
    const end = await ground.job('churn_scores', bank, 'bank');
    expect(end).toMatchObject({
      status: 'done',
      error: null,
      result: {
        state: 'published',
        as_of: AS_OF,
        meaning: expect.stringContaining('90 days later, closed or been silent') as string,
      },
    });
    const [found] = await ground.rows(
      `SELECT uniqExact(c.customer_id) AS customers, countIf(c.churn_low <= c.churn_probability AND c.churn_probability <= c.churn_high) AS inside,
         avgIf(c.churn_probability, f.features['balance'] < 3000) > avgIf(c.churn_probability, f.features['balance'] > 7000) AS poor_are_higher,
         countIf(c.probability_alive IS NULL) AS not_asked
       FROM ml.customer_churn AS c INNER JOIN ml.customer_features AS f ON f.customer_id = c.customer_id AND f.source = c.source
       WHERE c.source = 'bank' AND f.kind = 'churn_scores'`,
    );
    const [stayed] = await ground.rows(
      `SELECT count() AS customers FROM ${build}.fact_customer_metrics WHERE NOT is_churned AND dw_end_date IS NULL`,
    );
    const all = stayed?.['customers'];
    expect(found).toEqual({ customers: all, inside: all, poor_are_higher: 1, not_asked: all });
    const [backTest] = await ground.rows(
      `SELECT method, roc_auc, mapKeys(baseline_roc_auc) AS baselines FROM ml.churn_back_test`,
    );
    expect(backTest).toMatchObject({ method: 'time', baselines: ['days_since_last_activity'] });
    expect(Number(backTest?.['roc_auc'])).toBeGreaterThan(0.6);
  },
  LONG_MS,
);
