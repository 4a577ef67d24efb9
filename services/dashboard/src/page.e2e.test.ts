import { fileURLToPath } from 'node:url';
import { compareScreenshot, testPostgres, type TestPostgres } from '@ebb/testing';
import { afterEach, beforeAll, beforeEach, describe, expect, test } from 'vitest';
import {
  accessibilityViolations,
  type Browser,
  frontEnd,
  openBrowser,
  openPage,
  type Page,
  settle,
  tileText,
  VIEWS,
} from './testing/live-page.ts';
import { seedDay } from './testing/seed-day.ts';
import { startDashboard, type TestDashboard } from './testing/test-dashboard.ts';

const DAY = '2026-03-10';
const PAST_DAY = `/?source=shop&currency=GBP&date=${DAY}`;
const SCREENSHOTS = fileURLToPath(new URL('testing/screenshots', import.meta.url));
const REPORTS = fileURLToPath(new URL('../test-output', import.meta.url));
/**
 * The page brings its own font, so that text has the same shape everywhere; browser versions still smooth edges and
 * draw their own controls (the date field) a little differently. A tile that moves or changes is well above this.
 */
const MAX_DIFFERENT_SHARE = 0.005;

let db: TestPostgres;
let dashboard: TestDashboard;
let browser: Browser;
let page: Page;
let complaints: string[];

beforeAll(async () => {
  db = await testPostgres();
  await seedDay(db.pool, { source: 'shop', day: '2026-03-09', seed: 'before', peak: 40, currencies: { GBP: 5 } });
  await seedDay(db.pool, { source: 'shop', day: DAY, seed: 'day', peak: 32, currencies: { GBP: 6, EUR: 2 } });
  await seedDay(db.pool, { source: 'retail', day: DAY, seed: 'other', peak: 10, currencies: { GBP: 40 } });
  await db.pool.query(
    `INSERT INTO stream.watermarks (topic, partition, kind, event_time, caught_up_at)
     VALUES ('web', 0, 'website', '2026-03-12Z', '2026-03-12Z'), ('orders', 0, 'purchase', '2026-03-12Z', '2026-03-12Z')`,
  );
  dashboard = await startDashboard(db.roleUrl('ebb_dashboard'), { webDirectory: await frontEnd() });
  browser = await openBrowser();
  return () => dashboard.close();
});

beforeEach(async () => {
  ({ page, complaints } = await openPage(browser));
});

afterEach(async () => {
  await page.close();
  if (complaints.length > 0) throw new Error(`the browser complained: ${complaints.join(' | ')}`);
});

async function show(
  path: string,
  view: { width: number; height: number; theme: 'light' | 'dark' } = VIEWS[0],
): Promise<void> {
  await page.setViewportSize({ width: view.width, height: view.height });
  await page.emulateMedia({ colorScheme: view.theme, reducedMotion: 'reduce' });
  await page.goto(dashboard.url + path);
  await settle(page);
}

describe.each(VIEWS)('the page, $name', (view) => {
  test('looks as agreed', async () => {
    await show(PAST_DAY, view);
    const image = await page.screenshot({ fullPage: true });
    const comparison = compareScreenshot(image, `${SCREENSHOTS}/${view.name}.png`, {
      maxDifferentShare: MAX_DIFFERENT_SHARE,
      reportDirectory: REPORTS,
    });
    expect(comparison).toMatchObject({ reportDirectory: null });
  });

  test('fits its width, and has no accessibility violation', async () => {
    await show(PAST_DAY, view);
    expect(await page.evaluate<number>('document.documentElement.scrollWidth')).toBeLessThanOrEqual(view.width);
    expect(await accessibilityViolations(page)).toEqual([]);
  });
});

test('shows the figures of the database', async () => {
  await show(PAST_DAY);
  const { rows } = await db.pool.query<{ events: string; users: string }>(
    `SELECT count(*) AS events, count(DISTINCT user_key) AS users FROM stream.web_events
     WHERE source = 'shop' AND event_time >= '${DAY}' AND event_time < '2026-03-11'`,
  );
  const digits = async (tile: string): Promise<string> => (await tileText(page, tile)).replaceAll(/\D/g, '');
  expect(await digits('total-events')).toBe(rows[0]?.events);
  expect(await digits('unique-users')).toBe(rows[0]?.users);
  expect(await tileText(page, 'revenue')).toMatch(/^£[\d,]+\.\d\d$/);
});

describe('definitions', () => {
  test('appear on hover, stay while hovered, and name the formula', async () => {
    await show(PAST_DAY);
    await page.getByRole('button', { name: 'Unique users' }).hover();
    const tip = page.getByRole('tooltip');
    expect(await tip.innerText()).toContain('not the sum of the minutes');
    expect(await tip.innerText()).toContain('distinct user keys');
    await tip.hover();
    expect(await tip.isVisible()).toBe(true);
    await page.mouse.move(0, 0);
    await tip.waitFor({ state: 'detached' });
  });

  test('appear on keyboard focus, describe the button, close on Escape, and stay on a phone’s screen', async () => {
    await show(PAST_DAY, VIEWS[2]);
    for (const name of ['Total events', 'Page views', 'Revenue', 'Event process time']) {
      const term = page.getByRole('button', { name });
      await term.focus();
      const tip = page.getByRole('tooltip');
      await tip.waitFor();
      expect(await term.getAttribute('aria-describedby')).toBe(await tip.getAttribute('id'));
      const box = await tip.boundingBox();
      expect(box?.x).toBeGreaterThanOrEqual(0);
      expect((box?.x ?? 0) + (box?.width ?? 0)).toBeLessThanOrEqual(390);
      await page.keyboard.press('Escape');
      await tip.waitFor({ state: 'detached' });
    }
  });

  test('every tile has one', async () => {
    await show(PAST_DAY);
    const tiles = page.locator('[data-tile]');
    expect(await tiles.count()).toBe(14);
    for (const tile of await tiles.all()) expect(await tile.locator('button.term').count()).toBeGreaterThan(0);
  });
});

describe('by keyboard', () => {
  test('everything is reached in reading order, beginning with a way past the header', async () => {
    await show(PAST_DAY);
    const order: string[] = [];
    for (let step = 0; step < 22; step++) {
      await page.keyboard.press('Tab');
      order.push(
        await page.evaluate<string>(`document.activeElement.ariaLabel ?? document.activeElement.textContent ?? ''`),
      );
    }
    expect(order[0]).toBe('Skip to the figures');
    const pages = await page.getByRole('navigation', { name: 'Pages' }).getByRole('link').allInnerTexts();
    expect(pages.length).toBeGreaterThan(5);
    expect(order.slice(1, 3 + pages.length)).toEqual(['Ebb', ...pages, expect.stringMatching(/^Theme: as the system/)]);
    expect(order.join('|')).toMatch(/Previous day with data/);
  });

  test('a chart’s values are read minute by minute', async () => {
    await show(`${PAST_DAY}&range=15m`);
    const slider = page.getByRole('slider', { name: 'Clicks per minute' });
    await slider.focus();
    await page.keyboard.press('Home');
    const value = (): Promise<string | null> => slider.getAttribute('aria-valuetext');
    await expect.poll(value).toMatch(/^23:45: Page views \d+, Product clicks \d+$/);
    await page.keyboard.press('ArrowRight');
    await expect.poll(value).toMatch(/^23:46: /);
    expect(await page.locator('[data-chart="clicks"] [data-readout]').innerText()).toContain('23:46');
    await page.keyboard.press('End');
    await expect.poll(value).toMatch(/^23:59: /);
    await page.keyboard.press('Escape');
    await expect.poll(() => page.locator('[data-chart="clicks"] [data-readout]').innerText()).toContain('peak');
  });

  test('a chart’s numbers are there as a table, exact to the cent', async () => {
    await show(`${PAST_DAY}&range=1h`);
    const chart = page.locator('[data-chart="revenue"]');
    await chart.getByText('Show as table').press('Enter');
    await expect.poll(() => chart.getByRole('row').count()).toBe(61);
    const { rows } = await db.pool.query<{ net: string }>(
      `SELECT sum(net_amount)::numeric(20, 2) AS net FROM kpi.order_minute
       WHERE source = 'shop' AND currency = 'GBP' AND window_start >= '2026-03-10 23:00Z' AND window_start < '2026-03-11Z'`,
    );
    const cells = await chart.locator('tbody td:nth-child(2)').allInnerTexts();
    const cents = cells.reduce((sum, text) => sum + Number(text.replaceAll(/[^\d-]/g, '')), 0);
    expect((cents / 100).toFixed(2)).toBe(rows[0]?.net);
  });
});

describe('choosing', () => {
  test('currency, source and day change the figures and the address; going back restores both', async () => {
    await show(PAST_DAY);
    const pounds = await tileText(page, 'revenue');
    await page.getByLabel('Currency').selectOption('EUR');
    await expect.poll(() => tileText(page, 'revenue')).toMatch(/^€/);
    expect(page.url()).toContain('currency=EUR');
    await page.goBack();
    await expect.poll(() => tileText(page, 'revenue')).toBe(pounds);
    await page.getByRole('button', { name: 'Previous day with data' }).click();
    await expect.poll(() => page.locator('h1 + p').innerText()).toMatch(/9 March 2026/);
    expect(page.url()).toContain('date=2026-03-09');
    await expect.poll(() => tileText(page, 'revenue')).not.toBe(pounds);
  });

  test('a shorter range of the charts by arrow keys', async () => {
    await show(PAST_DAY);
    await page.getByRole('radio', { name: 'Whole day' }).focus();
    await page.keyboard.press('ArrowLeft');
    await expect.poll(() => page.url()).toContain('range=6h');
    await expect.poll(() => page.getByRole('radio', { name: 'Last 6 hours' }).isChecked()).toBe(true);
  });

  test('a theme, kept over a reload and applied before anything is drawn', async () => {
    await show(PAST_DAY);
    const ground = (): Promise<string> =>
      page.evaluate<string>('getComputedStyle(document.documentElement).backgroundColor');
    const light = await ground();
    const toggle = page.getByRole('button', { name: /^Theme/ });
    await toggle.click();
    expect(await ground()).toBe(light);
    await toggle.click();
    await expect.poll(ground).not.toBe(light);
    await page.reload();
    expect(await page.evaluate<string>('document.documentElement.dataset.theme')).toBe('dark');
    await settle(page);
    expect(await ground()).not.toBe(light);
    await page.getByRole('button', { name: /^Theme/ }).click();
    await expect.poll(ground).toBe(light);
  });
});

test('a source with orders only says so instead of showing zeros', async () => {
  await db.pool.query("DELETE FROM kpi.web_day_parts WHERE source = 'retail'");
  await db.pool.query("DELETE FROM kpi.web_minute_parts WHERE source = 'retail'");
  await show(`/?source=retail&currency=GBP&date=${DAY}`);
  expect(await page.locator('[data-tile="unique-users"]').count()).toBe(0);
  expect(await page.locator('[data-tile="revenue"]').count()).toBe(1);
  expect(await page.locator('main').innerText()).toContain('No website events from “retail” on this day.');
});

test('a day without figures leads to the last one with some', async () => {
  await show('/?source=shop&date=2026-02-01');
  await page.getByRole('button', { name: `Show ${DAY}` }).click();
  await page.locator('[data-tile="total-events"]').waitFor();
  expect(page.url()).toContain(`date=${DAY}`);
});

test('a browser whose language Intl refuses, as under LANG=C, shows the page all the same', async () => {
  await page.addInitScript(
    "Object.defineProperty(navigator, 'language', { value: 'en-US@posix', configurable: true })",
  );
  await show(PAST_DAY);
  expect(await tileText(page, 'total-events')).toMatch(/^\d\d,\d{3}$/);
});
