import type { Clickhouse } from '@ebb/clickhouse';
import { SeededRandom } from '@ebb/core';
import { BEHAVIOUR_FEATURES } from '@ebb/segments';
import { AS_OF, type WorkerGround } from './worker-ground.ts';

/** A row of the mart `int_customer_profiles_ml`, without what all rows of a source have in common. */
export type Profile = Readonly<Record<string, string | number | boolean | null>>;

/** Four kinds of customers: who looks and never buys, regulars, enthusiasts, and accounts that nobody uses. */
const KINDS = [
  { orders: 0, basket: 0, silence: null, sessions: 40, away: 4, age: 200 },
  { orders: 5, basket: 60, silence: 60, sessions: 12, away: 50, age: 400 },
  { orders: 40, basket: 100, silence: 5, sessions: 90, away: 2, age: 600 },
  { orders: 0, basket: 0, silence: null, sessions: 1, away: 300, age: 500 },
] as const;

const MONEY = ['total_spend', 'avg_order_value', 'spend_last_30_days'];

/** So many customers of four clear kinds, in turn; `later` days after the as-of day of the others. */
export function someProfiles(count: number, { seed = 1, later = 0 } = {}): Profile[] {
  const random = new SeededRandom(`profiles/${seed}`);
  const around = (value: number): number => Math.max(0, Math.round(value * (1 + 0.1 * random.normal())));
  return Array.from({ length: count }, (_, index) => {
    const kind = KINDS[index % KINDS.length] ?? KINDS[0];
    const [orders, sessions] = [around(kind.orders), around(kind.sessions)];
    const events = around(8 * sessions);
    const average = orders === 0 ? null : around(kind.basket);
    return {
      customer_id: String(10_000 + index),
      is_closed: false,
      total_orders: orders,
      total_spend: orders * (average ?? 0),
      avg_order_value: average,
      orders_last_30_days: Math.round(orders / 10),
      spend_last_30_days: Math.round(orders / 10) * (average ?? 0),
      num_products: 2 * orders,
      completed_orders: orders,
      days_since_last_purchase: kind.silence === null || orders === 0 ? null : around(kind.silence) + later,
      total_web_events: events,
      unique_pages_visited: Math.round(events / 4),
      sessions,
      total_page_views: Math.round(0.6 * events),
      total_product_views: Math.round(0.2 * events),
      total_add_to_carts: Math.round(0.1 * events),
      total_searches: Math.round(0.02 * events),
      total_checkouts: orders,
      events_last_30_days: Math.round(events / 5),
      sessions_last_30_days: Math.round(sessions / 5),
      active_days: Math.round(0.7 * sessions),
      days_since_last_web_activity: around(kind.away) + later,
      days_since_registration: around(kind.age) + later,
    };
  });
}

/** Publishes a build of the marts whose profiles are these, and returns its database; `without` columns. */
export async function publishProfiles(
  { publishMarts, clickhouse }: Pick<WorkerGround, 'publishMarts' | 'clickhouse'>,
  rows: readonly Profile[],
  { without = [], source = 'shop', asOf = AS_OF }: { without?: readonly string[]; source?: string; asOf?: string } = {},
): Promise<string> {
  const database = await publishMarts([]);
  const features = BEHAVIOUR_FEATURES.filter(({ name }) => !without.includes(name));
  const columns = features.map(({ name, flag }) => `${name} ${typeOf(name, flag !== null)}`);
  await clickhouse.command(
    `CREATE TABLE ${database}.int_customer_profiles_ml (source String, customer_id String, is_closed Bool,
       ${columns.join(', ')}, as_of Date32) ENGINE = MergeTree ORDER BY (source, customer_id)`,
  );
  if (rows.length === 0) return database;
  const names = ['customer_id', 'is_closed', ...features.map(({ name }) => name)];
  const known = rows.map((row) => Object.fromEntries(Object.entries(row).filter(([name]) => names.includes(name))));
  await insertRows(clickhouse, `${database}.int_customer_profiles_ml`, known, { source, as_of: asOf });
  return database;
}

function typeOf(name: string, isNullable: boolean): string {
  if (MONEY.includes(name)) return 'Nullable(Decimal(38, 4))';
  return isNullable ? 'Nullable(Int64)' : 'UInt64';
}

async function insertRows(
  clickhouse: Clickhouse,
  table: string,
  rows: readonly object[],
  common: object,
): Promise<void> {
  await clickhouse.insert(table, {
    columns: [...Object.keys(common), ...Object.keys(rows[0] ?? {})],
    format: 'JSONEachRow',
    body: Buffer.from(rows.map((row) => JSON.stringify({ ...common, ...row })).join('\n')),
  });
}
