import type { Clickhouse } from '@ebb/clickhouse';
import type { Pool } from '@ebb/postgres';

export const WEB_TOPIC = 'website_events';

/** Visitors who come back, over midnight, with and without sessions; orders of every kind, status and two currencies. */
const TRAFFIC = `
  INSERT INTO stream.web_events (event_time, _kafka_time, _offset, identity, _partition, day, schema_version,
    is_identified, event_id, user_key, source, event_type, session_id)
  SELECT at, at, n, gen_random_uuid(), n % 3, (at AT TIME ZONE 'UTC')::date, 1, n % 4 <> 0, 'e' || n,
    'u' || (n * 7 % 23), CASE WHEN n % 5 = 0 THEN 'retail' ELSE 'shop' END,
    (ARRAY['page_view', 'product_view', 'add_to_cart', 'login', 'search'])[1 + n % 5],
    CASE WHEN n % 6 <> 0 THEN 's' || (n / 9) END
  FROM (SELECT n, '2026-03-01T00:00:00Z'::timestamptz + n * interval '6 minutes' AS at
    FROM generate_series(0, 1199) n) t;
  INSERT INTO stream.consumer_offsets (topic, partition, next_offset)
  SELECT '${WEB_TOPIC}', _partition, max(_offset) + 1 FROM stream.web_events GROUP BY _partition;
  INSERT INTO sales.orders (source, order_id, kind, user_id, order_status, status_rank, status_time, event_id,
    purchase_time, currency, total_amount, product_lines, _partition, _offset, _kafka_time)
  SELECT CASE WHEN n % 3 = 0 THEN 'retail' ELSE 'shop' END, 'o' || n,
    CASE WHEN n % 11 = 0 THEN 'credit_note' WHEN n % 13 = 0 THEN 'adjustment' ELSE 'order' END,
    CASE WHEN n % 5 <> 0 THEN 'u' || (n % 17) END,
    (ARRAY['processing', 'shipped', 'completed', 'cancelled', 'returned'])[1 + n % 5], 1, at, 'p' || n, at,
    CASE WHEN n % 2 = 0 THEN 'USD' ELSE 'GBP' END,
    CASE WHEN n % 11 = 0 THEN -1 ELSE 1 END * (n * 37 % 1000 + (n % 9973) / 10000.0), n % 4, 0, n, at
  FROM (SELECT n, '2026-03-01T00:00:00Z'::timestamptz + n * interval '17 minutes' AS at
    FROM generate_series(1, 420) n) t`;

/** One more event, an order of an old day cancelled, one moved from a day to another. */
export const CHANGES = `
  INSERT INTO stream.web_events (event_time, _kafka_time, _offset, identity, _partition, day, schema_version,
    is_identified, event_id, user_key, source, event_type, session_id)
  VALUES ('2026-03-03T12:00:00Z', now(), 5000, gen_random_uuid(), 1, '2026-03-03', 1, true, 'late', 'new visitor',
    'shop', 'page_view', 'late');
  UPDATE stream.consumer_offsets SET next_offset = 5001 WHERE partition = 1;
  UPDATE sales.orders SET order_status = 'cancelled', total_amount = total_amount + 1, _offset = 6000
  WHERE order_id = 'o101';
  UPDATE sales.orders SET purchase_time = '2026-03-04T10:00:00Z', _offset = 6001 WHERE order_id = 'o103'`;

export async function addTraffic(pool: Pool): Promise<void> {
  await pool.query("SELECT stream.ensure_days(ARRAY(SELECT date '2026-03-01' + n FROM generate_series(-1, 7) n))");
  await pool.query(TRAFFIC);
}

/** KPIs from the rows, by the statement with which the platform repairs them. */
export async function rebuildDays(pool: Pool): Promise<void> {
  for (let day = 1; day <= 6; day += 1) await pool.query('SELECT kpi.rebuild_day($1::date)', [`2026-03-0${day}`]);
}

/** The rows of Postgres as the sink stores them: a change a version, offsets growing by its time of arrival. */
export async function copyTables(pool: Pool, clickhouse: Clickhouse): Promise<void> {
  const { rows: events } = await pool.query<{ row: Record<string, unknown> }>(
    `SELECT jsonb_build_object('source', source, 'day', day, 'user_key', user_key, 'event_id', event_id,
       'is_identified', is_identified, 'event_time', ${text('event_time')}, 'event_type', event_type,
       'session_id', session_id, 'schema_version', 1, '_partition', _partition, '_offset', _offset,
       '_kafka_time', ${text('_kafka_time')}) AS row FROM stream.web_events`,
  );
  await insert(clickhouse, 'raw.web_events', events);
  const { rows: orders } = await pool.query<{ row: Record<string, unknown> }>(
    `SELECT jsonb_build_object('source', source, 'order_id', order_id, 'kind', kind, 'user_id', user_id,
       'order_status', order_status, 'status_rank', status_rank, 'status_time', ${text('status_time')},
       'event_id', event_id, 'purchase_time', ${text('purchase_time')}, 'currency', currency,
       'total_amount', total_amount::text, 'product_lines', product_lines, '_partition__16', _partition,
       '_offset__17', _offset, '_version', _offset, '_deleted', 0, '_op', CASE WHEN _offset < 5000 THEN 'c' ELSE 'u' END,
       '_commit_time', ${text('CASE WHEN _offset < 5000 THEN purchase_time ELSE now() END')}, '_partition', 0,
       '_offset', _offset) AS row FROM sales.orders`,
  );
  await insert(clickhouse, 'raw.sales_orders', orders);
  await insert(clickhouse, 'raw.sales_orders_log', orders);
}

function text(time: string): string {
  return `to_char((${time}) AT TIME ZONE 'UTC', 'YYYY-MM-DD HH24:MI:SS.US')`;
}

async function insert(
  clickhouse: Clickhouse,
  table: string,
  rows: readonly { row: Record<string, unknown> }[],
): Promise<void> {
  const body = rows.map(({ row }) => `${JSON.stringify(row)}\n`).join('');
  const columns = Object.keys(rows[0]?.row ?? {});
  await clickhouse.insert(table, { columns, format: 'JSONEachRow', body: Buffer.from(body) });
}
