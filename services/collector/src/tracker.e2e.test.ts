import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { must } from '@ebb/core';
import { createWriteKey } from '@ebb/postgres';
import { eventually, launchBrowser, testKafka, testPostgres, type TestPostgres } from '@ebb/testing';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { startTestCollector, type TestCollector } from './testing/collector-kit.ts';
import { readTopic } from './testing/read-topic.ts';

type Browser = Awaited<ReturnType<typeof launchBrowser>>;
type Event = Record<string, string | undefined>;

const { brokers } = testKafka();
let database: TestPostgres;
let collector: TestCollector;
let browser: Browser;
let site: Server;
let siteUrl: string;
let key: string;

/** A shop of somebody else: another origin, with a content policy that names the collector and nothing more. */
beforeAll(async () => {
  database = await testPostgres();
  site = createServer((request, response) => {
    const policy = `default-src 'none'; script-src ${collector.url} 'nonce-x'; connect-src ${collector.url}`;
    response.writeHead(200, { 'content-type': 'text/html', 'content-security-policy': policy });
    const usedKey = new URL(request.url ?? '/', siteUrl).searchParams.get('with-key') ?? key;
    response.end(`<!doctype html><title>Shop</title><link rel="icon" href="data:,">
      <script nonce="x">(window.ebb = window.ebb || []).push(['search', 'before the tracker was there'])</script>
      <script src="${collector.url}/tracker.js" data-key="${usedKey}" data-flush-ms="100" defer></script>
      <a id="away" href="/left">away</a>`);
  });
  await new Promise<void>((resolve) => site.listen(0, '127.0.0.1', resolve));
  siteUrl = `http://127.0.0.1:${(site.address() as AddressInfo).port}`;
  collector = await startTestCollector({
    brokers,
    pool: database.pool,
    postgresUrl: database.roleUrl('ebb_collector'),
    key: { allowedOrigins: [siteUrl], source: 'other_shop' },
  });
  key = collector.key;
  browser = await launchBrowser();
});

afterAll(async () => {
  site.close();
  await collector.close();
});

async function openPage(path: string): Promise<Awaited<ReturnType<Browser['newPage']>>> {
  const context = await browser.newContext();
  const page = await context.newPage();
  await page.goto(siteUrl + path);
  return page;
}

async function storedEvents(marker: string): Promise<Event[]> {
  const messages = await readTopic(brokers, collector.topics.websiteEvents);
  return messages
    .map(({ text }) => JSON.parse(text) as Event)
    .filter((event) => event['page_url']?.includes(marker) === true);
}

function waitForEvents(marker: string, count: number): Promise<Event[]> {
  return eventually(async () => {
    const events = await storedEvents(marker);
    if (events.length < count) throw new Error(`${events.length} of ${count} events`);
    return events;
  });
}

describe('the tracker on a page of another origin', () => {
  test('sends page views, searches, products, logins with both ids, campaign and session', async () => {
    const page = await openPage('/visit-a?utm_source=news&utm_medium=mail&utm_campaign=autumn');
    await page.evaluate(`
      history.pushState({}, '', '/visit-a/lamp');
      ebb.productView('P002');
      ebb.addToCart('P002');
      ebb.login('u-7');
      ebb.checkoutSuccess('o-1');
      ebb.logout();
      ebb.search('afterwards');
    `);
    const list = await waitForEvents('/visit-a', 9);
    // A login changes the message key, hence maybe the partition: order is promised per key only.
    expect(list.map((event) => String(event['event_type'])).toSorted((a, b) => a.localeCompare(b))).toEqual([
      'add_to_cart',
      'checkout_success',
      'login',
      'logout',
      'page_view',
      'page_view',
      'product_view',
      'search',
      'search',
    ]);
    const find = (name: string, value: string): Event =>
      must(
        list.find((event) => event[name] === value),
        `no event with ${name} ${value}`,
      );
    const landing = find('page_url', `${siteUrl}/visit-a?utm_source=news&utm_medium=mail&utm_campaign=autumn`);
    const login = find('event_type', 'login');
    const after = find('search_query', 'afterwards');
    expect(landing).toMatchObject({
      source: 'other_shop',
      utm_source: 'news',
      utm_medium: 'mail',
      utm_campaign: 'autumn',
      device_type: 'desktop',
    });
    expect(find('search_query', 'before the tracker was there')).toMatchObject({ session_id: landing['session_id'] });
    expect(find('referrer', landing['page_url'] ?? '')).toMatchObject({ page_url: `${siteUrl}/visit-a/lamp` });
    expect(login).toMatchObject({
      user_id: 'u-7',
      anonymous_id: landing['anonymous_id'],
      session_id: landing['session_id'],
    });
    expect(find('order_id', 'o-1')).toMatchObject({ event_type: 'checkout_success', user_id: 'u-7' });
    expect(after['user_id']).toBeUndefined();
    expect(after['anonymous_id']).not.toBe(landing['anonymous_id']);
    expect(after['session_id']).not.toBe(landing['session_id']);
    await page.context().close();
  });

  test('what happens right before the page is left arrives by beacon', async () => {
    const page = await openPage('/visit-b');
    await waitForEvents('/visit-b', 2);
    await page.evaluate(`ebb.addToCart('P003'); document.getElementById('away').click();`);
    const events = await waitForEvents('/visit-b', 3);
    expect(events.map((event) => event['event_type'])).toContain('add_to_cart');
    await page.context().close();
  });

  test('stores nothing before consent, and forgets when it is taken back', async () => {
    const page = await openPage('/visit-c');
    await waitForEvents('/visit-c', 2);
    expect(await page.evaluate('[document.cookie, localStorage.length, sessionStorage.length]')).toEqual(['', 0, 0]);
    expect(await page.context().cookies()).toEqual([]);
    await page.evaluate('ebb.consent(true)');
    await page.goto(`${siteUrl}/visit-c/again`);
    await waitForEvents('/visit-c/again', 2);
    const visitors = (await storedEvents('/visit-c')).map((event) => event['anonymous_id']);
    expect(new Set(visitors).size).toBe(1);
    await page.evaluate('ebb.consent(false)');
    expect(await page.evaluate('localStorage.length')).toBe(0);
    await page.context().close();
  });

  test('a key that does not list the origin lets nothing in', async () => {
    const foreign = await createWriteKey(database.pool, {
      name: 'foreign',
      allowedOrigins: ['https://elsewhere.example'],
    });
    await eventually(
      async () =>
        (await fetch(`${collector.url}/v1/website-events?key=${foreign.key}`, { method: 'POST' })).status === 415,
    );
    const context = await browser.newContext();
    const page = await context.newPage();
    const refused = page.waitForEvent('console', (message) => message.text().includes('events refused (403)'));
    await page.goto(`${siteUrl}/visit-d?with-key=${foreign.key}`);
    await refused;
    expect(await storedEvents('/visit-d')).toEqual([]);
    await context.close();
  });
});
