import type { Clickhouse } from '@ebb/clickhouse';
import type { Pool } from '@ebb/postgres';

/** Rows of one table in both databases, after the load has ended and everything has drained. */
export interface TableCount {
  readonly table: string;
  readonly postgres: bigint;
  readonly clickhouse: bigint;
}

const TABLES = [
  ['stream.web_events', 'raw.web_events_current'],
  ['sales.orders', 'raw.sales_orders_current'],
  ['sales.order_items', 'raw.sales_order_items_current'],
  ['sales.order_status_history', 'raw.sales_order_status_history_current'],
  ['crm.customers', 'raw.crm_customers_current'],
  ['crm.transactions', 'raw.crm_transactions_current'],
  ['crm.support_tickets', 'raw.crm_support_tickets_current'],
  ['crm.offers', 'raw.crm_offers_current'],
  ['crm.usage_logs', 'raw.crm_usage_logs_current'],
] as const;

/** Rows per table; equal when nothing is missing or doubled. Whether each row is equal is the ledger's to say. */
export async function countTables(pool: Pool, clickhouse: Clickhouse): Promise<TableCount[]> {
  const counts: TableCount[] = [];
  for (const [table, view] of TABLES) {
    const { rows } = await pool.query<{ count: string }>(`SELECT count(*) FROM ${table}`);
    const counted = await clickhouse.query<{ count: string }>(`SELECT count() AS count FROM ${view}`);
    counts.push({ table, postgres: BigInt(rows[0]?.count ?? 0), clickhouse: BigInt(counted[0]?.count ?? 0) });
  }
  return counts;
}

export function isComplete(counts: readonly TableCount[]): boolean {
  return counts.every(({ postgres, clickhouse }) => postgres === clickhouse);
}

const whole = new Intl.NumberFormat('en', { maximumFractionDigits: 0 });

export function formatTableCounts(counts: readonly TableCount[]): string[] {
  const lines = counts.map(({ table, postgres, clickhouse }) =>
    columns(table, whole.format(postgres), whole.format(clickhouse)),
  );
  return [columns('rows of', 'Postgres', 'ClickHouse'), ...lines];
}

function columns(name: string, postgres: string, clickhouse: string): string {
  return `${name.padEnd(28)}${postgres.padStart(13)}${clickhouse.padStart(13)}`;
}
