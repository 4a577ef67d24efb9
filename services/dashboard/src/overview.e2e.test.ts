import { OUTLET } from '@ebb/testing';
import { describe, expect, test } from 'vitest';
import type { Change, Overview } from './api/overview-schema.ts';
import { ordersByHand, visitsByHand } from './testing/by-hand.ts';
import { tileText, VIEWS } from './testing/live-page.ts';
import { AS_AGREED, lookOf } from './testing/look.ts';
import { INVALID_QUERY, openReportApp } from './testing/report-app.ts';

const app = openReportApp();
const WEEK = "BETWEEN '2026-03-08' AND '2026-03-14'";
const BEFORE = "BETWEEN '2026-03-01' AND '2026-03-07'";
const OVERVIEW = `/overview?source=${OUTLET}&currency=USD`;

const askOverview = (query = ''): Promise<Overview> => app.ask<Overview>(`/api/overview${query}`);
const changeOf = (overview: Overview, metric: string): Change => {
  const found = overview.changes.find((change) => change.metric === metric);
  if (found === undefined) throw new Error(`no change of ${metric}`);
  return found;
};

describe('the API of Overview', () => {
  test('gives the week’s figures as SQL over the raw rows does', async () => {
    const overview = await askOverview(`?source=${OUTLET}&currency=USD`);
    const orders = await ordersByHand(app, WEEK);
    const visits = await visitsByHand(app, WEEK);
    expect(overview).toMatchObject({ from: '2026-03-08', to: '2026-03-14', currency: 'USD' });
    expect(overview.week).toMatchObject({
      total_orders: Number(orders.orders),
      valid_orders: Number(orders.valid),
      gross_amount: orders.gross,
      net_amount: orders.net,
      credit_amount: orders.credits,
      total_events: Number(visits.events),
    });
    expect(overview.week['conversion_rate']).toBeCloseTo(Number(visits.bought) / Number(visits.sessions), 12);
    const gap = Number(orders.net) - Number(orders.gross) - Number(orders.credits);
    expect(Number(overview.cancelled)).toBeCloseTo(gap, 4);
    expect(gap).toBeLessThan(0);
  });

  test('says what changed since the week before, and on what that rests', async () => {
    const overview = await askOverview(`?source=${OUTLET}&currency=USD`);
    const visits = [await visitsByHand(app, BEFORE), await visitsByHand(app, WEEK)].map(({ events }) => Number(events));
    const orders = [await ordersByHand(app, BEFORE), await ordersByHand(app, WEEK)];
    expect(changeOf(overview, 'total_events')).toMatchObject({
      before: visits[0],
      after: visits[1],
      change: (visits[1] ?? 0) - (visits[0] ?? 0),
      basis: 'weekdays',
      nBefore: 7,
      nAfter: 7,
      verdict: 'rise',
    });
    const net = changeOf(overview, 'net_amount');
    expect(Number(net.change)).toBeCloseTo(Number(orders[1]?.net) - Number(orders[0]?.net), 4);
    expect(net.low).toBeLessThanOrEqual(Number(net.change));
    expect(net.high).toBeGreaterThanOrEqual(Number(net.change));
    const sessions = [await visitsByHand(app, BEFORE), await visitsByHand(app, WEEK)].map((week) =>
      Number(week.sessions),
    );
    expect(changeOf(overview, 'conversion_rate')).toMatchObject({
      basis: 'sessions',
      nBefore: sessions[0],
      nAfter: sessions[1],
      verdict: 'unclear',
    });
  });

  test('gives another week, another currency, and nothing where nothing happened', async () => {
    const earlier = await askOverview(`?source=${OUTLET}&currency=USD&date=2026-03-07`);
    expect(earlier.week['net_amount']).toBe((await ordersByHand(app, BEFORE)).net);
    expect(changeOf(earlier, 'net_amount')).toMatchObject({ verdict: 'too_few', low: null, nAfter: 0 });
    const euros = await askOverview(`?source=${OUTLET}&currency=EUR`);
    const { net } = await app.one<{ net: string }>(`
    SELECT toString(sum(total_amount)) AS net FROM raw.sales_orders_current WHERE currency = 'EUR'
      AND order_status NOT IN ('cancelled', 'returned') AND toDate(purchase_time) ${WEEK}`);
    expect(euros.week['net_amount']).toBe(net);
    const quiet = await askOverview(`?source=${OUTLET}&currency=USD&date=2020-01-31`);
    expect(Object.values(quiet.week).filter((value) => value !== null)).toEqual([]);
    expect(quiet.cancelled).toBeNull();
  });

  test('counts customers, and the retailer’s, as the raw rows do', async () => {
    const overview = await askOverview(`?source=${OUTLET}`);
    const people = await app.one<{ n: string }>(`
    SELECT uniqExact(id) AS n FROM (
      SELECT customer_id AS id FROM raw.crm_customers_current WHERE source = '${OUTLET}'
      UNION ALL SELECT assumeNotNull(user_id) FROM raw.sales_orders_current WHERE source = '${OUTLET}'
      UNION ALL SELECT user_key FROM raw.web_events_current WHERE source = '${OUTLET}' AND is_identified)`);
    expect(overview.customers['num_customers']).toBe(Number(people.n));
    const bought = `FROM raw.retail_transactions_bronze_current
    WHERE CustomerID IS NOT NULL AND Quantity > 0 AND NOT startsWith(Invoice, 'C')`;
    const retail = await app.one<{ customers: string; gross: string }>(
      `SELECT uniqExact(CustomerID) AS customers, toString(sum(toDecimal128(Price, 2) * Quantity)) AS gross ${bought}`,
    );
    const returned = await app.one<{ value: string }>(
      `SELECT toString(sum(toDecimal128(Price, 2) * -Quantity)) AS value FROM raw.retail_transactions_bronze_current
     WHERE startsWith(Invoice, 'C')`,
    );
    expect(overview.retail?.lastDay).toBe('2026-03-14');
    expect(overview.retail?.values).toMatchObject({
      retail_customers: Number(retail.customers),
      retail_monetary: retail.gross,
    });
    expect(Number(overview.retail?.values['retail_net_monetary'])).toBeCloseTo(
      Number(retail.gross) - Number(returned.value),
      2,
    );
    const segments = overview.retail?.segments ?? [];
    expect(segments.reduce((sum, { customers }) => sum + customers, 0)).toBe(Number(retail.customers));
    expect(segments.reduce((sum, { revenue }) => sum + Number(revenue), 0)).toBeCloseTo(Number(retail.gross), 2);
    expect(overview.retail?.bridge.map(({ difference }) => Number(difference))).toEqual(
      overview.retail?.bridge.map(() => 0),
    );
    expect(overview.retail?.bridge.at(-1)?.amount).toBe(overview.retail?.values['retail_net_monetary']);
  });

  test('tells live from batch to the order', async () => {
    const { liveVsBatch } = await askOverview(`?source=${OUTLET}&currency=USD`);
    expect(liveVsBatch?.figures[0]).toMatchObject({
      metric: 'total_orders',
      day: '2026-03-14',
      difference: '1',
      state: 'differs',
    });
    expect(liveVsBatch?.differs).toBe(1);
    const equal = liveVsBatch?.figures.filter(({ state }) => state === 'equal').map(({ metric }) => metric);
    expect(equal).toEqual(expect.arrayContaining(['net_amount', 'total_events', 'unique_users']));
  });

  test('names the publication it was read from', async () => {
    const { publication } = await askOverview();
    const { id, models, testsPassed } = app.marts.publication;
    expect(publication).toMatchObject({ id, models, testsPassed, asOf: '2026-03-15' });
  });

  test.each([
    'source=Outlet',
    "source=outlet' OR 1=1 --",
    'source=outlet; DROP TABLE marts.publication',
    'source=../../etc/passwd',
    'source={x:String}',
    'currency=usd',
    'currency=USD)',
    'date=2026-02-30',
    "date=2026-03-14' UNION SELECT 1",
    'date=yesterday',
    'limit=1000000',
    'source=a&source=b',
  ])('refuses %s with a reason', async (query) => {
    const encoded = query.replaceAll(/[ '();{}]/g, encodeURIComponent);
    expect(await app.refusal(`/api/overview?${encoded}`)).toMatchObject(INVALID_QUERY);
  });
});

describe('Overview', () => {
  test('shows the figures of the API, each with its definition', async () => {
    await app.show(OVERVIEW);
    const orders = await ordersByHand(app, WEEK);
    expect((await tileText(app.page, 'net_amount')).replaceAll(/[^\d.-]/g, '')).toBe(Number(orders.net).toFixed(2));
    expect(await tileText(app.page, 'total_orders')).toBe(orders.orders);
    const line = (name: string): Promise<string> => app.page.locator(`[data-line="${name}"] dd`).innerText();
    const cents = async (name: string): Promise<number> => Number((await line(name)).replaceAll(/[^\d-]/g, ''));
    expect((await cents('gross')) + (await cents('cancelled')) + (await cents('credits'))).toBe(await cents('net'));
    for (const tile of await app.page.locator('[data-tile]').all()) {
      expect(await tile.locator('button.term').count()).toBeGreaterThan(0);
    }
    await app.page.locator('[data-tile="conversion_rate"] button.term').hover();
    expect(await app.page.getByRole('tooltip').innerText()).toContain('sessions that reached checkout / sessions');
    expect(await app.page.locator('[data-change="total_events"]').innerText()).toMatch(
      /Rose[^]*Total events rose by \d[^]*95 % interval of the change[^]*n = 7 pairs of equal weekdays/,
    );
    expect(await app.page.locator('[data-table="live-vs-batch"] tbody tr.differs').count()).toBe(1);
    expect(await app.page.title()).toBe('Overview · Ebb');
  });

  test('follows source, currency and week, in the address too', async () => {
    await app.show(OVERVIEW);
    const dollars = await tileText(app.page, 'net_amount');
    await app.page.getByLabel('Currency').selectOption('EUR');
    await expect.poll(() => tileText(app.page, 'net_amount')).toMatch(/^€/);
    expect(app.page.url()).toContain('currency=EUR');
    await app.page.goBack();
    await expect.poll(() => tileText(app.page, 'net_amount')).toBe(dollars);
    await app.page.getByLabel('Week ends').fill('2026-03-07');
    await expect.poll(() => app.page.locator('h1 + p').innerText()).toContain('7 Mar 2026');
    expect(app.page.url()).toContain('date=2026-03-07');
    await expect.poll(() => tileText(app.page, 'net_amount')).not.toBe(dollars);
  });

  test('a week without figures leads to the last one with some', async () => {
    await app.show(`/overview?source=${OUTLET}&currency=USD&date=2025-01-31`);
    await app.page.getByRole('button', { name: /Show the week that ends on 14 Mar 2026/ }).click();
    await expect.poll(() => app.page.url()).toContain('date=2026-03-14');
    await expect.poll(() => tileText(app.page, 'total_orders')).toMatch(/\d/);
  });

  test('by keyboard: from the navigation to the controls, and tables scroll', async () => {
    await app.show(`/overview?source=${OUTLET}`);
    await app.page.getByLabel('Source').focus();
    await app.page.keyboard.press('Tab');
    expect(await app.page.evaluate<string>('document.activeElement.parentElement.innerText')).toContain('Currency');
    const table = app.page.getByRole('region', { name: 'Live figures against batch' });
    await table.focus();
    expect(await table.evaluate((element) => element === element.ownerDocument.activeElement)).toBe(true);
    expect(await app.page.getByRole('link', { name: 'Overview' }).getAttribute('aria-current')).toBe('page');
  });
});

test.each(VIEWS)('$name: looks as agreed, fits its width, no accessibility violation', async (view) => {
  expect(await lookOf(app, { name: 'overview', path: OVERVIEW }, view)).toEqual(AS_AGREED);
});
