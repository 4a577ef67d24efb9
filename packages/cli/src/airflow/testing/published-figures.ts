import type { Clickhouse } from '@ebb/clickhouse';
import { DAY_MS, must, utcDay } from '@ebb/core';
import type { Pool } from '@ebb/postgres';

/** Rows of the landed lines, of the published builds, and of every published mart. */
export async function publishedRows(clickhouse: Clickhouse): Promise<Record<string, number>> {
  const found = await clickhouse.query<{ name: string; n: string }>(
    `SELECT 'bronze lines' AS name, toString(count()) AS n FROM raw.retail_transactions_bronze_current
     UNION ALL SELECT 'published builds', toString(count()) FROM marts.publication FINAL WHERE state = 'published'
     UNION ALL SELECT 'marts.' || name, toString(total_rows) FROM system.tables WHERE total_rows IS NOT NULL AND database IN
       (SELECT concat('marts_', argMax(id, (built_at, _version))) FROM marts.publication FINAL WHERE state = 'published')`,
  );
  return Object.fromEntries(found.map(({ name, n }) => [name, Number(n)]));
}

/** As if all that is published had been so for longer; negative hours undo it. */
export async function agePublications(clickhouse: Clickhouse, hours: number): Promise<void> {
  await clickhouse.command(
    `INSERT INTO marts.publication SELECT * REPLACE (built_at - toIntervalHour(${hours}) AS built_at, _version + 1 AS _version)
     FROM marts.publication FINAL WHERE state = 'published'`,
  );
}

export function dayOf(day: string, later: number): string {
  return utcDay(Date.parse(day) + later * DAY_MS);
}

/** The shop's valid orders and what they were worth, as the mail writes numbers: from the orders, past every mart. */
export async function shopWeek(pool: Pool, from: string, to: string): Promise<{ orders: string; net: string }> {
  const { rows } = await pool.query<{ orders: string; net: string }>(
    `SELECT to_char(count(*), 'FM999,999,990') AS orders, to_char(sum(total_amount), 'FM999,999,990.00') AS net
     FROM sales.orders WHERE source = 'shop' AND currency = 'USD' AND kind = 'order'
       AND order_status NOT IN ('cancelled', 'returned') AND (purchase_time AT TIME ZONE 'UTC')::date BETWEEN $1 AND $2`,
    [from, to],
  );
  return must(rows[0], 'figures');
}

/** Customers who came far less than they used to. */
export async function strongDrops(clickhouse: Clickhouse): Promise<number> {
  const [row] = await clickhouse.query<{ n: string }>(
    "SELECT toString(count()) AS n FROM marts.engagement_drops WHERE drop_level = 'strong'",
  );
  return Number(row?.n);
}
