import { readFile } from 'node:fs/promises';
import { OUTLET, testClickhouse } from '@ebb/testing';
import { afterEach, beforeAll, beforeEach, describe, expect, test } from 'vitest';
import type { Change, Overview } from './api/overview-schema.ts';
import type { SegmentCustomers, SegmentPoints, SegmentsReport } from './api/segments-schema.ts';
import { CUSTOMERS_BY_HAND, ordersByHand, visitsByHand } from './testing/by-hand.ts';
import { tileText, VIEWS } from './testing/live-page.ts';
import { AS_AGREED, lookOf } from './testing/look.ts';
import { publishChanged } from './testing/published-marts.ts';
import { ReportApp } from './testing/report-app.ts';

/** Pages of published figures, over marts that dbt builds of a seeded fortnight: one build serves them all. */

const BUILD_MS = 600_000;
const app = new ReportApp();

beforeAll(() => app.open(), BUILD_MS);

beforeEach(() => app.newPage());

afterEach(() => app.closePage());

/** Tests of other files may keep the machine busy. */
const PATIENT = { timeout: 15_000 };
const WEEK = "BETWEEN '2026-03-08' AND '2026-03-14'";
const BEFORE = "BETWEEN '2026-03-01' AND '2026-03-07'";
const OVERVIEW = `/overview?source=${OUTLET}&currency=USD`;
const PAGES = [
  { name: 'overview', path: OVERVIEW },
  { name: 'segments', path: '/segments' },
] as const;

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
    const response = await fetch(`${app.url}/api/overview?${encoded}`);
    expect(response.status).toBe(400);
    expect(await response.json()).toMatchObject({
      error: { code: 'INVALID_QUERY', message: expect.stringMatching(/\w/) as string },
    });
  });
});

describe('Overview', () => {
  test('shows the figures of the API, each with its definition', async () => {
    await app.show(`/overview?source=${OUTLET}&currency=USD`);
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
    await app.show(`/overview?source=${OUTLET}&currency=USD`);
    const dollars = await tileText(app.page, 'net_amount');
    await app.page.getByLabel('Currency').selectOption('EUR');
    await expect.poll(() => tileText(app.page, 'net_amount'), PATIENT).toMatch(/^€/);
    expect(app.page.url()).toContain('currency=EUR');
    await app.page.goBack();
    await expect.poll(() => tileText(app.page, 'net_amount'), PATIENT).toBe(dollars);
    await app.page.getByLabel('Week ends').fill('2026-03-07');
    await expect.poll(() => app.page.locator('h1 + p').innerText(), PATIENT).toContain('7 Mar 2026');
    expect(app.page.url()).toContain('date=2026-03-07');
    await expect.poll(() => tileText(app.page, 'net_amount'), PATIENT).not.toBe(dollars);
  });

  test('a week without figures leads to the last one with some', async () => {
    await app.show(`/overview?source=${OUTLET}&currency=USD&date=2025-01-31`);
    await app.page.getByRole('button', { name: /Show the week that ends on 14 Mar 2026/ }).click();
    await expect.poll(() => app.page.url(), PATIENT).toContain('date=2026-03-14');
    await expect.poll(() => tileText(app.page, 'total_orders'), PATIENT).toMatch(/\d/);
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

const askSegments = (): Promise<SegmentsReport> => app.ask<SegmentsReport>('/api/segments');
const customers = (query: string): Promise<SegmentCustomers> =>
  app.ask<SegmentCustomers>(`/api/segments/customers?${query}`);

describe('the API of Segments', () => {
  test('gives the figures of all customers as SQL over the raw lines does', async () => {
    const { all, segments, currency, lastDay } = await askSegments();
    const hand = await app.one<Record<string, string | number>>(`
      SELECT toString(count()) AS customers, toString(sum(monetary)) AS gross, avg(frequency) AS invoices,
        quantileExactInclusive(0.5)(frequency) AS median_invoices, avg(recency) AS mean_recency,
        quantileExactInclusive(0.5)(recency) AS median_recency,
        quantileExactInclusive(0.5)(toFloat64(monetary)) AS median_value
      FROM (${CUSTOMERS_BY_HAND})`);
    expect({ currency, lastDay }).toEqual({ currency: 'GBP', lastDay: '2026-03-14' });
    expect(all).toMatchObject({ retail_customers: Number(hand['customers']), retail_monetary: hand['gross'] });
    expect(all['retail_avg_frequency']).toBeCloseTo(Number(hand['invoices']), 9);
    expect(all['retail_median_frequency']).toBe(hand['median_invoices']);
    expect(all['retail_avg_recency']).toBeCloseTo(Number(hand['mean_recency']), 9);
    expect(all['retail_median_recency']).toBe(hand['median_recency']);
    expect(Number(all['retail_median_monetary'])).toBeCloseTo(Number(hand['median_value']), 4);
    const sum = (name: string): number => segments.reduce((total, { values }) => total + Number(values[name] ?? 0), 0);
    expect(segments).toHaveLength(12);
    expect(sum('retail_customers')).toBe(Number(hand['customers']));
    expect(sum('retail_monetary')).toBeCloseTo(Number(hand['gross']), 2);
  });

  test('agrees with the summary that dbt makes by other means', async () => {
    const { segments } = await askSegments();
    const summary = await app.rows<Record<string, string | number>>(`
      SELECT segment, Customer_Count AS customers, toFloat64(Med_Monetary) AS value, toFloat64(Med_Recency) AS recency,
        toFloat64(Med_Frequency) AS frequency
      FROM ${app.marts.publication.database}.segment_summary WHERE Customer_Count > 0`);
    expect(summary.length).toBeGreaterThan(5);
    for (const row of summary) {
      const values = segments.find(({ segment }) => segment === row['segment'])?.values ?? {};
      expect(values['retail_customers']).toBe(row['customers']);
      expect(Number(values['retail_median_monetary'])).toBeCloseTo(Number(row['value']), 4);
      expect(values['retail_median_recency']).toBe(row['recency']);
      expect(values['retail_median_frequency']).toBe(row['frequency']);
    }
  });

  test('draws every customer', async () => {
    const points = await app.ask<SegmentPoints>('/api/segments/points');
    const hand = await app.rows<{ recency: number; frequency: string; monetary: string }>(CUSTOMERS_BY_HAND);
    expect(points.total).toBe(hand.length);
    const drawn = points.recency.map((recency, index) => [recency, points.frequency[index], points.monetary[index]]);
    const expected = hand.map((row) => [row.recency, Number(row.frequency), Number(row.monetary)]);
    expect(drawn.map(String).toSorted()).toEqual(expected.map(String).toSorted());
  });

  test('lists customers page by page, in order, without overlap', async () => {
    const first = await customers('limit=30&offset=0');
    const second = await customers('limit=30&offset=30');
    const all = [...first.customers, ...second.customers];
    const hand = await app.rows<{ id: string; monetary: string }>(
      `SELECT id, toString(monetary) AS monetary FROM (${CUSTOMERS_BY_HAND}) AS h ORDER BY h.monetary DESC, id`,
    );
    expect(first.total).toBe(hand.length);
    expect(all.map(({ customerId, monetary }) => ({ id: customerId, monetary }))).toEqual(hand);
    const rare = await customers('sort=frequency&direction=asc&limit=5');
    expect(rare.customers.map(({ frequency }) => frequency)).toEqual(
      rare.customers.map(({ frequency }) => frequency).toSorted((one, other) => one - other),
    );
  });

  test.each([
    'limit=0',
    'limit=201',
    'offset=-1',
    'sort=Monetary DESC; DROP TABLE x',
    'direction=sideways',
    'segment=',
    'limit=1e9',
    'extra=1',
  ])('refuses %s with a reason', async (query) => {
    const response = await fetch(`${app.url}/api/segments/customers?${query}`);
    expect(response.status).toBe(400);
    expect(await response.json()).toMatchObject({ error: { code: 'INVALID_QUERY' } });
  });

  test('takes a segment that is none for one without customers, whatever it says', async () => {
    const query = new URLSearchParams({ segment: "x' OR '1'='1" });
    expect(await customers(query.toString())).toMatchObject({ total: 0, customers: [] });
  });
});

describe('Segments', () => {
  test('shows the figures of the API, each with its definition', async () => {
    await app.show('/segments');
    const { all, segments } = await askSegments();
    expect(await tileText(app.page, 'retail_customers')).toBe(String(all['retail_customers']));
    expect((await tileText(app.page, 'retail_monetary')).replaceAll(/[^\d.]/g, '')).toBe(
      Number(all['retail_monetary']).toFixed(2),
    );
    for (const tile of await app.page.locator('[data-tile]').all()) {
      expect(await tile.locator('button.term').count()).toBe(1);
    }
    const filled = segments.filter(({ values }) => Number(values['retail_customers'] ?? 0) > 0);
    expect(await app.page.locator('[data-table="summary"] tbody tr').count()).toBe(filled.length);
  });

  test('filters by segment and by size, in the address too', async () => {
    await app.show('/segments');
    const rows = app.page.locator('[data-table="summary"] tbody tr');
    const before = await rows.count();
    await app.page.getByLabel(/^At least/).fill('5');
    await expect.poll(() => rows.count(), PATIENT).toBeLessThan(before);
    expect(app.page.url()).toContain('min=5');
    await app.page.getByRole('combobox', { name: 'Segment' }).selectOption('Growing Value - At Risk');
    await expect.poll(() => rows.count(), PATIENT).toBe(1);
    expect(await app.page.getByRole('img', { name: /Growing Value - At Risk stands out/ }).count()).toBe(1);
    await app.page.goBack();
    await expect.poll(() => rows.count(), PATIENT).toBeGreaterThan(1);
  });

  test('goes through its tables by arrow keys', async () => {
    await app.show('/segments');
    await app.page.getByRole('radio', { name: 'Summary' }).focus();
    for (const view of ['monetary', 'frequency', 'recency', 'customers', 'recommendations']) {
      await app.page.keyboard.press('ArrowRight');
      await app.page.locator(`[data-table="${view}"]`).waitFor();
      expect(app.page.url()).toContain(`view=${view}`);
    }
    expect(await app.page.locator('[data-table="recommendations"]').innerText()).toContain('Send a win-back campaign');
  });

  test('pages through customers, sorts them, and gives them as a file that opens', async () => {
    await app.show('/segments?view=customers');
    await app.page.locator('[data-table="customers"]').waitFor();
    expect(await app.page.locator('[data-pager="customers"]').innerText()).toMatch(/^1 to 25 of 41$/);
    await app.page.getByRole('button', { name: 'Next page of the customers' }).click();
    await expect
      .poll(() => app.page.locator('[data-pager="customers"]').innerText(), PATIENT)
      .toMatch(/^26 to 41 of 41$/);
    await app.page.getByLabel('Order by').selectOption('recency');
    await expect.poll(() => app.page.locator('[data-pager="customers"]').innerText(), PATIENT).toMatch(/^1 to 25/);
    const [download] = await Promise.all([
      app.page.waitForEvent('download'),
      app.page.getByRole('link', { name: 'Download CSV' }).click(),
    ]);
    expect(download.suggestedFilename()).toBe(`customers-${app.marts.publication.id}.csv`);
    const lines = (await readFile(await download.path(), 'utf8')).trimEnd().split('\r\n');
    expect(lines[0]).toBe('CustomerID,Segment,Recency,Frequency,Monetary,NetMonetary');
    expect(lines).toHaveLength(1 + 41);
  });

  test('the cloud of customers turns by keyboard', async () => {
    await app.show('/segments');
    const canvas = app.page.locator('canvas.scatter-plot');
    await canvas.waitFor();
    const before = await canvas.screenshot();
    await app.page.getByLabel('Turn').focus();
    for (let step = 0; step < 10; step++) await app.page.keyboard.press('ArrowRight');
    expect((await canvas.screenshot()).equals(before)).toBe(false);
  });
});

describe.each(PAGES)('$name', (look) => {
  test.each(VIEWS)('$name: looks as agreed, fits its width, no accessibility violation', async (view) => {
    expect(await lookOf(app, look, view)).toEqual(AS_AGREED);
  });
});

test('before the first publication every page says so, and how to make one', async () => {
  const empty = await testClickhouse();
  const service = await app.start(empty.readerUrl);
  try {
    for (const path of [...PAGES.map((page) => page.path), '/customers', '/funnel', '/churn']) {
      await app.page.goto(service.url + path);
      await app.page.locator('[data-notice="empty"]').waitFor();
      expect(await app.page.locator('[data-notice="empty"]').innerText()).toContain('ebb build');
    }
    // The browser writes every refused request into its console.
    app.complaints.length = 0;
  } finally {
    await service.close();
  }
});

test('a refresh shows a new publication, whole', async () => {
  await app.show(OVERVIEW);
  const before = Number(await tileText(app.page, 'total_orders'));
  const id = await publishChanged(app.marts, 'daily_revenue', '* REPLACE (total_orders * 2 AS total_orders)');
  await app.page.getByRole('button', { name: 'Refresh' }).click();
  await app.page.locator(`[data-publication="${id}"]`).waitFor();
  expect(await tileText(app.page, 'total_orders')).toBe(String(before * 2));
});

test('while the warehouse is away the last figures stay, and come anew when it is back', async () => {
  await app.show(OVERVIEW);
  const figures = await tileText(app.page, 'net_amount');
  await app.marts.server.kill();
  await app.page.getByRole('button', { name: 'Refresh' }).click();
  await app.page.locator('[data-notice="failing"]').waitFor();
  expect(await app.page.locator('[data-notice="failing"]').innerText()).toContain('last known figures');
  expect(await tileText(app.page, 'net_amount')).toBe(figures);
  await app.marts.server.start();
  await app.page.getByRole('button', { name: 'Try now' }).click();
  await app.page.locator('[data-notice]').waitFor({ state: 'detached' });
  expect(await tileText(app.page, 'net_amount')).toBe(figures);
  app.complaints.length = 0;
});
