import type { Clickhouse } from '@ebb/clickhouse';
import type { Pool } from '@ebb/postgres';
import { OUTLET, type OrderRow, ShopRows, type WebRow } from '@ebb/testing';

/** Business day of the build: the week before it and the one before that have figures. */
export const AS_OF = '2026-03-15';
export const FIRST_DAY = '2026-03-01';
const DAYS = 14;
const WEEK = 7;

/** A fortnight of a small shop, and a retailer's two files. */
export async function seedWarehouse(clickhouse: Clickhouse): Promise<void> {
  const shop = new ShopRows(clickhouse);
  const days = Array.from({ length: DAYS }, (_, day) => day);
  await shop.customers(
    ['u0', 'u1', 'u2'].map((customerId) => ({ customerId, openedOn: '2025-12-01', tier: 'Premium' })),
  );
  await shop.visits(days.flatMap(visitsOf));
  await shop.orders(days.flatMap(ordersOf));
  await landRetailFiles(clickhouse);
}

function dayText(day: number): string {
  return new Date(Date.parse(`${FIRST_DAY}T00:00:00Z`) + day * 86_400_000).toISOString().slice(0, 10);
}

/** More visits on some weekdays than on others, and more in the second week; of four one takes all steps. */
function visitsOf(day: number): WebRow[] {
  const sessions = 8 + (day % WEEK) * 3 + (day >= WEEK ? 6 : 0);
  const steps = ['page_view', 'product_view', 'add_to_cart', 'checkout_success'];
  return Array.from({ length: sessions }, (_, visitor) => visitor).flatMap((visitor) =>
    steps.slice(0, 1 + (visitor % steps.length)).map((type, minute) => ({
      source: OUTLET,
      userId: `u${visitor}`,
      session: `d${day}s${visitor}`,
      at: `${dayText(day)} 10:${String(minute).padStart(2, '0')}:00`,
      type,
      product: 'P001',
      page: 'https://outlet.example/',
    })),
  );
}

/** Orders of two currencies; each fifth is cancelled, and each day has a credit note. */
function ordersOf(day: number): OrderRow[] {
  const at = `${dayText(day)} 11:00:00`;
  const orders = Array.from({ length: 3 + (day % 3) }, (_, order) => ({
    orderId: `d${day}o${order}`,
    userId: `u${order}`,
    purchasedAt: at,
    amount: `${20 + day + order}.2500`,
    status: (day + order) % 5 === 0 ? 'cancelled' : 'completed',
    currency: order === 2 ? 'EUR' : 'USD',
  }));
  const credit = {
    orderId: `d${day}c`,
    userId: 'u0',
    purchasedAt: at,
    amount: '-1.5000',
    kind: 'credit_note',
  } as const;
  return [...orders, credit];
}

/** Two days of files: 40 customers with other habits each, a return, a line that breaks rules, one without a customer. */
async function landRetailFiles(clickhouse: Clickhouse): Promise<void> {
  const lines = [
    // Invoice, code, quantity, price, customer, day.
    lineSql('2026-03-13', 'number + 2', [
      'toString(500000 + number)',
      'toString(21000 + number % 9)',
      'toInt32(1 + number % 11)',
      'toDecimal64(1.25 + number % 17, 2)',
      'toString(13000 + cityHash64(number) % 41)',
      "toString(toDate('2026-01-05') + toInt32(number % 67))",
    ]).concat(' FROM numbers(300)'),
    lineSql('2026-03-14', '2', ["'C600001'", "'21001'", '-2', 'toDecimal64(3.5, 2)', "'13001'", "'2026-03-14'"]),
    lineSql('2026-03-14', '3', ["'600002'", "'21002'", '0', 'toDecimal64(3.5, 2)', "'13001'", "'2026-03-14'"]),
    lineSql('2026-03-14', '4', ["'600003'", "'21003'", '4', 'toDecimal64(2, 2)', "''", "'2026-03-14'"]),
  ];
  await clickhouse.command(`
    INSERT INTO raw.retail_transactions_bronze (Invoice, StockCode, Description, Quantity, Price, CustomerID, Country,
      InvoiceDate, price_text, source_file, line_no, load_id, processing_date, ingestion_timestamp)
    SELECT c1, c2, 'MUG', c3, c4, nullIf(c5, ''), 'France', c6, toString(c4),
      concat('daily_sales/', c7, '/', c7, '_transactions.csv'), toUInt32(c8), toUInt64(toRelativeDayNum(toDate(c7))), toDate(c7),
      now64(3, 'UTC')
    FROM (${lines.join(' UNION ALL ')}) AS t(c1, c2, c3, c4, c5, c6, c7, c8)`);
  await clickhouse.command(`
    INSERT INTO raw.loaded_files (dataset, source_file, load_id, target_table, sha256, bytes, rows, rejected,
      processing_date, loaded_at)
    SELECT 'retail_transactions', source_file, load_id, 'raw.retail_transactions_bronze', '', 1, count(), 0,
      any(processing_date), now64(3, 'UTC')
    FROM raw.retail_transactions_bronze GROUP BY source_file, load_id`);
  await clickhouse.command(`
    INSERT INTO raw.load_quarantine
    SELECT 'retail_transactions', source_file, max(load_id), 9, ['bad_quantity'], ['"x" is no number'], '',
      toDate('2026-03-13'), now64(3)
    FROM raw.retail_transactions_bronze WHERE processing_date = '2026-03-13' GROUP BY source_file`);
}

/** The shop's live day figures, as the ledger copies them; on the last day one order more than there is. After all other rows. */
export async function seedLiveFigures(clickhouse: Clickhouse): Promise<void> {
  await clickhouse.command(`
    INSERT INTO raw.live_web_day
    SELECT 1, now64(6), toDate32(event_time) AS on_day, '${OUTLET}', count(), uniqExact(user_key),
      countIf(event_type = 'page_view'), countIf(event_type = 'product_view'), uniqExact(user_key, session_id)
    FROM raw.web_events_current WHERE source = '${OUTLET}' GROUP BY on_day`);
  await clickhouse.command(`
    INSERT INTO raw.live_order_day
    SELECT 1, now64(6), toDate32(purchase_time) AS on_day, '${OUTLET}', currency,
      countIf(kind = 'order') + (on_day = '${dayText(DAYS - 1)}' AND currency = 'USD'), countIf(is_valid),
      sumIf(total_amount, kind = 'order'), sumIf(total_amount, is_valid OR kind = 'credit_note'),
      round(toDecimal128(sumIf(total_amount, is_valid), 8) / nullIf(countIf(is_valid), 0), 4), sumIf(product_lines, kind = 'order'),
      sumIf(total_amount, kind = 'credit_note'), 0, countIf(kind = 'credit_note'), 0
    FROM (
      SELECT *, kind = 'order' AND order_status NOT IN ('cancelled', 'returned') AS is_valid FROM raw.sales_orders_current
    )
    WHERE source = '${OUTLET}' GROUP BY on_day, currency`);
  await clickhouse.command(`
    INSERT INTO raw.live_snapshots
    SELECT 1, now64(6), map(toInt32(0), (SELECT max(_offset) + 1 FROM raw.web_events))`);
}

function lineSql(file: string, lineNo: string, cells: readonly string[]): string {
  return `SELECT ${cells.join(', ')}, '${file}', ${lineNo}`;
}

/** Two refused messages, one of them replayed since, and the ledger of a loaded and a refused file. */
export async function seedRefused(pool: Pool): Promise<void> {
  await pool.query(`
    INSERT INTO stream.dead_letters (id, service, kind, topic, partition, "offset", code, message, failed_at, payload,
      payload_bytes, truncated, replayed_at)
    SELECT ('00000000-0000-4000-8000-00000000000' || n)::uuid, 'stream-aggregator', 'website', 'website_events', 0, n,
      'INVALID_JSON', 'the message is no JSON', '2026-03-14T10:00:00Z'::timestamptz + n * interval '1 minute',
      'secret contents', 15, false, CASE WHEN n = 1 THEN '2026-03-14T12:00:00Z'::timestamptz END
    FROM generate_series(1, 2) n`);
  await pool.query(`
    INSERT INTO ops.files (source, key, dataset, name, bytes, version, status, rows, rejected, rules, message, finished_at)
    VALUES ('store:ebb', 'cut.csv', 'retail_transactions', 'cut.csv', 10, '1', 'quarantined', 0, 0,
        '{truncated_file}', 'it ends in mid line', '2026-03-14T06:00:00Z'),
      ('store:ebb', 'a.csv', 'retail_transactions', 'a.csv', 10, '1', 'loading', 0, 0, '{}', '', NULL),
      ('store:ebb', 'a.csv', 'retail_transactions', 'a.csv', 10, '2', 'loaded', 300, 1, '{}', '', '2026-03-14T06:01:00Z')`);
}
