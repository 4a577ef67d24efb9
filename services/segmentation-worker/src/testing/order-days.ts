import type { Clickhouse } from '@ebb/clickhouse';
import { DAY_MS, SeededRandom } from '@ebb/core';

/** A row of the mart `customer_order_days`, without what all rows of a source have in common. */
export interface OrderDay {
  readonly customer_id: string;
  readonly order_day: string;
  readonly amount: string | null;
}

/** Two years of orders of customers who behave as BG/NBD and Gamma-Gamma say. */
export function someOrderDays(customers: number, asOf: string): OrderDay[] {
  const asOfDay = Date.parse(`${asOf}T00:00:00Z`) / DAY_MS;
  const random = new SeededRandom('order days');
  const rows: OrderDay[] = [];
  for (let customer = 0; customer < customers; customer += 1) {
    const rate = random.gamma(0.8, 30);
    const leaving = random.beta(1, 4);
    const scale = random.gamma(4, 60);
    let day = asOfDay - 700 + random.float() * 400;
    for (let bought = 0; day < asOfDay; bought += 1) {
      const amount = (random.gamma(6, 1) / scale).toFixed(2);
      rows.push({ customer_id: `c${customer}`, order_day: dayText(Math.floor(day)), amount });
      if (bought > 0 && random.bool(leaving)) break;
      day += Math.max(1, random.exponential(rate));
    }
  }
  return rows;
}

function dayText(day: number): string {
  return new Date(day * DAY_MS).toISOString().slice(0, 10);
}

/** The mart as dbt makes it, in a build's database. */
export async function createOrderDays(clickhouse: Clickhouse, database: string): Promise<void> {
  await clickhouse.command(
    `CREATE TABLE ${database}.customer_order_days (source String, customer_id String, order_day Date32,
       orders UInt64 DEFAULT 1, amount Nullable(Decimal(38, 4)), currency String DEFAULT 'USD', as_of Date32)
     ENGINE = MergeTree ORDER BY (source, customer_id, order_day)`,
  );
}

export async function insertOrderDays(
  clickhouse: Clickhouse,
  database: string,
  { source, asOf, rows }: { source: string; asOf: string; rows: readonly OrderDay[] },
): Promise<void> {
  await clickhouse.insert(`${database}.customer_order_days`, {
    columns: ['source', 'customer_id', 'order_day', 'amount', 'as_of'],
    format: 'JSONEachRow',
    body: Buffer.from(rows.map((row) => JSON.stringify({ source, as_of: asOf, ...row })).join('\n')),
  });
}
