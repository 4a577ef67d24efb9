import { must } from '@ebb/core';
import { testPostgres, type TestPostgres } from '@ebb/testing';
import { beforeAll, describe, expect, test } from 'vitest';
import type { LiveSnapshot } from './api/live-schema.ts';
import type { Options } from './api/options-schema.ts';
import { seedDay } from './testing/seed-day.ts';
import { startDashboard, type TestDashboard } from './testing/test-dashboard.ts';

/** Every figure of the page against SQL of its own over the raw rows. */

const DAY = '2026-03-10';
const IN_DAY = `event_time >= '${DAY}' AND event_time < '2026-03-11' AND source = 'shop'`;
const ORDERS = `sales.orders WHERE source = 'shop' AND purchase_time >= '${DAY}' AND purchase_time < '2026-03-11'`;

let db: TestPostgres;
let dashboard: TestDashboard;
let live: LiveSnapshot;

async function get<T>(path: string): Promise<T> {
  const response = await fetch(dashboard.url + path);
  expect(response.status).toBe(200);
  return (await response.json()) as T;
}

/** One value from a query over raw rows, as text. */
async function raw(sql: string): Promise<string> {
  const { rows } = await db.pool.query<{ value: string | number | null }>(`SELECT (${sql}) AS value`);
  return String(must(rows[0], 'one row').value);
}

async function rawNumber(sql: string): Promise<number> {
  return Number(await raw(sql));
}

beforeAll(async () => {
  db = await testPostgres();
  await seedDay(db.pool, { source: 'shop', day: '2026-03-09', seed: 'before', peak: 30, currencies: { GBP: 5 } });
  await seedDay(db.pool, { source: 'shop', day: DAY, seed: 'day', peak: 25, currencies: { GBP: 6, EUR: 3 } });
  await seedDay(db.pool, { source: 'retail', day: DAY, seed: 'other', peak: 10, currencies: { GBP: 50 } });
  dashboard = await startDashboard(db.roleUrl('ebb_dashboard'));
  live = await get<LiveSnapshot>(`/api/live?source=shop&currency=GBP&date=${DAY}`);
  return () => dashboard.close();
});

describe('website', () => {
  test('totals are counts of raw events by type', async () => {
    const count = (filter: string): Promise<number> =>
      rawNumber(`SELECT count(*) FROM stream.web_events WHERE ${IN_DAY} AND ${filter}`);
    expect(live.web.totalEvents).toBe(await count('true'));
    expect(live.web.pageViews).toBe(await count("event_type = 'page_view'"));
    expect(live.web.productClicks).toBe(await count("event_type = 'product_view'"));
    expect(live.web.totalEvents).toBeGreaterThan(5000);
  });

  test('unique users and sessions are exact for the day and not the sum of its minutes', async () => {
    expect(live.web.uniqueUsers).toBe(
      await rawNumber(`SELECT count(DISTINCT user_key) FROM stream.web_events WHERE ${IN_DAY}`),
    );
    expect(live.web.sessions).toBe(
      await rawNumber(`SELECT count(DISTINCT (user_key, session_id)) FROM stream.web_events WHERE ${IN_DAY}`),
    );
    const sumOfMinutes = live.webMinutes.users.reduce((sum, users) => sum + users, 0);
    expect(live.web.uniqueUsers).toBeLessThan(sumOfMinutes / 2);
  });

  test('average events is over the minutes that had one', async () => {
    const average = await rawNumber(
      `SELECT count(*)::float8 / count(DISTINCT date_trunc('minute', event_time)) FROM stream.web_events WHERE ${IN_DAY}`,
    );
    expect(live.web.averageEvents).toBeCloseTo(average, 9);
  });

  test('the gauge is full at the busiest day of the month', async () => {
    expect(live.web.busiestDayEvents).toBe(
      await rawNumber(
        `SELECT max(n) FROM (SELECT count(*) AS n FROM stream.web_events WHERE source = 'shop' GROUP BY day) days`,
      ),
    );
    expect(live.web.busiestDayEvents).toBeGreaterThan(live.web.totalEvents);
  });

  test('every minute equals the raw events of that minute', async () => {
    const { rows } = await db.pool.query<Record<string, string>>(
      `SELECT extract(epoch FROM date_trunc('minute', event_time))::bigint AS minute, count(*) AS events,
         count(DISTINCT user_key) AS users, count(*) FILTER (WHERE event_type = 'page_view') AS views,
         count(*) FILTER (WHERE event_type = 'product_view') AS clicks, count(DISTINCT session_id) AS sessions
       FROM stream.web_events WHERE ${IN_DAY} GROUP BY 1 ORDER BY 1`,
    );
    const column = (name: string): number[] => rows.map((row) => Number(row[name]));
    expect(live.webMinutes).toEqual({
      minute: column('minute'),
      events: column('events'),
      users: column('users'),
      pageViews: column('views'),
      productClicks: column('clicks'),
      sessions: column('sessions'),
    });
  });
});

describe('orders', () => {
  const inCurrency = `${ORDERS} AND currency = 'GBP'`;
  const valid = "kind = 'order' AND order_status NOT IN ('cancelled', 'returned')";
  const amount = (filter: string): Promise<string> =>
    raw(`SELECT coalesce(sum(total_amount), 0) FROM ${inCurrency} AND ${filter}`);

  test('counts are those of orders only', async () => {
    expect(live.orders.orders).toBe(await rawNumber(`SELECT count(*) FROM ${inCurrency} AND kind = 'order'`));
    expect(live.orders.validOrders).toBe(await rawNumber(`SELECT count(*) FROM ${inCurrency} AND ${valid}`));
    expect(live.orders.products).toBe(
      await rawNumber(`SELECT sum(product_lines) FROM ${inCurrency} AND kind = 'order'`),
    );
  });

  test('amounts are exact decimals: gross, net, credits and adjustments, each apart', async () => {
    expect(live.orders.gross).toBe(await amount("kind = 'order'"));
    expect(live.orders.net).toBe(await amount(`(${valid} OR kind = 'credit_note')`));
    expect(live.orders.credits).toBe(await amount("kind = 'credit_note'"));
    expect(live.orders.adjustments).toBe(await amount("kind = 'adjustment'"));
    expect(live.orders.cancelled).toBe(await amount("kind = 'order' AND order_status IN ('cancelled', 'returned')"));
    expect(live.orders.average).toBe(await raw(`SELECT round(avg(total_amount), 4) FROM ${inCurrency} AND ${valid}`));
  });

  test('every minute equals the raw documents of that minute', async () => {
    const { rows } = await db.pool.query<Record<string, string>>(
      `SELECT extract(epoch FROM date_trunc('minute', purchase_time))::bigint AS minute,
         count(*) FILTER (WHERE kind = 'order') AS orders,
         coalesce(sum(product_lines) FILTER (WHERE kind = 'order'), 0) AS products,
         coalesce(sum(total_amount) FILTER (WHERE kind = 'order'), 0)::numeric(38, 4) AS gross,
         coalesce(sum(total_amount) FILTER (WHERE (${valid}) OR kind = 'credit_note'), 0)::numeric(38, 4) AS net
       FROM ${inCurrency} GROUP BY 1 ORDER BY 1`,
    );
    expect(live.orderMinutes).toEqual({
      minute: rows.map((row) => Number(row['minute'])),
      orders: rows.map((row) => Number(row['orders'])),
      products: rows.map((row) => Number(row['products'])),
      gross: rows.map((row) => row['gross']),
      net: rows.map((row) => row['net']),
    });
  });

  test('event process time is the newest documents’ way from Kafka to Postgres', async () => {
    const percentile = (share: number): Promise<number> =>
      rawNumber(
        `SELECT percentile_cont(${share}) WITHIN GROUP (ORDER BY extract(epoch FROM _processed_at - _kafka_time)) * 1000
         FROM (SELECT * FROM sales.orders WHERE purchase_time < '2026-03-11' ORDER BY purchase_time DESC LIMIT 500) newest`,
      );
    expect(live.orders.processMs?.p50).toBeCloseTo(await percentile(0.5), 6);
    expect(live.orders.processMs?.p95).toBeCloseTo(await percentile(0.95), 6);
  });

  test('currencies and sources are never added', async () => {
    const euros = await get<LiveSnapshot>(`/api/live?source=shop&currency=EUR&date=${DAY}`);
    const retail = await get<LiveSnapshot>(`/api/live?source=retail&currency=GBP&date=${DAY}`);
    const gross = (filter: string): Promise<string> =>
      raw(
        `SELECT sum(total_amount) FROM sales.orders WHERE kind = 'order' AND purchase_time >= '${DAY}' AND ${filter}`,
      );
    expect(euros.orders.gross).toBe(await gross("source = 'shop' AND currency = 'EUR'"));
    expect(retail.orders.gross).toBe(await gross("source = 'retail' AND currency = 'GBP'"));
    expect(new Set([live.orders.gross, euros.orders.gross, retail.orders.gross]).size).toBe(3);
    expect(euros.web).toEqual(live.web);
  });
});

test('without a currency the day’s most frequent one is shown; an unknown one has no figures', async () => {
  const chosen = await get<LiveSnapshot>(`/api/live?source=shop&date=${DAY}`);
  expect(chosen.currency).toBe('GBP');
  const unknown = await get<LiveSnapshot>(`/api/live?source=shop&currency=XXX&date=${DAY}`);
  expect(unknown.orders).toMatchObject({ orders: 0, gross: '0', average: null });
});

test('options list sources, currencies, days and what each figure means', async () => {
  const options = await get<Options>('/api/options');
  expect(options.sources).toEqual([
    { source: 'retail', currencies: ['GBP'], days: [DAY] },
    { source: 'shop', currencies: ['EUR', 'GBP'], days: ['2026-03-09', DAY] },
  ]);
  expect(options).toMatchObject({ defaultSource: 'shop', timezone: 'UTC' });
  expect(options.kpis.map((kpi) => kpi.name)).toContain('unique_users');
});
