import { type PoolClient, withTransaction } from '@ebb/postgres';
import { z } from 'zod';
import { POSTGRES_SETTINGS, type Stores, WorkMeter } from '../compare/engines.ts';
import type { NewFinding } from '../store/findings-store.ts';

export const ORDERS = 'sales.orders';

const normalised = (text: string): string => `regexp_replace(nullif(${text}, ''), '^([0-9]+)\\.0$', '\\1')`;

/** The greatest event of each order: what packages/contracts' reduceOrder takes for its state. */
const WINNERS = `SELECT DISTINCT ON (h.source, h.order_id) h.* FROM sales.order_status_history h WHERE $condition
  ORDER BY h.source, h.order_id, h.status_time DESC, h.status_rank DESC, h.event_id DESC`;

const EXPECTED_ITEMS = `SELECT w.source, w.order_id, coalesce((i ->> 'line_no')::integer, n::integer) AS line_no,
    ${normalised(`i ->> 'product_id'`)} AS product_id, nullif(i ->> 'description', '') AS description,
    (i ->> 'quantity')::integer AS quantity, (i ->> 'unit_price')::numeric AS unit_price
  FROM winners w CROSS JOIN LATERAL jsonb_array_elements(w.document -> 'items') WITH ORDINALITY AS x (i, n)`;

/**
 * Orders, their items and the flags of their events against the events they are made of, by one statement: a batch
 * commits all of them together, so that it is exact while events stream in.
 */
export const ORDERS_SQL = `WITH winners AS MATERIALIZED (${WINNERS}),
  states AS (
    SELECT coalesce(w.source, o.source) AS source, coalesce(w.order_id, o.order_id) AS order_id,
      CASE WHEN o.order_id IS NULL THEN 'missing' WHEN w.order_id IS NULL THEN 'extra' ELSE 'altered' END AS kind,
      'state' AS what
    FROM winners w
    FULL JOIN (SELECT h.* FROM sales.orders h WHERE $condition) o ON o.source = w.source AND o.order_id = w.order_id
    WHERE w.order_id IS NULL OR o.order_id IS NULL
      OR (o.kind, o.order_status, o.status_rank, o.status_time, o.event_id, o.purchase_time, o.currency,
          o.total_amount, o._partition, o._offset, o._kafka_time)
        <> (w.kind, w.order_status, w.status_rank, w.status_time, w.event_id, w.purchase_time, w.currency,
          w.total_amount, w._partition, w._offset, w._kafka_time)
      OR (o.user_id, o.payment_method, o.shipping_address, o.country) IS DISTINCT FROM
        (${normalised(`w.document ->> 'user_id'`)}, nullif(w.document ->> 'payment_method', ''),
          nullif(w.document ->> 'shipping_address', ''), nullif(w.document ->> 'country', ''))
      OR o.product_lines <> (SELECT count(*) FROM jsonb_array_elements(w.document -> 'items') i
        WHERE (i ->> 'quantity')::integer > 0)),
  items AS (
    SELECT DISTINCT coalesce(e.source, i.source) AS source, coalesce(e.order_id, i.order_id) AS order_id,
      'altered' AS kind, 'items' AS what
    FROM (${EXPECTED_ITEMS}) e
    FULL JOIN (SELECT h.* FROM sales.order_items h WHERE $condition) i
      ON i.source = e.source AND i.order_id = e.order_id AND i.line_no = e.line_no
    WHERE (i.product_id, i.description, i.quantity, i.unit_price)
      IS DISTINCT FROM (e.product_id, e.description, e.quantity, e.unit_price)),
  flags AS (
    SELECT DISTINCT f.source, f.order_id, 'altered' AS kind, 'flags' AS what
    FROM (SELECT h.source, h.order_id, h.illegal_transition, NOT sales.is_legal_transition(
        lag(h.order_status) OVER (PARTITION BY h.source, h.order_id
          ORDER BY h.status_time, h.status_rank, h.event_id), h.order_status) AS expected
      FROM sales.order_status_history h WHERE $condition) f
    WHERE f.illegal_transition <> f.expected)
  SELECT source, order_id, min(kind) FILTER (WHERE what = 'state') AS kind, array_agg(what ORDER BY what) AS what
  FROM (SELECT * FROM states UNION ALL SELECT * FROM items UNION ALL SELECT * FROM flags) d
  GROUP BY source, order_id ORDER BY source, order_id LIMIT 1000`;

const rowSchema = z.object({
  source: z.string(),
  order_id: z.string(),
  kind: z.enum(['missing', 'extra', 'altered']).nullable(),
  what: z.array(z.string()),
});

export interface OrdersOutcome {
  readonly findings: readonly NewFinding[];
  readonly seconds: number;
  readonly orders: number;
}

/** `part` of `parts` by the key's hash: all orders come round, a few at a time. */
export async function checkOrders(
  { pool }: Stores,
  { part, parts }: { part: number; parts: number },
): Promise<OrdersOutcome> {
  const condition =
    parts === 1 ? 'true' : `(crc32(convert_to(h.source || '|' || h.order_id, 'UTF8')) & ${parts - 1}) = ${part}`;
  return checkWhere(pool, condition, []);
}

/** Single orders, by source and id. */
export async function checkSomeOrders(
  { pool }: Stores,
  orders: readonly { source: string; orderId: string }[],
): Promise<OrdersOutcome> {
  const keys = [orders.map(({ source }) => source), orders.map(({ orderId }) => orderId)];
  return checkWhere(pool, '(h.source, h.order_id) IN (SELECT * FROM unnest($1::text[], $2::text[]))', keys);
}

async function checkWhere(pool: Stores['pool'], condition: string, parameters: unknown[]): Promise<OrdersOutcome> {
  const meter = new WorkMeter();
  return withTransaction(
    pool,
    async (client: PoolClient) => {
      await client.query(POSTGRES_SETTINGS);
      const sql = ORDERS_SQL.replaceAll('$condition', () => condition);
      const { rows } = await meter.measure(() => client.query(sql, parameters));
      const counted = await client.query<{ orders: string }>(
        `SELECT greatest(reltuples, 0)::bigint AS orders FROM pg_class WHERE oid = 'sales.orders'::regclass`,
      );
      const findings = rows.map((row) => findingOf(rowSchema.parse(row)));
      return { findings, seconds: meter.seconds, orders: Number(counted.rows[0]?.orders ?? 0) };
    },
    { isolation: 'repeatable read', readOnly: true },
  );
}

function findingOf({ source, order_id: orderId, kind, what }: z.output<typeof rowSchema>): NewFinding {
  return {
    table: ORDERS,
    key: { source, order_id: orderId },
    kind: kind ?? 'altered',
    store: 'postgres',
    hop: 'kafka -> aggregator -> postgres',
    evidence: { differs: what, from: 'sales.order_status_history' },
  };
}
