import { OUTLET } from '@ebb/testing';
import { describe, expect, test } from 'vitest';
import type { Customer, Customers } from './api/customers-schema.ts';
import { answered, tileText, VIEWS } from './testing/live-page.ts';
import { AS_AGREED, lookOf } from './testing/look.ts';
import { INVALID_QUERY, openReportApp } from './testing/report-app.ts';

const app = openReportApp();
const ALL = `/customers?source=${OUTLET}`;
const ONE = `${ALL}&customer=u0`;

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
    expect(memberships.filter(({ kind }) => kind === 'behaviour_clusters')).toHaveLength(2);
    expect(memberships.filter(({ kind }) => kind === 'rfm_segments')).toEqual([
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
    expect(await app.refusal(path)).toMatchObject({ ...INVALID_QUERY, status, code });
  });
});

describe('Customers', () => {
  test('leads from a search to one customer and back', async () => {
    await app.show(ALL);
    await app.page.getByLabel('Id holds').fill('u0');
    await app.page.keyboard.press('Enter');
    await expect.poll(() => app.page.url()).toContain('text=u0');
    await app.page.getByRole('link', { name: 'u0', exact: true }).click();
    await app.page.locator('[data-tile="spend"]').waitFor();
    await answered(app.page);
    const { profile } = await one();
    expect(await tileText(app.page, 'orders')).toBe(String(profile?.orders));
    expect(await app.page.locator('[data-value="churn"]').innerText()).toBe('20.0%');
    expect(await app.page.locator('[data-churn]').innerText()).toContain('1.75 times the odds');
    expect(await app.page.locator('[data-value="clv"]').innerText()).toContain('200.25');
    expect(await app.page.locator('[data-table="tickets"]').innerText()).toContain('Late Delivery');
    expect(await app.page.locator('[data-table="memberships"] tbody tr').count()).toBe(4);
    await app.page.getByRole('button', { name: 'All customers' }).click();
    await app.page.locator('[data-table="customers"]').waitFor();
  });

  test('says so where nobody is found, and where a customer is unknown', async () => {
    await app.show(`${ALL}&text=zzz`);
    expect(await app.page.locator('[data-notice="nobody"]').innerText()).toContain('“zzz”');
    await app.show(`${ALL}&customer=nobody`);
    expect(await app.page.locator('[data-notice="empty"]').innerText()).toContain('No customer “nobody”');
    // The browser writes every refused request into its console.
    app.complaints.length = 0;
  });
});

describe.each([
  { name: 'customers', path: ALL },
  { name: 'customer', path: ONE },
])('$name', (look) => {
  test.each(VIEWS)('$name: looks as agreed, fits its width, no accessibility violation', async (view) => {
    expect(await lookOf(app, look, view)).toEqual(AS_AGREED);
  });
});
