import { compareOrderVersions, countProductLines, type DocumentKind, type OrderStatus } from '@ebb/contracts';
import { formatMoney, must, parseMoney } from '@ebb/core';
import { BinaryArrayWriter, BinaryColumns, type Client } from '@ebb/postgres';
import { DELETE_ITEMS, FLAG_TRANSITIONS, RAISE_STATES, STORE_EVENTS, UPSERT_ITEMS } from './orders-sql.ts';
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

interface StoredPosition {
  _partition: number;
  _offset: string;
}

/** What became of purchase events: those that were new, and how they changed the states of orders. */
export interface AppliedEvents {
  readonly added: readonly PurchaseRow[];
  readonly changes: readonly OrderChange[];
}

/** Orders: history of their events, current state, items. */
export class OrdersStore {
  readonly #writer = new BinaryArrayWriter(1 << 14);
  readonly #columns = new BinaryColumns(this.#writer);

  /**
   * Stores the events that are new and brings the states of their orders to the greatest known event; returns how states
   * changed. The row of such an order is locked from here to the end of the transaction, even where its state stays.
   */
  async apply(client: Client, rows: readonly PurchaseRow[], lockKeys: readonly number[]): Promise<AppliedEvents> {
    const byPosition = new Map(rows.map((row) => [`${row.partition}:${row.offset}`, row]));
    const rowAt = ({ _partition, _offset }: StoredPosition): PurchaseRow =>
      must(byPosition.get(`${_partition}:${_offset}`), 'an event was stored that nobody sent');
    const values = this.#encodeEvents(rows, lockKeys);
    const stored = await client.query<StoredPosition>({ ...STORE_EVENTS, values });
    const added = stored.rows.map(rowAt);
    if (added.length === 0) return { added, changes: [] };
    const raised = await client.query<AppliedRow>({ ...RAISE_STATES, values: this.#encodeStates(greatest(added)) });
    await this.#flagTransitions(client, added);
    const changed = raised.rows.map((row) => ({ row: rowAt(row), before: factsBefore(row) }));
    await this.#replaceItems(client, changed);
    return { added, changes: changed.map(({ row, before }) => ({ before, after: factsOf(row) })) };
  }

  #encodeEvents(rows: readonly PurchaseRow[], lockKeys: readonly number[]): Buffer[] {
    this.#writer.reset();
    return [
      this.#columns.int8s(lockKeys, (key) => key),
      ...this.#versionColumns(rows),
      this.#columns.texts(rows, ({ event }) => event.document),
      this.#columns.int2s(rows, ({ event }) => event.schemaVersion),
      ...this.#positionColumns(rows),
    ];
  }

  #encodeStates(rows: readonly PurchaseRow[]): Buffer[] {
    const columns = this.#columns;
    this.#writer.reset();
    return [
      ...this.#versionColumns(rows),
      columns.int4s(rows, ({ event }) => countProductLines(event.items)),
      columns.texts(rows, ({ event }) => event.userId),
      columns.texts(rows, ({ event }) => event.paymentMethod),
      columns.texts(rows, ({ event }) => event.shippingAddress),
      columns.texts(rows, ({ event }) => event.country),
      ...this.#positionColumns(rows),
    ];
  }

  #versionColumns(rows: readonly PurchaseRow[]): Buffer[] {
    const columns = this.#columns;
    return [
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
    ];
  }

  #positionColumns(rows: readonly PurchaseRow[]): Buffer[] {
    return [
      this.#columns.int4s(rows, (row) => row.partition),
      this.#columns.int8s(rows, (row) => row.offset),
      this.#columns.timestamps(rows, (row) => row.kafkaTimeMs),
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

/** The greatest of each order's events: what the order's state is, unless a greater one is stored already. */
function greatest(rows: readonly PurchaseRow[]): PurchaseRow[] {
  const winners = new Map<string, PurchaseRow>();
  for (const row of rows) {
    const key = JSON.stringify([row.event.source, row.event.orderId]);
    const best = winners.get(key);
    if (best === undefined || compareOrderVersions(row.event, best.event) > 0) winners.set(key, row);
  }
  return [...winners.values()];
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
