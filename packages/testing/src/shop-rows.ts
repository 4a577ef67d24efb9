import type { Clickhouse } from '@ebb/clickhouse';

export interface WebRow {
  source?: string;
  userId?: string;
  anonymousId?: string;
  session?: string;
  /** `2026-01-05 10:00:00`, UTC. */
  at: string;
  type: string;
  eventId?: string;
  page?: string;
  product?: string;
}

export interface OrderRow {
  orderId: string;
  userId: string;
  purchasedAt: string;
  amount: string;
  kind?: 'order' | 'credit_note' | 'adjustment';
  status?: string;
  statusAt?: string;
  currency?: string;
  isDeleted?: boolean;
}

export interface CustomerRow {
  customerId: string;
  openedOn: string;
  tier: string;
}

/** Source of hand-made orders and customers, apart from that of the visits. */
export const OUTLET = 'outlet';

const RANKS: Readonly<Record<string, number>> = { processing: 1, shipped: 2, completed: 3, cancelled: 4, returned: 5 };

/** Writes rows into the warehouse as the sink does: events once, captured rows into state and log under a growing version. */
export class ShopRows {
  readonly #clickhouse: Clickhouse;
  #offset = 0;

  constructor(clickhouse: Clickhouse) {
    this.#clickhouse = clickhouse;
  }

  async visits(rows: readonly WebRow[]): Promise<void> {
    await this.#insert(
      'raw.web_events',
      rows.map((row) => this.#event(row)),
    );
  }

  async orders(rows: readonly OrderRow[]): Promise<void> {
    for (const row of rows) {
      const key = { source: OUTLET, order_id: row.orderId };
      const state = {
        kind: row.kind ?? 'order',
        order_status: row.status ?? 'completed',
        status_rank: RANKS[row.status ?? 'completed'],
        status_time: row.statusAt ?? row.purchasedAt,
        event_id: `${row.orderId}-${row.status ?? 'completed'}-${row.purchasedAt}`,
        purchase_time: row.purchasedAt,
        currency: row.currency ?? 'USD',
        total_amount: row.amount,
      };
      await this.#capture('sales_orders', { ...key, ...state, user_id: row.userId, product_lines: 1 }, row.isDeleted);
      await this.#capture('sales_order_status_history', { ...key, ...state, document: '{}' }, row.isDeleted);
      const item = { ...key, line_no: 1, product_id: 'P001', quantity: 1, unit_price: row.amount };
      await this.#capture('sales_order_items', item, row.isDeleted);
    }
  }

  async customers(rows: readonly CustomerRow[]): Promise<void> {
    for (const { customerId, openedOn, tier } of rows) {
      const names = { first_name: 'Ada', last_name: 'L', email: 'a@example.com', geography: 'DE' };
      const row = { source: OUTLET, customer_id: customerId, ...names, is_active: true, date_opened: openedOn };
      await this.#capture('crm_customers', { ...row, subscription_tier: tier, acquisition_channel: 'Search' });
    }
  }

  async unmerge(anonymousId: string, userId: string): Promise<void> {
    const row = { source: 'shop', anonymous_id: anonymousId, user_id: userId, reason: 'not hers' };
    await this.#capture('crm_identity_unmerges', row);
  }

  #event(row: WebRow): Record<string, unknown> {
    this.#offset += 1;
    return {
      source: row.source ?? 'shop',
      day: row.at.slice(0, 10),
      user_key: row.userId ?? row.anonymousId,
      event_id: row.eventId ?? `e${this.#offset}`,
      is_identified: row.userId !== undefined,
      anonymous_id: row.anonymousId ?? null,
      event_time: row.at,
      event_type: row.type,
      session_id: row.session ?? null,
      page_url: row.page ?? null,
      product_id: row.product ?? null,
      device_type: 'Mobile',
      country: 'de',
      utm_medium: 'cpc',
      schema_version: 1,
      _partition: 0,
      _offset: this.#offset,
      _kafka_time: row.at,
    };
  }

  async #capture(table: string, row: Record<string, unknown>, isDeleted = false): Promise<void> {
    this.#offset += 1;
    const meta = { _version: String(this.#offset), _deleted: isDeleted ? 1 : 0, _op: isDeleted ? 'd' : 'u' };
    const position = { _partition: 0, _offset: this.#offset, _kafka_time: '2026-01-01 00:00:00' };
    for (const name of [table, `${table}_log`]) await this.#insert(`raw.${name}`, [{ ...row, ...meta, ...position }]);
  }

  async #insert(table: string, rows: readonly Record<string, unknown>[]): Promise<void> {
    const names = rows.flatMap((row) => Object.keys(row)).filter((name, at, all) => all.indexOf(name) === at);
    const body = Buffer.from(rows.map((row) => JSON.stringify(row)).join('\n'));
    await this.#clickhouse.insert(table, { columns: names, format: 'JSONEachRow', body });
  }
}
