import { readFile } from 'node:fs/promises';
import { describe, expect, test } from 'vitest';
import type { SegmentCustomers, SegmentPoints, SegmentsReport } from './api/segments-schema.ts';
import { CUSTOMERS_BY_HAND } from './testing/by-hand.ts';
import { tileText, VIEWS } from './testing/live-page.ts';
import { AS_AGREED, lookOf } from './testing/look.ts';
import { INVALID_QUERY, openReportApp } from './testing/report-app.ts';
import { seedClusterRuns } from './testing/seed-clusters.ts';

const app = openReportApp({ postgres: seedClusterRuns });
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
    expect(await app.refusal(`/api/segments/customers?${query}`)).toMatchObject(INVALID_QUERY);
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
    await expect.poll(() => rows.count()).toBeLessThan(before);
    expect(app.page.url()).toContain('min=5');
    await app.page.getByRole('combobox', { name: 'Segment' }).selectOption('Growing Value - At Risk');
    await expect.poll(() => rows.count()).toBe(1);
    await app.page.getByRole('img', { name: /Growing Value - At Risk stands out/ }).waitFor();
    await app.page.goBack();
    await expect.poll(() => rows.count()).toBeGreaterThan(1);
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
    await expect.poll(() => app.page.locator('[data-pager="customers"]').innerText()).toMatch(/^26 to 41 of 41$/);
    await app.page.getByLabel('Order by').selectOption('recency');
    await expect.poll(() => app.page.locator('[data-pager="customers"]').innerText()).toMatch(/^1 to 25/);
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
    await expect.poll(async () => (await canvas.screenshot()).equals(before)).toBe(false);
  });
});

test.each(VIEWS)('$name: looks as agreed, fits its width, no accessibility violation', async (view) => {
  expect(await lookOf(app, { name: 'segments', path: '/segments' }, view)).toEqual(AS_AGREED);
});
