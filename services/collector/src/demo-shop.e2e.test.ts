import { must } from '@ebb/core';
import { createWriteKey, generateWriteKey } from '@ebb/postgres';
import { eventually, launchBrowser, testKafka, testPostgres, type TestPostgres } from '@ebb/testing';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { startTestCollector, type TestCollector } from './testing/collector-kit.ts';
import { readTopic } from './testing/read-topic.ts';

const { brokers } = testKafka();
let database: TestPostgres;
let collector: TestCollector;
let browser: Awaited<ReturnType<typeof launchBrowser>>;

beforeAll(async () => {
  database = await testPostgres();
  const shopKey = generateWriteKey();
  await createWriteKey(database.pool, { name: 'demo-shop', source: 'shop' }, shopKey);
  collector = await startTestCollector({
    brokers,
    pool: database.pool,
    postgresUrl: database.roleUrl('ebb_collector'),
    settings: { EBB_DEMO_SHOP_KEY: shopKey },
  });
  browser = await launchBrowser();
});

afterAll(() => collector.close());

test('a visitor who looks, searches, signs in and buys makes exactly those events', async () => {
  const page = await browser.newPage({ viewport: { width: 1280, height: 900 } });
  await page.goto(`${collector.url}/demo-shop`);
  await page.getByText('First event received').waitFor();
  await page.getByRole('searchbox').fill('lamp');
  await page.getByRole('searchbox').press('Enter');
  await page.getByRole('link', { name: 'Lantern lamp' }).click();
  await page.getByRole('button', { name: 'Add to cart' }).click();
  await page.getByRole('button', { name: 'Sign in' }).click();
  await page.getByRole('link', { name: /^Cart/ }).click();
  await page.getByRole('link', { name: 'Check out' }).click();
  await page.getByRole('button', { name: 'Place order' }).click();
  const orderId = must(await page.locator('#order-id').textContent(), 'no order id');
  const events = await eventually(async () => {
    const messages = await readTopic(brokers, collector.topics.websiteEvents);
    const found = messages.map(({ text }) => JSON.parse(text) as Record<string, unknown>);
    if (!found.some((event) => event['event_type'] === 'checkout_success')) throw new Error('no checkout yet');
    return found;
  });
  const byTime = events.toSorted((a, b) => String(a['event_timestamp']).localeCompare(String(b['event_timestamp'])));
  expect(byTime.map((event) => event['event_type'])).toEqual([
    'page_view',
    'page_view',
    'search',
    'page_view',
    'product_view',
    'add_to_cart',
    'login',
    'page_view',
    'page_view',
    'checkout_success',
  ]);
  const checkout = must(byTime.at(-1), 'no checkout');
  const [purchase] = await readTopic(brokers, collector.topics.purchaseEvents);
  const order = JSON.parse(must(purchase, 'no purchase').text) as Record<string, unknown>;
  expect(order).toMatchObject({
    order_id: orderId,
    user_id: checkout['user_id'],
    total_amount: '69.00',
    source: 'shop',
    items: [{ line_no: 1, product_id: 'D002', quantity: 1, unit_price: '69.00' }],
  });
  expect(checkout['order_id']).toBe(orderId);
  await page.close();
});

test.each([
  ['desktop', 1280],
  ['phone', 390],
])('at %s width nothing overflows and every control has a name', async (_name, width) => {
  const page = await browser.newPage({ viewport: { width, height: 844 } });
  for (const path of ['/demo-shop', '/demo-shop/product/D004', '/demo-shop/cart', '/demo-shop/checkout']) {
    await page.goto(collector.url + path);
    await page.getByRole('heading', { level: 1 }).waitFor();
    expect(await page.evaluate('document.documentElement.scrollWidth - innerWidth')).toBeLessThanOrEqual(0);
    const nameless = await page.evaluate(`
      [...document.querySelectorAll('button, a, input, select, textarea')].filter((control) =>
        !(control.innerText || '').trim() && !control.ariaLabel && !(control.labels && control.labels.length)).length
    `);
    expect(nameless).toBe(0);
  }
  await page.close();
});

test('without a key the page says how to make one', async () => {
  const keyless = await startTestCollector({
    brokers,
    pool: database.pool,
    postgresUrl: database.roleUrl('ebb_collector'),
    topics: collector.topics,
  });
  const page = await browser.newPage();
  await page.goto(`${keyless.url}/demo-shop`);
  await expect(page.getByText('has no write key').textContent()).resolves.toContain('ebb keys create demo-shop');
  await page.close();
  await keyless.close();
});
