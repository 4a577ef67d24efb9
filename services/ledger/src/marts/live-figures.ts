import type { Clickhouse } from '@ebb/clickhouse';
import { type PoolClient, withTransaction } from '@ebb/postgres';
import { z } from 'zod';
import type { Stores } from '../compare/engines.ts';
import { aggregatorPositions, positionsToJson } from '../compare/positions.ts';

/** Texts as Postgres and ClickHouse both write them: no figure passes a float. */
const WEB_DAYS = `SELECT to_jsonb(d) AS row FROM (SELECT day::text AS day, source, total_events::text, unique_users::text,
    total_page_views::text, total_product_clicks::text, total_sessions::text FROM kpi.web_day) d`;
const ORDER_DAYS = `SELECT to_jsonb(d) AS row FROM (SELECT day::text AS day, source, currency, total_orders::text,
    valid_orders::text, gross_amount::text, net_amount::text, avg_amount::text, total_products::text,
    credit_amount::text, adjustment_amount::text, credit_notes::text, adjustments::text FROM kpi.order_day) d`;

const dayRow = z.object({ row: z.record(z.string(), z.string().nullable()) });
type DayFigures = Readonly<Record<string, string | null>>;

export interface LiveSnapshot {
  readonly id: string;
  readonly days: number;
}

interface Figures {
  readonly id: string;
  readonly takenAt: string;
  readonly webOffsets: Readonly<Record<string, number>>;
  readonly web: readonly DayFigures[];
  readonly orders: readonly DayFigures[];
}

/**
 * Copies the live day figures to the warehouse, where every build compares them with its own. All of them, with the
 * offsets they stand for, are of one snapshot of Postgres.
 */
export async function copyLiveFigures({ pool, clickhouse }: Stores, topic: string): Promise<LiveSnapshot> {
  const figures = await withTransaction(pool, async (client) => {
    await client.query('SET TRANSACTION ISOLATION LEVEL REPEATABLE READ, READ ONLY');
    return readFigures(client, topic);
  });
  const mark = { snapshot_id: figures.id, taken_at: figures.takenAt };
  await insert(clickhouse, 'raw.live_web_day', figures.web, mark);
  await insert(clickhouse, 'raw.live_order_day', figures.orders, mark);
  // Last: who reads a snapshot that stands here finds all of it.
  await insert(clickhouse, 'raw.live_snapshots', [{ web_offsets: figures.webOffsets }], mark);
  return { id: figures.id, days: figures.web.length + figures.orders.length };
}

async function readFigures(client: PoolClient, topic: string): Promise<Figures> {
  const { rows } = await client.query<{ id: string; taken_at: string }>(
    `SELECT (extract(epoch FROM t) * 1000000)::bigint::text AS id,
       to_char(t AT TIME ZONE 'UTC', 'YYYY-MM-DD HH24:MI:SS.US') AS taken_at
     FROM (SELECT clock_timestamp() AS t) c`,
  );
  const days = async (sql: string): Promise<DayFigures[]> =>
    (await client.query(sql)).rows.map((row) => dayRow.parse(row).row);
  return {
    id: rows[0]?.id ?? '0',
    takenAt: rows[0]?.taken_at ?? '',
    webOffsets: positionsToJson(await aggregatorPositions(client, topic)),
    web: await days(WEB_DAYS),
    orders: await days(ORDER_DAYS),
  };
}

async function insert(
  clickhouse: Clickhouse,
  table: string,
  rows: readonly Readonly<Record<string, unknown>>[],
  mark: Readonly<Record<string, string>>,
): Promise<void> {
  const [first] = rows;
  if (first === undefined) return;
  const body = rows.map((row) => `${JSON.stringify({ ...mark, ...row })}\n`).join('');
  const columns = Object.keys({ ...mark, ...first });
  await clickhouse.insert(table, { columns, format: 'JSONEachRow', body: Buffer.from(body) });
}
