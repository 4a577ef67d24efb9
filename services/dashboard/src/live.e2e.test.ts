import { testPostgres, type TestPostgres } from '@ebb/testing';
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
} from './testing/live-page.ts';
import { startDashboard, type TestDashboard } from './testing/test-dashboard.ts';

/** The page over time: figures that move, figures that stop, servers that go away. */

let browser: Browser;
let db: TestPostgres;
let dashboard: TestDashboard;
let page: Page;

beforeAll(async () => {
  browser = await openBrowser();
});

beforeEach(async () => {
  db = await testPostgres();
  dashboard = await start();
  ({ page } = await openPage(browser));
});

afterEach(async () => {
  await page.close();
  await dashboard.close();
  await db.drop();
});

async function start(env: Record<string, string> = {}): Promise<TestDashboard> {
  return startDashboard(db.roleUrl('ebb_dashboard'), {
    webDirectory: await frontEnd(),
    env: { EBB_COLLECTOR_URL: 'http://127.0.0.1:18090', ...env },
  });
}

async function addEvents(events: number): Promise<void> {
  await db.pool.query(
    `WITH minute AS (
       INSERT INTO kpi.web_minute_parts SELECT date_trunc('minute', now()), 'shop', 0, $1, 1, $1, 0, 1
       ON CONFLICT (window_start, source, part) DO UPDATE SET
         total_events = kpi.web_minute_parts.total_events + $1, revision = kpi.web_minute_parts.revision + 1
     )
     INSERT INTO kpi.web_day_parts SELECT (now() AT TIME ZONE 'UTC')::date, 'shop', 0, $1, 1, $1, 0, 1
     ON CONFLICT (day, source, part) DO UPDATE SET
       total_events = kpi.web_day_parts.total_events + $1, revision = kpi.web_day_parts.revision + 1`,
    [events],
  );
}

async function reportCaughtUp(ageSeconds: number): Promise<void> {
  await db.pool.query(
    `INSERT INTO stream.watermarks (topic, partition, kind, caught_up_at)
     VALUES ('w', 0, 'website', now() - $1 * interval '1 second')
     ON CONFLICT (topic, partition) DO UPDATE SET caught_up_at = excluded.caught_up_at`,
    [ageSeconds],
  );
}

const state = (): Promise<string | null> => page.locator('[data-state]').getAttribute('data-state');
const total = (): Promise<string> => tileText(page, 'total-events');

describe('figures', () => {
  test('move by themselves when events are counted', async () => {
    await addEvents(3);
    await page.goto(dashboard.url);
    await settle(page);
    await expect.poll(total).toBe('3');
    await addEvents(4);
    await expect.poll(total).toBe('7');
    await expect.poll(() => tileText(page, 'last-minutes')).toMatch(/^7/);
  });

  test('that do not exist yet: the page says how to send the first event, and shows it when it comes', async () => {
    await page.goto(dashboard.url);
    const notice = page.locator('[data-notice="empty"]');
    await notice.waitFor();
    expect(await notice.getByRole('link', { name: 'demo shop' }).getAttribute('href')).toBe(
      'http://127.0.0.1:18090/demo-shop',
    );
    expect(await notice.innerText()).toContain('curl http://127.0.0.1:18090/v1/website-events');
    await addEvents(1);
    await expect.poll(total).toBe('1');
    await notice.waitFor({ state: 'detached' });
  });
});

describe('freshness', () => {
  test('is live while the aggregator keeps up, stale once it does not', async () => {
    await addEvents(1);
    await reportCaughtUp(0);
    await page.goto(dashboard.url);
    await settle(page);
    await expect.poll(state).toBe('live');
    await reportCaughtUp(300);
    await expect.poll(state).toBe('stale');
    expect(await page.locator('[data-state]').innerText()).toBe('Behind by 5 min');
    expect(await page.locator('[data-notice="stale"]').innerText()).toContain('ebb status');
    await reportCaughtUp(0);
    await expect.poll(state).toBe('live');
  });

  test('of a server that lost its database: the last figures stay, and say so', async () => {
    await addEvents(5);
    await reportCaughtUp(0);
    await page.goto(dashboard.url);
    await settle(page);
    await expect.poll(total).toBe('5');
    await db.pool.query('ALTER VIEW kpi.web_day RENAME TO web_day_away');
    await expect.poll(state).toBe('failing');
    expect(await total()).toBe('5');
    await db.pool.query('ALTER VIEW kpi.web_day_away RENAME TO web_day');
    await addEvents(1);
    await expect.poll(total).toBe('6');
    await expect.poll(state).toBe('live');
  });
});

describe('the connection', () => {
  test('comes back by itself after the server was away; the figures stay meanwhile', async () => {
    await addEvents(2);
    await reportCaughtUp(0);
    await page.goto(dashboard.url);
    await settle(page);
    await expect.poll(total).toBe('2');
    const { port } = new URL(dashboard.url);
    await dashboard.close();
    await expect.poll(state).toBe('disconnected');
    expect(await total()).toBe('2');
    expect(await page.locator('[data-notice="disconnected"]').innerText()).toContain('last known figures');
    await addEvents(2);
    dashboard = await start({ EBB_DASHBOARD_PORT: port });
    await expect.poll(total, { timeout: 20_000 }).toBe('4');
    await reportCaughtUp(0);
    await expect.poll(state).toBe('live');
  });

  test('refused because of a limit: the server’s reason is shown', async () => {
    await dashboard.close();
    dashboard = await start({ EBB_DASHBOARD_MAX_STREAMS: '1' });
    const other = await openPage(browser);
    await other.page.goto(dashboard.url);
    await other.page.locator('[data-notice="empty"]').waitFor();
    await page.goto(dashboard.url);
    await expect.poll(state).toBe('disconnected');
    await other.page.close();
    await page.locator('[data-notice="empty"]').waitFor({ timeout: 30_000 });
  });

  test('to a server whose database is away: an error with a way to try again, then the figures', async () => {
    await db.pool.query('ALTER SCHEMA kpi RENAME TO kpi_away');
    await page.goto(dashboard.url);
    const notice = page.locator('[data-notice="error"]');
    await notice.waitFor();
    expect(await notice.innerText()).toContain('ebb migrate');
    expect(await page.locator('[data-skeleton]').count()).toBe(1);
    await db.pool.query('ALTER SCHEMA kpi_away RENAME TO kpi');
    await notice.getByRole('button', { name: 'Try again' }).click();
    await page.locator('[data-notice="empty"]').waitFor();
  });
});

describe('the pipeline', () => {
  const hop = (name: string): ReturnType<Page['locator']> => page.locator(`[data-hop="${name}"]`);
  const lag = (name: string): Promise<string> => hop(name).locator('[data-value]').innerText();
  const hopState = (name: string): Promise<string | null> => hop(name).getAttribute('data-hop-state');

  async function report(name: string, ageSeconds: number, backlog: number, problem: string | null): Promise<void> {
    await db.pool.query(
      `INSERT INTO ops.hops (hop, as_of, backlog, problem) VALUES ($1, now() - $2 * interval '1 second', $3, $4)
       ON CONFLICT (hop) DO UPDATE SET as_of = excluded.as_of, backlog = excluded.backlog,
         problem = excluded.problem, updated_at = now()`,
      [name, ageSeconds, backlog, problem],
    );
  }

  test('shows how far each hop is behind, follows it, and says what is wrong', async () => {
    await addEvents(1);
    await reportCaughtUp(0);
    await report('events_to_clickhouse', 300, 1_234, null);
    await report('postgres_to_kafka', 0, 0, 'replication slot ebb_cdc_1 is lost');
    await page.goto(dashboard.url);
    await settle(page);
    await expect.poll(() => hopState('events_to_postgres')).toBe('live');
    expect(await hopState('changes_to_clickhouse')).toBe('waiting');
    expect(await hopState('postgres_to_kafka')).toBe('stale');
    expect(await hop('postgres_to_kafka').innerText()).toContain('ebb_cdc_1 is lost');
    expect(await lag('events_to_clickhouse')).toBe('5 min');
    expect(await hop('events_to_clickhouse').innerText()).toContain('1,234 messages wait');
    await report('events_to_clickhouse', 0, 0, null);
    await expect.poll(() => hopState('events_to_clickhouse')).toBe('live');
    await expect.poll(() => lag('events_to_clickhouse')).toMatch(/^under \d+ s$/);
  });

  test('fits a phone, and has no accessibility violation', async () => {
    await addEvents(1);
    await report('events_to_clickhouse', 0, 0, null);
    await page.setViewportSize({ width: 390, height: 844 });
    await page.goto(dashboard.url);
    await settle(page);
    await hop('events_to_clickhouse').waitFor();
    expect(await page.evaluate<number>('document.documentElement.scrollWidth')).toBeLessThanOrEqual(390);
    expect(await accessibilityViolations(page)).toEqual([]);
  });
});
