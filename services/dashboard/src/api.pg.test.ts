import { createPool } from '@ebb/postgres';
import { testPostgres, type TestPostgres } from '@ebb/testing';
import { beforeAll, describe, expect, test } from 'vitest';
import { businessDayRange } from './time/business-day.ts';
import { builtPages } from './testing/built-pages.ts';
import { startDashboard, type TestDashboard } from './testing/test-dashboard.ts';

let db: TestPostgres;
let dashboard: TestDashboard;

beforeAll(async () => {
  db = await testPostgres();
  const pages = await builtPages();
  dashboard = await startDashboard(db.roleUrl('ebb_dashboard'), { webDirectory: pages.directory });
  return async () => {
    await dashboard.close();
    await pages.remove();
  };
});

async function get(path: string, init: RequestInit = {}): Promise<{ status: number; headers: Headers; text: string }> {
  const response = await fetch(dashboard.url + path, init);
  return { status: response.status, headers: response.headers, text: await response.text() };
}

describe('answers', () => {
  test.each([
    ['/api/live?source=Shop', 400, 'INVALID_QUERY'],
    ['/api/live?date=2026-02-30', 400, 'INVALID_QUERY'],
    ['/api/live?nonsense=1', 400, 'INVALID_QUERY'],
    ['/api/live/stream?currency=pounds', 400, 'INVALID_QUERY'],
    ['/api/live/window?minutes=0', 400, 'INVALID_QUERY'],
    ['/api/live/window?minutes=1441', 400, 'INVALID_QUERY'],
    ['/api/nothing', 404, 'NOT_FOUND'],
    ['/%E0%A4%A', 400, 'INVALID_QUERY'],
    ['/..%2f..%2fpackage.json', 404, 'NOT_FOUND'],
  ])('%s is %i %s', async (path, status, code) => {
    const answer = await get(path);
    expect(answer.status).toBe(status);
    expect(JSON.parse(answer.text)).toMatchObject({ error: { code } });
  });

  test('only GET and HEAD exist', async () => {
    expect((await get('/api/live', { method: 'POST' })).status).toBe(404);
    expect((await get('/api/options', { method: 'DELETE' })).status).toBe(404);
  });

  test('carry a strict content policy, no CORS, and are not stored', async () => {
    const { headers } = await get('/api/options');
    const policy = headers.get('content-security-policy') ?? '';
    expect(policy).toContain("script-src 'self'");
    expect(policy).not.toMatch(/unsafe|\*|https?:/);
    expect(headers.get('access-control-allow-origin')).toBeNull();
    expect(headers.get('x-content-type-options')).toBe('nosniff');
    expect(headers.get('cache-control')).toBe('no-store');
  });
});

test('everything in the description is served, and refuses what it does not know', async () => {
  const { text } = await get('/openapi.json');
  const { paths } = JSON.parse(text) as { paths: Record<string, { get: { parameters: { name: string }[] } }> };
  for (const path of Object.keys(paths)) expect((await get(`${path}?nonsense=1`)).status).toBe(400);
  expect((await get('/api/live/stream', { method: 'HEAD' })).status).toBe(404);
  expect(paths['/api/live']?.get.parameters.map(({ name }) => name)).toEqual(['source', 'currency', 'date']);
});

test('the window answers with what adds up, the peak of what does not, and each minute', async () => {
  await db.pool.query(
    `INSERT INTO kpi.web_minute_parts
     SELECT date_trunc('minute', now()) - n * interval '1 minute', 'shop', part, 10, 4 + n, 6, 2, 5
     FROM generate_series(0, 20) n, generate_series(0, 1) part`,
  );
  const { status, text } = await get('/api/live/window?source=shop&minutes=15');
  expect(status).toBe(200);
  expect(JSON.parse(text)).toMatchObject({
    minutes: 15,
    events: 300,
    pageViews: 180,
    productClicks: 60,
    peakUsers: 36,
  });
});

test('the last 15 minutes cost a small part of what the whole day costs', async () => {
  await db.pool.query(
    `INSERT INTO kpi.web_minute_parts
     SELECT m, 'busy', part, 10, 4, 6, 2, 5
     FROM generate_series(now()::date::timestamptz - interval '10 days', now(), interval '1 minute') m,
       generate_series(0, 5) part`,
  );
  await db.pool.query('ANALYZE kpi.web_minute_parts');
  const { rows } = await db.pool.query<{ 'QUERY PLAN': [{ Plan: { 'Actual Rows': number } }] }>(
    `EXPLAIN (ANALYZE, FORMAT JSON) SELECT * FROM kpi.web_minute
     WHERE source = 'busy' AND window_start >= now() - interval '15 minutes' AND window_start < now()`,
  );
  const plan = JSON.stringify(rows);
  expect(plan).toContain('web_minute_parts');
  expect(plan).not.toMatch(/"Node Type":"Seq Scan"[^{}]*"Relation Name":"web_minute_parts"/);
  // What it takes undisturbed.
  const leastMs = async (path: string): Promise<number> => {
    let least = Infinity;
    for (let round = 0; round < 7; round++) {
      const startMs = performance.now();
      expect((await get(path)).status).toBe(200);
      least = Math.min(least, performance.now() - startMs);
    }
    return least;
  };
  const yesterday = new Date(Date.now() - 86_400_000).toISOString().slice(0, 10);
  const dayMs = await leastMs(`/api/live?source=busy&currency=GBP&date=${yesterday}`);
  expect(await leastMs('/api/live/window?source=busy&currency=GBP')).toBeLessThan(dayMs / 2);
});

describe('business days', () => {
  test('begin and end where the database says, through a year of clock changes', async () => {
    for (const zone of ['UTC', 'Europe/London', 'America/New_York', 'Asia/Kolkata', 'Africa/Cairo']) {
      const { rows } = await db.pool.query<{ day: string; start: Date }>(
        `SELECT kpi.business_day(h, $1) AS day, min(h) AS start
         FROM generate_series('2024-01-01'::timestamptz, '2025-01-02', interval '30 minutes') h GROUP BY 1 ORDER BY 1`,
        [zone],
      );
      for (const { day, start } of rows.slice(1)) {
        expect(`${zone} ${new Date(businessDayRange(day, zone).startMs).toISOString()}`).toBe(
          `${zone} ${start.toISOString()}`,
        );
      }
    }
  });

  test('the minutes of a 23-hour day are those of the business zone', async () => {
    const own = await testPostgres();
    await own.pool.query("UPDATE ops.settings SET value = 'Europe/London' WHERE key = 'business_timezone'");
    await own.pool.query(
      `INSERT INTO kpi.web_minute_parts SELECT m, 'shop', 0, 1, 1, 1, 0, 1
       FROM generate_series('2026-10-24 20:00Z'::timestamptz, '2026-10-26 03:59Z', interval '1 minute') m`,
    );
    const service = await startDashboard(own.roleUrl('ebb_dashboard'));
    try {
      const answer = await fetch(`${service.url}/api/live?source=shop&date=2026-10-25`);
      const live = (await answer.json()) as { webMinutes: { minute: number[] }; dayStart: string; timezone: string };
      expect(live.timezone).toBe('Europe/London');
      expect(live.dayStart).toBe('2026-10-24T23:00:00.000Z');
      expect(live.webMinutes.minute).toHaveLength(25 * 60);
    } finally {
      await service.close();
    }
  });
});

describe('the role of the dashboard', () => {
  test('reads and cannot write', async () => {
    const pool = createPool({ url: db.roleUrl('ebb_dashboard'), applicationName: 'test' });
    try {
      await expect(pool.query('SELECT count(*) FROM kpi.web_day')).resolves.toBeDefined();
      for (const statement of [
        "INSERT INTO kpi.web_day_parts VALUES ('2026-01-01', 'x', 0, 0, 0, 0, 0, 0)",
        'DELETE FROM sales.orders',
        "UPDATE ops.settings SET value = 'x'",
        'SELECT key_hash FROM ops.write_keys',
        'CREATE TABLE kpi.mine (a int)',
      ]) {
        await expect(pool.query(statement)).rejects.toThrow(/permission denied/);
      }
    } finally {
      await pool.end();
    }
  });
});

test('pages are answered with the built front end, always fresh; hashed files may be kept; the rest is not found', async () => {
  const { status, text, headers } = await get('/');
  expect({ status, text }).toEqual({ status: 200, text: '<!doctype html><title>built</title>' });
  expect(headers.get('cache-control')).toBe('no-cache');
  const asset = await get('/assets/index-4f2a.js');
  expect(asset.headers.get('cache-control')).toBe('public, max-age=31536000, immutable');
  expect((await get('/assets/none.js')).status).toBe(404);
});

describe('health', () => {
  test('is ready with database and front end', async () => {
    const { status, text } = await get('/healthz/ready');
    expect({ status, ...(JSON.parse(text) as object) }).toEqual({ status: 200, ready: true, reasons: [] });
    expect((await get('/healthz/live')).status).toBe(200);
    expect((await get('/metrics')).text).toContain('ebb_dashboard_request_ms');
  });

  test('says which of both is missing, and serves what it can', async () => {
    const service = await startDashboard('postgres://nobody@127.0.0.1:1/none', { webDirectory: '/nonexistent' });
    try {
      const ready = await fetch(`${service.url}/healthz/ready`);
      expect(ready.status).toBe(503);
      const { reasons } = (await ready.json()) as { reasons: string[] };
      expect(reasons.join(' ')).toMatch(/npm run build.*Postgres: The database does not answer/);
      expect(reasons.join(' ')).not.toMatch(/nobody|127\.0\.0\.1/);
      const live = await fetch(`${service.url}/api/live`);
      expect(live.status).toBe(503);
      expect(live.headers.get('retry-after')).toBe('5');
      expect(await live.json()).toMatchObject({ error: { code: 'DATABASE_AWAY' } });
      const page = await fetch(`${service.url}/`);
      expect(page.status).toBe(503);
      expect(await page.text()).toContain('npm run build -w @ebb/dashboard');
    } finally {
      await service.close();
    }
  });
});

test('hops are what the services reported, in the order data takes them', async () => {
  await db.pool.query(
    `INSERT INTO ops.hops (hop, as_of, backlog, problem) VALUES
       ('changes_to_clickhouse', '2026-03-12T10:00:00Z', 12345678901, NULL),
       ('postgres_to_kafka', NULL, 0, 'the slot is lost')`,
  );
  await db.pool.query(
    `INSERT INTO stream.watermarks (topic, partition, kind, event_time, caught_up_at)
     VALUES ('hops', 0, 'website', '2026-03-12T09:00:00Z', '2026-03-12T09:30:00Z'), ('hops', 1, 'website', NULL, NULL)`,
  );
  const { status, text } = await get('/api/hops');
  expect(status).toBe(200);
  const { hops } = JSON.parse(text) as { hops: { hop: string }[] };
  expect(hops).toEqual([
    // One partition was never seen empty, so nothing can be promised.
    { hop: 'events_to_postgres', asOf: null, backlog: null, problem: null, updatedAt: expect.any(String) as string },
    {
      hop: 'postgres_to_kafka',
      asOf: null,
      backlog: 0,
      problem: 'the slot is lost',
      updatedAt: expect.any(String) as string,
    },
    { hop: 'events_to_clickhouse', asOf: null, backlog: null, problem: null, updatedAt: null },
    {
      hop: 'changes_to_clickhouse',
      asOf: '2026-03-12T10:00:00.000Z',
      backlog: 12_345_678_901,
      problem: null,
      updatedAt: expect.any(String) as string,
    },
  ]);
});
