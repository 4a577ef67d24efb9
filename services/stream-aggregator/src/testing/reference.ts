import type { Pool } from '@ebb/postgres';
import type { TestMessage } from './world.ts';

/** Loads what was produced, in the order of producing, into a table of the test's own. */
export async function loadProduced(
  pool: Pool,
  table: 'produced_web' | 'produced_purchases',
  messages: TestMessage[],
): Promise<void> {
  await pool.query(`CREATE TABLE ${table} (ordinal bigint PRIMARY KEY, event jsonb NOT NULL)`);
  await pool.query(
    `INSERT INTO ${table} SELECT ordinal, event::jsonb FROM unnest($1::text[]) WITH ORDINALITY e (event, ordinal)`,
    [messages.filter(({ isValid }) => isValid).map(({ value }) => value)],
  );
}

const FIRST_WEB = `SELECT DISTINCT ON (source, utc_day, user_key, event_id) *
  FROM (SELECT ordinal, event->>'source' AS source, event->>'event_id' AS event_id,
      coalesce(event->>'user_id', event->>'anonymous_id') AS user_key, event->>'session_id' AS session_id,
      event->>'event_type' AS event_type, (event->>'event_timestamp')::timestamptz AS event_time,
      ((event->>'event_timestamp')::timestamptz AT TIME ZONE 'UTC')::date AS utc_day
    FROM produced_web) e
  ORDER BY source, utc_day, user_key, event_id, ordinal`;

const webCounts = `count(*) AS total_events, count(DISTINCT user_key) AS unique_users,
  count(*) FILTER (WHERE event_type = 'page_view') AS total_page_views,
  count(*) FILTER (WHERE event_type = 'product_view') AS total_product_clicks,
  count(DISTINCT (user_key, session_id)) FILTER (WHERE session_id IS NOT NULL) AS total_sessions`;

const FIRST_PURCHASES = `SELECT DISTINCT ON (source, order_id, event_id) *
  FROM (SELECT ordinal, event, event->>'source' AS source, event->>'order_id' AS order_id, event->>'event_id' AS event_id,
      event->>'kind' AS kind, event->>'order_status' AS status, event->>'currency' AS currency,
      array_position(ARRAY['processing', 'shipped', 'completed', 'cancelled', 'returned'], event->>'order_status') AS rank,
      (event->>'status_time')::timestamptz AS status_time, (event->>'purchase_time')::timestamptz AS purchase_time,
      (event->>'total_amount')::numeric AS total
    FROM produced_purchases) e
  ORDER BY source, order_id, event_id, ordinal`;

const STATES = `SELECT DISTINCT ON (source, order_id) *,
    kind = 'order' AND status NOT IN ('cancelled', 'returned') AS is_valid,
    (SELECT count(*) FROM jsonb_array_elements(event->'items') i WHERE (i->>'quantity')::integer > 0) AS lines
  FROM (${FIRST_PURCHASES}) f
  ORDER BY source, order_id, status_time DESC, rank DESC, event_id COLLATE "C" DESC`;

const orderSums = `count(*) FILTER (WHERE kind = 'order') AS total_orders, count(*) FILTER (WHERE is_valid) AS valid_orders,
  coalesce(sum(total) FILTER (WHERE kind = 'order'), 0) AS gross_amount,
  coalesce(sum(total) FILTER (WHERE is_valid OR kind = 'credit_note'), 0) AS net_amount,
  round(sum(total) FILTER (WHERE is_valid) / nullif(count(*) FILTER (WHERE is_valid), 0), 4) AS avg_amount,
  coalesce(sum(lines) FILTER (WHERE kind = 'order'), 0) AS total_products,
  coalesce(sum(total) FILTER (WHERE kind = 'credit_note'), 0) AS credit_amount,
  coalesce(sum(total) FILTER (WHERE kind = 'adjustment'), 0) AS adjustment_amount`;

const WEB_COLUMNS = 'total_events, unique_users, total_page_views, total_product_clicks, total_sessions';
const ORDER_COLUMNS = `total_orders, valid_orders, gross_amount, net_amount, avg_amount, total_products, credit_amount,
  adjustment_amount`;

const minute = (time: string): string => `date_trunc('minute', ${time})`;

/** Each live table beside one SQL over everything that was produced and is valid. */
export function comparisons(timezone: string): Record<string, { live: string; expected: string }> {
  const day = (time: string): string => `(${time} AT TIME ZONE '${timezone}')::date`;
  return {
    web_minute: {
      live: `SELECT window_start, source, ${WEB_COLUMNS} FROM kpi.web_minute`,
      expected: `SELECT ${minute('event_time')}, source, ${webCounts} FROM (${FIRST_WEB}) e GROUP BY 1, 2`,
    },
    web_day: {
      live: `SELECT day, source, ${WEB_COLUMNS} FROM kpi.web_day`,
      expected: `SELECT ${day('event_time')}, source, ${webCounts} FROM (${FIRST_WEB}) e GROUP BY 1, 2`,
    },
    order_minute: {
      live: `SELECT window_start, source, currency, ${ORDER_COLUMNS} FROM kpi.order_minute`,
      expected: `SELECT ${minute('purchase_time')}, source, currency, ${orderSums} FROM (${STATES}) s GROUP BY 1, 2, 3`,
    },
    order_day: {
      live: `SELECT day, source, currency, ${ORDER_COLUMNS} FROM kpi.order_day`,
      expected: `SELECT ${day('purchase_time')}, source, currency, ${orderSums} FROM (${STATES}) s GROUP BY 1, 2, 3`,
    },
    orders: {
      live: 'SELECT source, order_id, event_id, order_status, total_amount, product_lines FROM sales.orders',
      expected: `SELECT source, order_id, event_id, status, total, lines FROM (${STATES}) s`,
    },
    order_items: {
      live: 'SELECT source, order_id, line_no, product_id, quantity, unit_price FROM sales.order_items',
      expected: `SELECT source, order_id, (i->>'line_no')::integer, i->>'product_id', (i->>'quantity')::integer,
        (i->>'unit_price')::numeric FROM (${STATES}) s, jsonb_array_elements(event->'items') i`,
    },
    illegal_transitions: {
      live: 'SELECT source, order_id, event_id, illegal_transition FROM sales.order_status_history',
      expected: `SELECT source, order_id, event_id, NOT sales.is_legal_transition(lag(status) OVER (
        PARTITION BY source, order_id ORDER BY status_time, rank, event_id COLLATE "C"), status)
        FROM (${FIRST_PURCHASES}) f`,
    },
  };
}

/** Rows that are only on one side, by table; empty when all are equal. */
export async function findDifferences(pool: Pool, timezone: string): Promise<Record<string, unknown[]>> {
  const differences: Record<string, unknown[]> = {};
  for (const [table, { live, expected }] of Object.entries(comparisons(timezone))) {
    const { rows } = await pool.query(
      `(SELECT 'live' AS side, l.* FROM (${live} EXCEPT ALL (${expected})) l)
       UNION ALL (SELECT 'expected', e.* FROM ((${expected}) EXCEPT ALL ${live}) e)`,
    );
    if (rows.length > 0) differences[table] = rows.slice(0, 10);
  }
  return differences;
}
