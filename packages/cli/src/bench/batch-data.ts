import { readFile } from 'node:fs/promises';
import type { Clickhouse } from '@ebb/clickhouse';
import { DAY_MS } from '@ebb/core';
import { ONLINE_RETAIL_DAY_MAP, ONLINE_RETAIL_YEAR_1 } from '@ebb/datasets';

/** The day after the last one of every history. */
export const HISTORY_END = '2026-07-01';
const EVENTS_PER_SESSION = 6;
const EVENTS_PER_CUSTOMER = 100;

export interface EventRange {
  /** Numbers of the events, from `from` on. */
  from: number;
  count: number;
  /** They are spread over so many days before HISTORY_END. */
  days: number;
  /** Of every hundred sessions so many are of one of the last 30 days instead: late ones. */
  latePercent: number;
}

/** Web events made by the engine itself; the same numbers give the same events. Two of three visitors are known. */
export async function insertEvents(clickhouse: Clickhouse, range: EventRange): Promise<void> {
  const { from, count, days, latePercent } = range;
  const customers = Math.max(1, Math.round(count / EVENTS_PER_CUSTOMER));
  const types = `['page_view', 'product_view', 'add_to_cart', 'page_view', 'checkout_success', 'search']`;
  await clickhouse.command(
    `INSERT INTO raw.web_events (source, day, user_key, event_id, is_identified, anonymous_id, event_time, event_type,
      session_id, page_url, product_id, device_type, country, utm_medium, schema_version, _partition, _offset, _kafka_time)
    SELECT 'shop', toDate32(at), user_key, concat('e', toString(n)), is_identified, anonymous_id, at, type,
      concat('s', toString(session)), concat('https://shop.example/p/', toString(h % 200)),
      if(type IN ('product_view', 'add_to_cart'), toString(h % 500), NULL), ['desktop', 'mobile', 'tablet'][1 + h % 3],
      ['United Kingdom', 'Germany', 'EIRE'][1 + h % 3], ['email', 'cpc', 'organic'][1 + h % 3], 1, user % 6, n, at
    FROM (
      SELECT number + ${from} AS n, intDiv(n, ${EVENTS_PER_SESSION}) AS session, cityHash64(session) AS h,
        h % ${customers} AS user, h % 3 != 0 AS is_identified, concat('a', toString(user)) AS anonymous_id,
        if(is_identified, concat('u', toString(user)), anonymous_id) AS user_key,
        if(h % 100 < ${latePercent}, 30, ${days}) * 86400 AS span,
        toDateTime64('${HISTORY_END}', 6, 'UTC') - toIntervalSecond(intDiv(h, 100) % span + 600)
          + toIntervalSecond((n % ${EVENTS_PER_SESSION}) * 40) AS at,
        ${types}[1 + n % ${EVENTS_PER_SESSION}] AS type
      FROM numbers(${count}))`,
  );
}

/** Orders with three lines each, spread over the days before HISTORY_END, as the capture brings them. */
export async function insertOrders(clickhouse: Clickhouse, range: Omit<EventRange, 'latePercent'>): Promise<void> {
  const { from, count, days } = range;
  const numbers = (rows: number): string => `SELECT number + ${from} AS n, cityHash64(n) AS h,
    toDateTime64('${HISTORY_END}', 6, 'UTC') - toIntervalSecond(h % ${days * 86_400} + 60) AS at,
    concat('o', toString(n)) AS order_id,
    bitShiftLeft(toUInt128(1), 112) + bitShiftLeft(toUInt128(n + 1), 56) AS version,
    ['completed', 'shipped', 'cancelled', 'returned'][1 + least(3, h % 10)] AS status
    FROM numbers(${rows})`;
  const meta = `version AS _version, 0 AS _deleted, 'c' AS _op, at AS _commit_time, n % 6 AS _partition, n AS _offset,
    at AS _kafka_time`;
  const order = `'shop' AS source, order_id, 'order' AS kind, status AS order_status, 1 AS status_rank, at AS status_time,
    concat('p', order_id) AS event_id, at AS purchase_time, 'USD' AS currency, toDecimal128(30, 4) AS total_amount`;
  await bothTables(
    clickhouse,
    'sales_orders',
    `SELECT ${order}, concat('u', toString(h % 50000)) AS user_id,
    3 AS product_lines, 'United Kingdom' AS country, ${meta} FROM (${numbers(count)})`,
  );
  await bothTables(
    clickhouse,
    'sales_order_status_history',
    `SELECT ${order}, '{}' AS document, ${meta}
    FROM (${numbers(count)})`,
  );
  await bothTables(
    clickhouse,
    'sales_order_items',
    `SELECT 'shop' AS source, order_id, arrayJoin([1, 2, 3]) AS line_no,
    toString(h % 500) AS product_id, 1 AS quantity, toDecimal128(10, 4) AS unit_price, ${meta} FROM (${numbers(count)})`,
  );
}

export async function insertCustomers(clickhouse: Clickhouse, count: number): Promise<void> {
  await bothTables(
    clickhouse,
    'crm_customers',
    `SELECT 'shop' AS source, concat('u', toString(number)) AS customer_id,
    'Ada' AS first_name, 'Bench' AS last_name, 'United Kingdom' AS geography, toDate32('2024-01-01') AS date_opened,
    true AS is_active, toDateTime64('2024-01-01', 6, 'UTC') AS created_at, created_at AS updated_at,
    bitShiftLeft(toUInt128(1), 112) + bitShiftLeft(toUInt128(number + 1), 56) AS _version, 0 AS _deleted, 'c' AS _op,
    created_at AS _commit_time, number % 6 AS _partition, number AS _offset, created_at AS _kafka_time
    FROM numbers(${count})`,
  );
}

/** Year 1 of the retailer as its daily files bring it: one load per day. */
export async function insertRetailYear(clickhouse: Clickhouse): Promise<void> {
  const days = (await readFile(ONLINE_RETAIL_DAY_MAP.path, 'utf8')).trim().split('\n').slice(1);
  const pairs = days.map((line) => line.split(','));
  const original = pairs.map(([, day]) => `'${day ?? ''}'`).join(', ');
  const shifted = pairs.map(([day]) => `'${day ?? ''}'`).join(', ');
  await clickhouse.command(
    `INSERT INTO raw.retail_transactions_bronze
    SELECT nullIf(Invoice, ''), nullIf(StockCode, ''), nullIf(Description, ''), toInt32OrNull(Quantity),
      toDecimal64OrNull(Price, 2), nullIf(\`Customer ID\`, ''), nullIf(Country, ''), shifted, Price,
      concat('daily_sales/', shifted, '/', shifted, '_transactions.csv'), rowNumberInAllBlocks() + 2, indexOf([${shifted}], shifted), toDate(shifted), now64(3)
    FROM (SELECT *, transform(InvoiceDate, [${original}], [${shifted}], '') AS shifted
      FROM file('${ONLINE_RETAIL_YEAR_1.path}', 'CSVWithNames', 'Invoice String, StockCode String, Description String,
        Quantity String, InvoiceDate String, Price String, "Customer ID" String, Country String'))
    WHERE shifted != ''`,
  );
  await clickhouse.command(
    `INSERT INTO raw.loaded_files
    SELECT 'retail_transactions', source_file, load_id, 'raw.retail_transactions_bronze', repeat('0', 64), 0, count(), 0,
      any(processing_date), now64(3), false
    FROM raw.retail_transactions_bronze GROUP BY source_file, load_id`,
  );
}

/** The as-of day of a history that ends with HISTORY_END. */
export function lastDay(): string {
  return new Date(Date.parse(HISTORY_END) - DAY_MS).toISOString().slice(0, 10);
}

async function bothTables(clickhouse: Clickhouse, table: string, select: string): Promise<void> {
  const columns = await clickhouse.query<{ name: string }>(`DESCRIBE (${select})`);
  const list = columns.map(({ name }) => name).join(', ');
  for (const name of [`raw.${table}`, `raw.${table}_log`]) {
    await clickhouse.command(`INSERT INTO ${name} (${list}) ${select}`);
  }
}
