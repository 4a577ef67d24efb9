import { OUTLET } from '@ebb/testing';
import { describe, expect, test } from 'vitest';
import type { Bank, Churn, Risks } from './api/churn-schema.ts';
import { tileText, VIEWS } from './testing/live-page.ts';
import { AS_AGREED, lookOf } from './testing/look.ts';
import { INVALID_QUERY, openReportApp } from './testing/report-app.ts';

const app = openReportApp();
const CHURN = `/churn?source=${OUTLET}`;

describe('the API of Churn and value', () => {
  const ask = (query = ''): Promise<Churn> => app.ask<Churn>(`/api/churn?source=${OUTLET}${query}`);
  const risks = (query = ''): Promise<Risks> => app.ask<Risks>(`/api/churn/risks?source=${OUTLET}${query}`);

  test('gives the back-test of the published run, whole', async () => {
    const { backTest, calibration, lift, currency, sources } = await ask();
    expect(sources).toEqual([OUTLET]);
    expect(currency).toBe('USD');
    expect(backTest).toMatchObject({ rocAuc: 0.78, customers: 3200, churned: 1300, method: 'time', horizonDays: 90 });
    expect(backTest?.baselines).toEqual([
      { feature: 'probability_alive', rocAuc: 0.75 },
      { feature: 'days_since_purchase', rocAuc: 0.74 },
    ]);
    expect(calibration.map(({ bin }) => bin)).toEqual([1, 2, 3, 4, 5, 6, 7, 8, 9, 10]);
    expect(calibration[4]).toMatchObject({ customers: 320, predicted: 0.45 });
    expect(lift.map(({ share, customers }) => [share, customers])).toEqual([
      [0.1, 320],
      [0.2, 640],
      [0.5, 1600],
    ]);
  });

  test('adds up expected value by cluster as SQL over the run does', async () => {
    const { value } = await ask();
    expect(value).toMatchObject({ asOf: '2026-03-14', horizonDays: 365 });
    expect(value?.clusters.map(({ cluster, customers, total }) => [cluster, customers, Number(total)])).toEqual([
      ['NURTURE', 2, 150.25 + 100.25],
      ['REWARD', 1, 200.25],
    ]);
    const all = await app.one<{ total: string }>(
      `SELECT toString(sum(toDecimal128(clv, 4))) AS total FROM ml.customer_clv WHERE source = '${OUTLET}'`,
    );
    expect(value?.clusters.reduce((sum, { total }) => sum + Number(total), 0)).toBeCloseTo(Number(all.total), 4);
  });

  test('lists who may leave, the greatest risk first, of one tenth or of all', async () => {
    const all = await risks();
    expect(all.total).toBe(3);
    expect(all.customers.map(({ customerId, riskDecile }) => [customerId, riskDecile])).toEqual([
      ['u2', 2],
      ['u1', 6],
      ['u0', 10],
    ]);
    expect(all.customers[0]).toMatchObject({
      value: '100.25',
      reason: { feature: 'days_since_purchase', value: '40', oddsRatio: 1.75 },
    });
    expect((await risks('&decile=2')).customers.map(({ customerId }) => customerId)).toEqual(['u2']);
    expect(await risks('&decile=1')).toMatchObject({ total: 0, customers: [] });
    const none = await app.ask<Churn>('/api/churn?source=elsewhere');
    expect(none).toMatchObject({ backTest: null, value: null, calibration: [] });
  });

  test.each(['risks?decile=0', 'risks?decile=11', 'risks?limit=201', 'bank?x=1', 'risks?source=A;DROP'])(
    'refuses %s with a reason',
    async (query) => {
      expect(await app.refusal(`/api/churn/${query}`)).toMatchObject(INVALID_QUERY);
    },
  );

  test('gives the bank’s figures as SQL over the raw rows does, and all eight analyses', async () => {
    const bank = await app.ask<Bank>('/api/churn/bank');
    const hand = await app.one<Record<'customers' | 'products' | 'issues' | 'hours', string>>(`
      SELECT (SELECT toString(count()) FROM raw.crm_customers_current WHERE source = 'bank') AS customers,
        (SELECT toString(uniqExact(product_type)) FROM raw.crm_usage_logs_current WHERE source = 'bank') AS products,
        (SELECT toString(uniqExact(issue_type)) FROM raw.crm_support_tickets_current WHERE source = 'bank') AS issues,
        (SELECT toString(round(avg(toFloat64(resolution_time_hrs)), 2)) FROM raw.crm_support_tickets_current
         WHERE source = 'bank') AS hours`);
    expect(bank.customers).toBe(Number(hand.customers));
    expect(bank.values).toMatchObject({
      number_of_products: Number(hand.products),
      number_of_issue_types: Number(hand.issues),
      avg_resolution_time_hrs: Number(hand.hours),
    });
    expect(bank.analyses.map(({ analysis }) => analysis)).toEqual([1, 2, 3, 4, 5, 6, 7, 8]);
    for (const { rows, columns, insight, n } of bank.analyses) {
      expect(rows.length).toBeGreaterThan(0);
      expect(rows.every((row) => row.length === columns.length)).toBe(true);
      expect(insight).toContain(`n = ${n}`);
    }
    const names = await app.rows<{ name: string }>(
      `SELECT full_name AS name FROM ${app.marts.publication.database}.bank_engaged_customers`,
    );
    expect(names.length).toBeGreaterThan(0);
    const table = JSON.stringify(bank.analyses[4]?.rows);
    expect(names.filter(({ name }) => table.includes(name))).toEqual([]);
  });
});

describe('Churn and value', () => {
  test('shows the figures of the API, and leads to the customer', async () => {
    await app.show(CHURN);
    expect(await tileText(app.page, 'roc-auc')).toBe('0.780');
    expect(await tileText(app.page, 'number_of_products')).toBe('5');
    expect(await app.page.getByRole('img', { name: /In 10 of 10 tenths/ }).count()).toBe(1);
    expect(await app.page.locator('[data-analysis]').count()).toBe(8);
    await app.page.getByLabel('Tenth of risk').selectOption('2');
    await expect.poll(() => app.page.locator('[data-table="risks"] tbody tr').count()).toBe(1);
    expect(app.page.url()).toContain('decile=2');
    await app.page.getByRole('link', { name: 'u2', exact: true }).click();
    await app.page.locator('[data-value="churn"]').waitFor();
    expect(await app.page.locator('[data-value="churn"]').innerText()).toBe('80.0%');
  });

  test('says how scores are made where there are none', async () => {
    await app.show('/churn?source=elsewhere');
    expect(await app.page.locator('[data-notice="no-scores"]').innerText()).toContain('ebb models run churn_scores');
  });
});

test.each(VIEWS)('$name: looks as agreed, fits its width, no accessibility violation', async (view) => {
  expect(await lookOf(app, { name: 'churn', path: CHURN }, view)).toEqual(AS_AGREED);
});
