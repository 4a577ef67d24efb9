import { testPostgres, type TestPostgres } from '@ebb/testing';
import { beforeEach, describe, expect, it } from 'vitest';
import { compareKpis } from './verify.ts';

const DOCUMENT = JSON.stringify({ items: [{ quantity: 2 }, { quantity: -1 }] });

/** Two users, three events in one minute, one order that was paid and one that was cancelled later. */
const RAW = `
  SELECT stream.ensure_days(ARRAY['2026-03-01'::date]);
  INSERT INTO stream.web_events (event_time, _kafka_time, _offset, _partition, day, schema_version, is_identified,
      identity, event_id, user_key, source, event_type, session_id)
    VALUES ('2026-03-01 10:00:01Z', now(), 0, 0, '2026-03-01', 1, true, gen_random_uuid(), 'e1', 'u1', 'shop', 'page_view', 's1'),
      ('2026-03-01 10:00:59Z', now(), 1, 0, '2026-03-01', 1, true, gen_random_uuid(), 'e2', 'u1', 'shop', 'product_view', 's2'),
      ('2026-03-01 10:00:30Z', now(), 0, 1, '2026-03-01', 1, false, gen_random_uuid(), 'e3', 'u2', 'shop', 'page_view', NULL);
  INSERT INTO sales.order_status_history (source, order_id, event_id, kind, order_status, status_rank, status_time,
      purchase_time, currency, total_amount, document, schema_version, _partition, _offset, _kafka_time)
    VALUES ('shop', 'o1', 'p1', 'order', 'processing', 1, '2026-03-01 10:00Z', '2026-03-01 10:00Z', 'USD', 10.25,
        '${DOCUMENT}', 1, 0, 0, now()),
      ('shop', 'o2', 'p2', 'order', 'processing', 1, '2026-03-01 10:00Z', '2026-03-01 10:00Z', 'USD', 5, '${DOCUMENT}', 1,
        0, 1, now()),
      ('shop', 'o2', 'p3', 'order', 'cancelled', 4, '2026-03-01 11:00Z', '2026-03-01 10:00Z', 'USD', 5, '${DOCUMENT}', 1,
        0, 2, now());`;

const WEB_FIGURES = 'source, part, total_events, unique_users, total_page_views, total_product_clicks, total_sessions';
const ORDER_FIGURES = `source, currency, part, total_orders, valid_orders, gross_amount, valid_amount, total_products,
  credit_amount, adjustment_amount, credit_notes, adjustments`;
const ORDER_VALUES = `'shop', 'USD', 0, 2, 1, 15.25, 10.25, 2, 0, 0, 0, 0`;

const KPIS = `
  INSERT INTO kpi.web_minute_parts (window_start, ${WEB_FIGURES})
    VALUES ('2026-03-01 10:00Z', 'shop', 0, 2, 1, 1, 1, 2), ('2026-03-01 10:00Z', 'shop', 1, 1, 1, 1, 0, 0);
  INSERT INTO kpi.web_day_parts (day, ${WEB_FIGURES}) VALUES ('2026-03-01', 'shop', 0, 3, 2, 2, 1, 2);
  INSERT INTO kpi.order_minute_parts (window_start, ${ORDER_FIGURES}) VALUES ('2026-03-01 10:00Z', ${ORDER_VALUES});
  INSERT INTO kpi.order_day_parts (day, ${ORDER_FIGURES}) VALUES ('2026-03-01', ${ORDER_VALUES});`;

describe('compareKpis', () => {
  let database: TestPostgres;

  beforeEach(async () => {
    database = await testPostgres();
    await database.pool.query(RAW);
    await database.pool.query(KPIS);
  });

  const differing = async (): Promise<Record<string, number>> =>
    Object.fromEntries((await compareKpis(database.pool)).map((row) => [row.table, row.differing]));

  it('finds no difference between KPIs and raw rows that agree', async () => {
    expect(await differing()).toEqual({
      'kpi.web_minute': 0,
      'kpi.web_day': 0,
      'kpi.order_minute': 0,
      'kpi.order_day': 0,
    });
  });

  it.each([
    ['kpi.web_minute', 'UPDATE kpi.web_minute_parts SET unique_users = unique_users + 1 WHERE part = 1'],
    ['kpi.web_day', 'DELETE FROM kpi.web_day_parts'],
    ['kpi.order_minute', 'UPDATE kpi.order_minute_parts SET valid_amount = valid_amount + 0.0001'],
    ['kpi.order_day', `INSERT INTO kpi.order_day_parts (day, ${ORDER_FIGURES}) VALUES ('2026-03-02', ${ORDER_VALUES})`],
  ])('finds a wrong, missing or surplus row of %s', async (table, damage) => {
    await database.pool.query(damage);
    const found = await differing();
    expect(found[table]).toBe(1);
    expect(Object.values(found).reduce((sum, count) => sum + count, 0)).toBe(1);
  });

  it('takes a row of zeros, left by an order that moved away, for no row', async () => {
    await database.pool.query(`INSERT INTO kpi.order_day_parts (day, ${ORDER_FIGURES})
      VALUES ('2026-03-05', 'shop', 'EUR', 0, 0, 0, 0, 0, 0, 0, 0, 0, 0)`);
    expect((await differing())['kpi.order_day']).toBe(0);
  });
});
