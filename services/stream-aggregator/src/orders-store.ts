import { countProductLines, type DocumentKind, type OrderStatus } from '@ebb/contracts';
import { formatMoney, must, parseMoney } from '@ebb/core';
import { BinaryArrayWriter, BinaryColumns, type Client } from '@ebb/postgres';
import { APPLY, DELETE_ITEMS, FLAG_TRANSITIONS, UPSERT_ITEMS } from './orders-sql.ts';
import type { OrderChange, OrderFacts } from './orders.ts';
import type { PurchaseRow } from './types.ts';

interface AppliedRow {
  source: string;
  order_id: string;
  _partition: number;
  _offset: string;
  old_kind: DocumentKind | null;
  old_status: OrderStatus;
  old_purchase_ms: string;
  old_currency: string;
  old_total: string;
  old_lines: number;
}

/** Orders: history of their events, current state, items. */
export class OrdersStore {
  readonly #writer = new BinaryArrayWriter(1 << 14);
  readonly #columns = new BinaryColumns(this.#writer);

  /**
   * Stores the events that are new and brings the states of their orders to the greatest known event; returns how states
   * changed. The row of an order is locked from here to the end of the transaction, even where its state stays.
   */
  async apply(client: Client, rows: readonly PurchaseRow[], lockKeys: readonly number[]): Promise<OrderChange[]> {
    const applied = await client.query<AppliedRow>({ ...APPLY, values: this.#encode(rows, lockKeys) });
    await this.#flagTransitions(client, rows);
    const byPosition = new Map(rows.map((row) => [`${row.partition}:${row.offset}`, row]));
    const changed = applied.rows.map((row) => ({
      row: must(byPosition.get(`${row._partition}:${row._offset}`), 'an order changed to a state nobody sent'),
      before: factsBefore(row),
    }));
    await this.#replaceItems(client, changed);
    return changed.map(({ row, before }) => ({ before, after: factsOf(row) }));
  }

  #encode(rows: readonly PurchaseRow[], lockKeys: readonly number[]): Buffer[] {
    const columns = this.#columns;
    this.#writer.reset();
    return [
      columns.int8s(lockKeys, (key) => key),
      columns.texts(rows, ({ event }) => event.source),
      columns.texts(rows, ({ event }) => event.orderId),
      columns.texts(rows, ({ event }) => event.eventId),
      columns.texts(rows, ({ event }) => event.kind),
      columns.texts(rows, ({ event }) => event.status),
      columns.int2s(rows, ({ event }) => event.statusRank),
      columns.timestamps(rows, ({ event }) => event.statusTimeMs),
      columns.timestamps(rows, ({ event }) => event.purchaseTimeMs),
      columns.texts(rows, ({ event }) => event.currency),
      columns.texts(rows, ({ event }) => formatMoney(event.totalAmount)),
      columns.texts(rows, ({ event }) => event.document),
      columns.int2s(rows, ({ event }) => event.schemaVersion),
      columns.int4s(rows, ({ event }) => countProductLines(event.items)),
      columns.texts(rows, ({ event }) => event.userId),
      columns.texts(rows, ({ event }) => event.paymentMethod),
      columns.texts(rows, ({ event }) => event.shippingAddress),
      columns.texts(rows, ({ event }) => event.country),
      columns.int4s(rows, (row) => row.partition),
      columns.int8s(rows, (row) => row.offset),
      columns.timestamps(rows, (row) => row.kafkaTimeMs),
    ];
  }

  async #flagTransitions(client: Client, rows: readonly PurchaseRow[]): Promise<void> {
    this.#writer.reset();
    const values = [
      this.#columns.texts(rows, ({ event }) => event.source),
      this.#columns.texts(rows, ({ event }) => event.orderId),
    ];
    await client.query({ ...FLAG_TRANSITIONS, values });
  }

  async #replaceItems(
    client: Client,
    changed: readonly { row: PurchaseRow; before: OrderFacts | null }[],
  ): Promise<void> {
    const columns = this.#columns;
    const known = changed.filter(({ before }) => before !== null).map(({ row }) => row.event);
    if (known.length > 0) {
      this.#writer.reset();
      const values = [
        columns.texts(known, (event) => event.source),
        columns.texts(known, (event) => event.orderId),
        columns.texts(known, (event) => `{${event.items.map((item) => item.lineNo).join(',')}}`),
      ];
      await client.query({ ...DELETE_ITEMS, values });
    }
    const items = changed.flatMap(({ row: { event } }) => event.items.map((item) => ({ event, item })));
    if (items.length === 0) return;
    this.#writer.reset();
    const values = [
      columns.texts(items, ({ event }) => event.source),
      columns.texts(items, ({ event }) => event.orderId),
      columns.int4s(items, ({ item }) => item.lineNo),
      columns.texts(items, ({ item }) => item.productId),
      columns.texts(items, ({ item }) => item.description),
      columns.int4s(items, ({ item }) => item.quantity),
      columns.texts(items, ({ item }) => formatMoney(item.unitPrice)),
    ];
    await client.query({ ...UPSERT_ITEMS, values });
  }
}

function factsBefore(row: AppliedRow): OrderFacts | null {
  if (row.old_kind === null) return null;
  return {
    source: row.source,
    currency: row.old_currency,
    kind: row.old_kind,
    status: row.old_status,
    purchaseTimeMs: Number(row.old_purchase_ms),
    totalAmount: parseMoney(row.old_total),
    productLines: row.old_lines,
  };
}

function factsOf({ event }: PurchaseRow): OrderFacts {
  return {
    source: event.source,
    currency: event.currency,
    kind: event.kind,
    status: event.status,
    purchaseTimeMs: event.purchaseTimeMs,
    totalAmount: event.totalAmount,
    productLines: countProductLines(event.items),
  };
}
