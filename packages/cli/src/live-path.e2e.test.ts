import { createPool, type Pool } from '@ebb/postgres';
import { launchBrowser } from '@ebb/testing';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { TestStack } from './stack/test-stack.ts';

/** The whole way, as a person goes it: clicks in the demo shop, through collector, Kafka and aggregator, to the page. */

let stack: TestStack;
let pool: Pool;
let browser: Awaited<ReturnType<typeof launchBrowser>>;
let urls: { collector: string; dashboard: string };
let writeKey: string;

beforeAll(async () => {
  stack = new TestStack();
  const up = await stack.run(['up']);
  if (up.code !== 0) throw new Error(up.output);
  const { postgres, collector, dashboard } = await stack.status();
  urls = { collector: collector.url ?? '', dashboard: dashboard.url ?? '' };
  writeKey = collector.writeKey ?? '';
  pool = createPool({ url: postgres.url ?? '', applicationName: 'live-path-test' });
  browser = await launchBrowser();
});

afterAll(async () => {
  await pool.end();
  await stack.dispose();
});

test('what a visitor of the demo shop does is on the Live page, and equals the raw rows', async () => {
  const page = await browser.newPage({ viewport: { width: 1280, height: 900 } });
  const tile = (name: string): Promise<string> => page.locator(`[data-tile="${name}"] [data-value]`).innerText();

  await page.goto(urls.dashboard);
  await page.getByRole('link', { name: 'demo shop' }).click();
  await page.getByText('First event received').waitFor();
  expect(page.url()).toBe(`${urls.collector}/demo-shop`);
  await page.getByRole('searchbox').fill('lamp');
  await page.getByRole('searchbox').press('Enter');
  await page.getByRole('link', { name: 'Lantern lamp' }).click();
  await page.getByRole('button', { name: 'Add to cart' }).click();
  await page.getByRole('link', { name: /^Cart/ }).click();
  await page.getByRole('link', { name: 'Check out' }).click();
  await page.getByRole('button', { name: 'Place order' }).click();
  await page.locator('#order-id').waitFor();

  await page.goto(urls.dashboard);
  const stored = async (filter: string): Promise<string> => {
    const sql = `SELECT count(*) AS n FROM stream.web_events WHERE source = 'shop' AND ${filter}`;
    return (await pool.query<{ n: string }>(sql)).rows[0]?.n ?? '';
  };
  await expect.poll(() => stored("event_type = 'checkout_success'")).toBe('1');
  // The checkout may be stored before what came in other partitions.
  const equals = async (name: string, filter: string): Promise<void> => {
    await expect.poll(async () => (await tile(name)) === (await stored(filter)), { message: name }).toBe(true);
  };
  await expect.poll(async () => Number(await stored('true'))).toBeGreaterThanOrEqual(8);
  await equals('total-events', 'true');
  await equals('page-views', "event_type = 'page_view'");
  await equals('product-clicks', "event_type = 'product_view'");
  await expect.poll(() => tile('unique-users')).toBe('1');
  await expect.poll(() => tile('sessions')).toBe('1');
  await page.close();
});

test('an order sent to the collector is on the open page, net and gross', async () => {
  const page = await browser.newPage();
  // Named, because the demo shop's own order is in another currency, and currencies are never added up.
  await page.goto(`${urls.dashboard}/?source=shop&currency=GBP`);
  const now = new Date().toISOString();
  const response = await fetch(`${urls.collector}/v1/purchase-events`, {
    method: 'POST',
    headers: { authorization: `Bearer ${writeKey}`, 'content-type': 'application/json' },
    body: JSON.stringify({
      event_id: 'live-path-1',
      order_id: 'live-path-1',
      kind: 'order',
      user_id: '1',
      order_status: 'completed',
      purchase_time: now,
      status_time: now,
      currency: 'GBP',
      items: [{ line_no: 1, product_id: 'lamp', quantity: 2, unit_price: '12.25' }],
      total_amount: '24.50',
      source: 'shop',
    }),
  });
  expect(response.status).toBe(202);
  await expect.poll(() => page.locator('[data-tile="revenue"] [data-value]').innerText()).toMatch(/^.24\.50$/);
  await expect.poll(() => page.locator('[data-line="gross"] dd').innerText()).toMatch(/24\.50$/);
  await expect.poll(() => page.locator('[data-tile="orders"] [data-value]').innerText()).toBe('1');
  await page.close();
});
