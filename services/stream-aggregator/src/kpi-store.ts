import { BinaryArrayWriter, BinaryColumns, type Client } from '@ebb/postgres';
import { DAY_MS, formatMoney, MINUTE_MS } from '@ebb/core';
import type { OrderWindow } from './orders.ts';
import { DAY_WINDOW, type WebWindow } from './windows.ts';

const WEB_COUNTS = ['total_events', 'unique_users', 'total_page_views', 'total_product_clicks', 'total_sessions'];
const ORDER_SUMS = [
  'total_orders',
  'valid_orders',
  'gross_amount',
  'valid_amount',
  'total_products',
  'credit_amount',
  'adjustment_amount',
  'credit_notes',
  'adjustments',
];

/** Adds differences to the parts of windows; a row of its own per writer keeps writers from waiting for each other. */
function addTo(table: string, from: string, keys: string[], sums: string[]): string {
  const columns = [...keys, 'part', ...sums].join(', ');
  return `INSERT INTO kpi.${table} AS p (${columns})
    SELECT ${keys.join(', ')}, $1::integer, ${sums.join(', ')} FROM ${from}
    ORDER BY ${keys.join(', ')}
    ON CONFLICT (${keys.join(', ')}, part) DO UPDATE SET
      ${sums.map((sum) => `${sum} = p.${sum} + excluded.${sum}`).join(', ')},
      revision = p.revision + 1, updated_at = now()`;
}

const BIGINTS = (first: number, count: number): string =>
  Array.from({ length: count }, (_, index) => `$${first + index}::bigint[]`).join(', ');

const ADD_WEB = {
  name: 'kpi_add_web',
  text: `WITH minutes AS (
      SELECT * FROM unnest($2::timestamptz[], $3::text[], ${BIGINTS(4, 5)}) w (window_start, source, ${WEB_COUNTS.join(', ')})),
    days AS (
      SELECT * FROM unnest($9::date[], $10::text[], ${BIGINTS(11, 5)}) w (day, source, ${WEB_COUNTS.join(', ')})),
    added AS (${addTo('web_minute_parts', 'minutes', ['window_start', 'source'], WEB_COUNTS)})
    ${addTo('web_day_parts', 'days', ['day', 'source'], WEB_COUNTS)}`,
};

const ORDER_TYPES = (first: number): string =>
  ['bigint[]', 'bigint[]', 'text[]', 'text[]', 'bigint[]', 'text[]', 'text[]', 'bigint[]', 'bigint[]']
    .map((type, index) => `$${first + index}::${type}`)
    .join(', ');

/** Amounts travel as text: they may exceed what a double holds. */
const ORDER_SELECT = ORDER_SUMS.map((sum) => (sum.endsWith('_amount') ? `${sum}::numeric AS ${sum}` : sum)).join(', ');

const ADD_ORDERS = {
  name: 'kpi_add_orders',
  text: `WITH minutes AS (
      SELECT window_start, source, currency, ${ORDER_SELECT}
      FROM unnest($2::timestamptz[], $3::text[], $4::text[], ${ORDER_TYPES(5)})
        w (window_start, source, currency, ${ORDER_SUMS.join(', ')})),
    days AS (
      SELECT day, source, currency, ${ORDER_SELECT}
      FROM unnest($14::date[], $15::text[], $16::text[], ${ORDER_TYPES(17)})
        w (day, source, currency, ${ORDER_SUMS.join(', ')})),
    added AS (${addTo('order_minute_parts', 'minutes', ['window_start', 'source', 'currency'], ORDER_SUMS)})
    ${addTo('order_day_parts', 'days', ['day', 'source', 'currency'], ORDER_SUMS)}`,
};

export class KpiStore {
  readonly #writer = new BinaryArrayWriter(1 << 14);
  readonly #columns = new BinaryColumns(this.#writer);

  async addWeb(client: Client, part: number, windows: readonly WebWindow[]): Promise<void> {
    if (windows.length === 0) return;
    this.#writer.reset();
    const minutes = windows.filter((window) => window.minute !== DAY_WINDOW);
    const days = windows.filter((window) => window.minute === DAY_WINDOW);
    await client.query({
      ...ADD_WEB,
      values: [
        part,
        this.#columns.timestamps(minutes, (window) => window.day * DAY_MS + window.minute * MINUTE_MS),
        ...this.#webColumns(minutes),
        this.#columns.dates(days, (window) => window.day),
        ...this.#webColumns(days),
      ],
    });
  }

  #webColumns(windows: readonly WebWindow[]): Buffer[] {
    const columns = this.#columns;
    return [
      columns.texts(windows, (window) => window.source),
      columns.int8s(windows, (window) => window.events),
      columns.int8s(windows, (window) => window.users),
      columns.int8s(windows, (window) => window.pageViews),
      columns.int8s(windows, (window) => window.productClicks),
      columns.int8s(windows, (window) => window.sessions),
    ];
  }

  async addOrders(client: Client, part: number, windows: readonly OrderWindow[]): Promise<void> {
    if (windows.length === 0) return;
    this.#writer.reset();
    const minutes = windows.filter((window) => window.kind === 'minute');
    const days = windows.filter((window) => window.kind === 'day');
    await client.query({
      ...ADD_ORDERS,
      values: [
        part,
        this.#columns.timestamps(minutes, (window) => window.index * MINUTE_MS),
        ...this.#orderColumns(minutes),
        this.#columns.dates(days, (window) => window.index),
        ...this.#orderColumns(days),
      ],
    });
  }

  #orderColumns(windows: readonly OrderWindow[]): Buffer[] {
    const columns = this.#columns;
    return [
      columns.texts(windows, (window) => window.source),
      columns.texts(windows, (window) => window.currency),
      columns.int8s(windows, (window) => window.orders),
      columns.int8s(windows, (window) => window.validOrders),
      columns.texts(windows, (window) => formatMoney(window.gross)),
      columns.texts(windows, (window) => formatMoney(window.validAmount)),
      columns.int8s(windows, (window) => window.productLines),
      columns.texts(windows, (window) => formatMoney(window.credit)),
      columns.texts(windows, (window) => formatMoney(window.adjustment)),
      columns.int8s(windows, (window) => window.creditNotes),
      columns.int8s(windows, (window) => window.adjustments),
    ];
  }
}
