import type { Clickhouse } from '@ebb/clickhouse';
import { BankRows, OUTLET, ShopRows } from '@ebb/testing';
import { afterEach, beforeAll, beforeEach, describe, expect, test } from 'vitest';
import type { Bank, Churn, Risks } from './api/churn-schema.ts';
import type { Customer, Customers } from './api/customers-schema.ts';
import type { Drops, Funnel, Retention } from './api/funnel-schema.ts';
import { visitsByHand } from './testing/by-hand.ts';
import { tileText, VIEWS } from './testing/live-page.ts';
import { AS_AGREED, lookOf } from './testing/look.ts';
import { ReportApp } from './testing/report-app.ts';
import { seedDocuments } from './testing/seed-documents.ts';
import { seedModels } from './testing/seed-models.ts';

/** Pages about people, over marts that dbt builds of a seeded fortnight (a minute), and seeded runs of models. */

const BUILD_MS = 600_000;
const PATIENT = { timeout: 15_000 };
const app = new ReportApp();

/** The bank's fixture, with six customers who are not silent yet. */
async function seedBank(clickhouse: Clickhouse): Promise<void> {
  const bank = new BankRows(clickhouse);
  const at = '2026-03-14 10:00:00';
  await bank.loadAll(at);
  const bookings = ['3', '4', '5', '6', '7', '9'].map((customer_id) => ({
    ...bank.row('transactions', '4001'),
    transaction_id: `new${customer_id}`,
    customer_id,
    occurred_at: '2026-03-01 10:00:00',
  }));
  await bank.change('transactions', bookings, { at, op: 'c' });
}

async function seedPeople(clickhouse: Clickhouse): Promise<void> {
  await seedModels(clickhouse);
  await seedBank(clickhouse);
  // Somebody who came on forty days in a row and then no more.
  const days = Array.from({ length: 40 }, (_, day) => new Date(Date.UTC(2026, 0, 10 + day)).toISOString().slice(0, 10));
  await new ShopRows(clickhouse).visits(
    days.map((day) => ({
      source: OUTLET,
      userId: 'gone',
      session: `g${day}`,
      at: `${day} 10:00:00`,
      type: 'page_view',
    })),
  );
}

beforeAll(() => app.open({ warehouse: seedPeople, postgres: seedDocuments }), BUILD_MS);

beforeEach(() => app.newPage());

afterEach(() => app.closePage());

const ONE = `/customers?source=${OUTLET}&customer=u0`;
const CHURN = `/churn?source=${OUTLET}`;
const FUNNEL = `/funnel?source=${OUTLET}&from=2026-03-08&to=2026-03-14`;
const PAGES = [
  { name: 'customers', path: `/customers?source=${OUTLET}` },
  { name: 'customer', path: ONE },
  { name: 'churn', path: CHURN },
  { name: 'funnel', path: FUNNEL },
] as const;

const list = (query = ''): Promise<Customers> => app.ask<Customers>(`/api/customers?source=${OUTLET}${query}`);
const one = (id = 'u0'): Promise<Customer> => app.ask<Customer>(`/api/customers/one?source=${OUTLET}&customer=${id}`);

describe('the API of Customers', () => {
  test('finds everybody who was registered, bought or was seen, as the raw rows do', async () => {
    const hand = await app.rows<{ id: string }>(`
      SELECT DISTINCT id FROM (
        SELECT customer_id AS id FROM raw.crm_customers_current WHERE source = '${OUTLET}'
        UNION ALL SELECT assumeNotNull(user_id) FROM raw.sales_orders_current WHERE source = '${OUTLET}'
        UNION ALL SELECT user_key FROM raw.web_events_current WHERE source = '${OUTLET}' AND is_identified)`);
    const found = await list('&limit=200');
    expect(found.total).toBe(hand.length);
    expect(found.customers.map(({ customerId }) => customerId).toSorted()).toEqual(hand.map(({ id }) => id).toSorted());
    expect(found.sources).toContain(OUTLET);
  });

  test('finds by a part of the id, whole and first letters before others, and takes signs for what they are', async () => {
    const { customers, total } = await list('&text=U1');
    expect(total).toBe(customers.length);
    expect(customers.every(({ customerId }) => customerId.includes('u1'))).toBe(true);
    expect((await list('&text=u1')).customers[0]?.customerId).toBe('u1');
    expect(await list(`&text=${encodeURIComponent("' OR 1=1 --")}`)).toMatchObject({ total: 0, customers: [] });
    expect(await list('&text=%25')).toMatchObject({ total: 0 });
  });

  test('gives one customer’s figures as SQL over the raw rows does', async () => {
    const { profile } = await one();
    const hand = await app.one<Record<'spend' | 'orders' | 'last', string>>(`
      SELECT toString(sumIf(total_amount, kind = 'credit_note' OR order_status NOT IN ('cancelled', 'returned'))) AS spend,
        toString(countIf(kind = 'order' AND order_status NOT IN ('cancelled', 'returned'))) AS orders,
        toString(dateDiff('day', toDate(maxIf(purchase_time, kind = 'order' AND order_status NOT IN ('cancelled', 'returned'))),
          toDate('2026-03-15'))) AS last
      FROM raw.sales_orders_current WHERE source = '${OUTLET}' AND user_id = 'u0'`);
    expect(Number(profile?.spend)).toBe(Number(hand.spend));
    expect(profile).toMatchObject({
      orders: Number(hand.orders),
      daysSincePurchase: Number(hand.last),
      currency: 'USD',
    });
    const web = await app.one<Record<'events' | 'sessions', string>>(`
      SELECT toString(count()) AS events, toString(uniqExact(session_id)) AS sessions
      FROM raw.web_events_current WHERE source = '${OUTLET}' AND user_key = 'u0'`);
    expect(profile).toMatchObject({ webEvents: Number(web.events), sessions: Number(web.sessions) });
  });

  test('gives orders, tickets and events newest first, and no words of a ticket', async () => {
    const { orders, tickets, events } = await one();
    expect(orders.total).toBe(2);
    expect(orders.newest.map(({ orderId, status, amount }) => [orderId, status, amount])).toEqual([
      ['d13o0', 'shipped', '33.2500'],
      ['d13c', 'completed', '-1.5000'],
    ]);
    expect(tickets.newest.map(({ ticketId, hours }) => [ticketId, hours])).toEqual([
      ['t2', null],
      ['t1', '2.50'],
    ]);
    expect(JSON.stringify(tickets)).not.toContain('private words');
    const hand = await app.one<{ at: string }>(`
      SELECT toString(max(event_time)) AS at FROM raw.web_events_current WHERE source = '${OUTLET}' AND user_key = 'u0'`);
    expect(events.newest[0]?.at).toBe(`${hand.at.replace(' ', 'T')}Z`);
  });

  test('gives clusters so far, the score with its reasons, and the value with its interval', async () => {
    const { memberships, churn, value } = await one();
    expect(memberships).toEqual([
      { kind: 'rfm_segments', asOf: '2026-03-14', cluster: 'REWARD' },
      { kind: 'rfm_segments', asOf: '2026-03-07', cluster: 'NURTURE' },
    ]);
    expect(churn).toMatchObject({ probability: 0.2, low: 0.1, high: 0.3, comparableCustomers: 400, horizonDays: 90 });
    expect(churn?.raising).toEqual([
      { feature: 'days_since_purchase', value: '40', oddsRatio: 1.75 },
      { feature: 'gap_days', value: '', oddsRatio: 1.2 },
    ]);
    expect(value).toMatchObject({ value: '200.25', low: '150.5', high: '260.75', purchases: 5 });
    expect(await one('u5')).toMatchObject({ churn: null, value: null, memberships: [], orders: { total: 0 } });
  });

  test.each([
    ['/api/customers/one?source=outlet&customer=nobody', 404, 'NOT_FOUND'],
    ['/api/customers/one?source=outlet', 400, 'INVALID_QUERY'],
    ['/api/customers/one?customer=u0', 400, 'INVALID_QUERY'],
    ['/api/customers/one?source=Outlet&customer=u0', 400, 'INVALID_QUERY'],
    ['/api/customers?limit=0', 400, 'INVALID_QUERY'],
    [`/api/customers?text=${'x'.repeat(101)}`, 400, 'INVALID_QUERY'],
  ])('refuses %s with a reason', async (path, status, code) => {
    const response = await fetch(app.url + path);
    expect(response.status).toBe(status);
    expect(await response.json()).toMatchObject({ error: { code, message: expect.stringMatching(/\w/) as string } });
  });
});

describe('Customers', () => {
  test('leads from a search to one customer and back', async () => {
    await app.show(`/customers?source=${OUTLET}`);
    await app.page.getByLabel('Id holds').fill('u0');
    await app.page.keyboard.press('Enter');
    await expect.poll(() => app.page.url(), PATIENT).toContain('text=u0');
    await app.page.getByRole('link', { name: 'u0', exact: true }).click();
    await app.page.locator('[data-tile="spend"]').waitFor();
    const { profile } = await one();
    expect(await tileText(app.page, 'orders')).toBe(String(profile?.orders));
    expect(await app.page.locator('[data-value="churn"]').innerText()).toBe('20.0%');
    expect(await app.page.locator('[data-churn]').innerText()).toContain('1.75 times the odds');
    expect(await app.page.locator('[data-value="clv"]').innerText()).toContain('200.25');
    expect(await app.page.locator('[data-table="tickets"]').innerText()).toContain('Late Delivery');
    expect(await app.page.locator('[data-table="memberships"] tbody tr').count()).toBe(2);
    await app.page.getByRole('button', { name: 'All customers' }).click();
    await app.page.locator('[data-table="customers"]').waitFor();
  });

  test('says so where nobody is found, and where a customer is unknown', async () => {
    await app.show(`/customers?source=${OUTLET}&text=zzz`);
    expect(await app.page.locator('[data-notice="nobody"]').innerText()).toContain('“zzz”');
    await app.show(`/customers?source=${OUTLET}&customer=nobody`);
    expect(await app.page.locator('[data-notice="empty"]').innerText()).toContain('No customer “nobody”');
    // The browser writes every refused request into its console.
    app.complaints.length = 0;
  });
});

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
      const response = await fetch(`${app.url}/api/churn/${query}`);
      expect(response.status).toBe(400);
      expect(await response.json()).toMatchObject({ error: { code: 'INVALID_QUERY' } });
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
    await expect.poll(() => app.page.locator('[data-table="risks"] tbody tr').count(), PATIENT).toBe(1);
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

describe('the API of Funnel', () => {
  const ask = (query = ''): Promise<Funnel> => app.ask<Funnel>(`/api${FUNNEL}${query}`);

  test('gives sessions by step as SQL over the raw rows does, and in parts and days the same', async () => {
    const funnel = await ask();
    const hand = await app.one<{ steps: string[] }>(`
      SELECT arrayMap(s -> toString(s), [uniqExact(session_id), uniqExactIf(session_id, event_type = 'product_view'),
        uniqExactIf(session_id, event_type = 'add_to_cart'), uniqExactIf(session_id, event_type = 'checkout_success')]) AS steps
      FROM raw.web_events_current WHERE source = '${OUTLET}' AND toDate(event_time) BETWEEN '2026-03-08' AND '2026-03-14'`);
    const sessions = hand.steps.map(Number);
    expect(funnel.steps.map((step) => step.sessions)).toEqual(sessions);
    const visits = await visitsByHand(app, "BETWEEN '2026-03-08' AND '2026-03-14'");
    expect(funnel.values['conversion_rate']).toBeCloseTo(Number(visits.bought) / Number(visits.sessions), 12);
    for (const parts of Object.values(funnel.parts)) {
      const sums = [0, 1, 2, 3].map((at) => parts.reduce((sum, part) => sum + (part.sessions[at] ?? 0), 0));
      expect(sums).toEqual(sessions);
    }
    expect(funnel.days).toHaveLength(7);
    expect(funnel.days.reduce((sum, day) => sum + day.sessions, 0)).toBe(sessions[0]);
  });

  test('narrows by device, channel and country, and shows the last 28 days to who chose none', async () => {
    const all = await ask();
    expect((await ask('&device=mobile')).steps).toEqual(all.steps);
    const none = await ask(`&country=${encodeURIComponent("x' OR 1=1 --")}`);
    expect(none.steps.map(({ sessions, fromVisit }) => [sessions, fromVisit])).toEqual(
      [0, 1, 2, 3].map(() => [0, null]),
    );
    expect(none.parts.country).toEqual(all.parts.country);
    expect(await app.ask<Funnel>(`/api/funnel?source=${OUTLET}`)).toMatchObject({
      from: '2026-02-15',
      to: '2026-03-14',
    });
  });

  test('counts who came back as SQL over the raw rows does', async () => {
    const { cohorts, overall } = await app.ask<Retention>(`/api/funnel/retention?source=${OUTLET}`);
    const hand = await app.rows<Record<'cohort' | 'size' | 'next', string>>(`
      SELECT toString(first) AS cohort, toString(count()) AS size, toString(countIf(has(weeks, first + 7))) AS next
      FROM (SELECT groupUniqArray(toMonday(toDate(event_time))) AS weeks, arrayMin(weeks) AS first
        FROM raw.web_events_current WHERE source = '${OUTLET}' GROUP BY user_key)
      GROUP BY first ORDER BY first DESC`);
    expect(cohorts.map(({ cohort, size }) => [cohort, size])).toEqual(
      hand.map(({ cohort, size }) => [cohort, Number(size)]),
    );
    const cells = cohorts.flatMap(({ cohort, cells: all }) => all.map((cell) => ({ ...cell, cohort })));
    const next = cells.filter(({ since }) => since === 1);
    expect(next.length).toBeGreaterThan(0);
    for (const { cohort, active } of next) {
      expect(active).toBe(Number(hand.find((row) => row.cohort === cohort)?.next));
    }
    expect(overall[0]).toEqual({ since: 0, rate: 1 });
    const purchases = await app.ask<Retention>(`/api/funnel/retention?source=${OUTLET}&activity=purchase&period=month`);
    expect(purchases.cohorts[0]).toMatchObject({ cohort: '2026-03-01' });
  });

  test('names who comes less, and of how many', async () => {
    const drops = await app.ask<Drops>(`/api/funnel/drops?source=${OUTLET}`);
    const hand = await app.one<{ judged: string }>(`
      SELECT toString(uniqExact(user_key)) AS judged FROM raw.web_events_current
      WHERE source = '${OUTLET}' AND toDate(event_time) <= '2026-03-01'`);
    expect(drops).toMatchObject({ judged: Number(hand.judged), total: 1 });
    expect(drops.customers[0]).toMatchObject({
      customerId: 'gone',
      recentSessions: 0,
      expectedSessions: 10,
      dropRate: 1,
      level: 'strong',
    });
  });

  test.each(['?from=2026-03-14&to=2026-03-08', '?from=x', '?device=', '/retention?period=day', '/drops?offset=-1'])(
    'refuses %s with a reason',
    async (query) => {
      const response = await fetch(`${app.url}/api/funnel${query}`);
      expect(response.status).toBe(400);
      expect(await response.json()).toMatchObject({ error: { code: 'INVALID_QUERY' } });
    },
  );
});

describe('Funnel and retention', () => {
  test('shows the figures of the API', async () => {
    await app.show(FUNNEL);
    const { steps } = await app.ask<Funnel>(`/api${FUNNEL}`);
    const bars = app.page.locator('[data-bars="steps"]');
    for (const { sessions } of steps) expect(await bars.innerText()).toContain(String(sessions));
  });

  test('days without a session lead to the last ones with some', async () => {
    await app.show(`/funnel?source=${OUTLET}&from=2025-01-01&to=2025-01-31`);
    await app.page.getByRole('button', { name: /Show the days up to 14 Mar 2026/ }).click();
    await app.page.locator('[data-tile="conversion_rate"]').waitFor();
    expect(app.page.url()).not.toContain('from=');
  });
});

describe.each(PAGES)('$name', (look) => {
  test.each(VIEWS)('$name: looks as agreed, fits its width, no accessibility violation', async (view) => {
    expect(await lookOf(app, look, view)).toEqual(AS_AGREED);
  });
});
