import type { OrderMinutes, OrderTotals } from '../api/live-schema.ts';
import { type Queryable, toCount } from './rows.ts';

export interface OrderSelection {
  source: string;
  currency: string | null;
  date: string;
}

interface DayRow {
  total_orders: string;
  valid_orders: string;
  total_products: string;
  gross: string;
  net: string;
  cancelled: string;
  credits: string;
  adjustments: string;
  average: string | null;
  is_complete: boolean;
}

const DAY_SQL = `
  SELECT total_orders, valid_orders, total_products, gross_amount AS gross, net_amount AS net,
    gross_amount + credit_amount - net_amount AS cancelled,
    credit_amount AS credits, adjustment_amount AS adjustments, avg_amount AS average, is_complete
  FROM kpi.order_day WHERE source = $1 AND currency = $2 AND day = $3`;

const NO_ORDERS: DayRow = {
  total_orders: '0',
  valid_orders: '0',
  total_products: '0',
  gross: '0',
  net: '0',
  cancelled: '0',
  credits: '0',
  adjustments: '0',
  average: null,
  is_complete: false,
};

/** The day's figures in one currency. Amounts stay the database's decimal text. */
export async function readOrderTotals(
  db: Queryable,
  selection: OrderSelection,
): Promise<Omit<OrderTotals, 'processMs'>> {
  const { rows } = await db.query<DayRow>(DAY_SQL, [selection.source, selection.currency, selection.date]);
  const row = rows[0] ?? NO_ORDERS;
  return {
    orders: toCount(row.total_orders),
    validOrders: toCount(row.valid_orders),
    products: toCount(row.total_products),
    gross: row.gross,
    net: row.net,
    cancelled: row.cancelled,
    credits: row.credits,
    adjustments: row.adjustments,
    average: row.average,
    isComplete: row.is_complete,
  };
}

interface MinuteRow {
  minute: string;
  total_orders: string;
  total_products: string;
  gross_amount: string;
  net_amount: string;
}

const MINUTES_SQL = `
  SELECT extract(epoch FROM window_start)::bigint AS minute, total_orders, total_products, gross_amount, net_amount
  FROM kpi.order_minute
  WHERE source = $1 AND currency = $2 AND window_start >= $3 AND window_start < $4
  ORDER BY window_start`;

/** Minutes of [from, to) that have a document: an order, a credit note or an adjustment. */
export async function readOrderMinutes(
  db: Queryable,
  selection: Omit<OrderSelection, 'date'>,
  range: { from: Date; to: Date },
): Promise<OrderMinutes> {
  const params = [selection.source, selection.currency, range.from, range.to];
  const { rows } = await db.query<MinuteRow>(MINUTES_SQL, params);
  return {
    minute: rows.map((row) => toCount(row.minute)),
    orders: rows.map((row) => toCount(row.total_orders)),
    products: rows.map((row) => toCount(row.total_products)),
    gross: rows.map((row) => row.gross_amount),
    net: rows.map((row) => row.net_amount),
  };
}

const PROCESS_SQL = `
  SELECT percentile_cont(0.5) WITHIN GROUP (ORDER BY ms) AS p50, percentile_cont(0.95) WITHIN GROUP (ORDER BY ms) AS p95
  FROM (
    SELECT greatest(0, extract(epoch FROM _processed_at - _kafka_time) * 1000)::double precision AS ms
    FROM sales.orders
    WHERE purchase_time >= $1 AND purchase_time < $2
    ORDER BY purchase_time DESC LIMIT 500
  ) newest`;

/**
 * Event process time over the newest 500 documents of the day, of every source: it is the pipeline's, not a shop's.
 * Measured to the start of the storing transaction.
 */
export async function readProcessTime(
  db: Queryable,
  range: { from: Date; to: Date },
): Promise<OrderTotals['processMs']> {
  const { rows } = await db.query<{ p50: number | null; p95: number | null }>(PROCESS_SQL, [range.from, range.to]);
  const row = rows[0];
  return row?.p50 == null || row.p95 === null ? null : { p50: row.p50, p95: row.p95 };
}

const CURRENCY_SQL = `
  SELECT currency FROM kpi.order_day WHERE source = $1
  ORDER BY (day = $2) DESC, day DESC, total_orders DESC, currency LIMIT 1`;

/** The currency for a reader who chose none: the day's most frequent, else the latest day's; null without any order. */
export async function defaultCurrency(db: Queryable, source: string, date: string): Promise<string | null> {
  const { rows } = await db.query<{ currency: string }>(CURRENCY_SQL, [source, date]);
  return rows[0]?.currency ?? null;
}
