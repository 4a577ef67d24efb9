import type { Money } from '@ebb/core';
import type { OrderStatus, PurchaseEvent } from './purchase-event.ts';

/** What decides between two versions of an order. */
export type OrderVersion = Pick<PurchaseEvent, 'statusTimeMs' | 'statusRank' | 'eventId'>;

/**
 * Total order of an order's versions: status time, then rank of the status, then event id by its UTF-8 bytes (in
 * SQL: COLLATE "C"). The greatest is the order's state, whatever came first. Negative when a is older.
 */
export function compareOrderVersions(a: OrderVersion, b: OrderVersion): number {
  if (a.statusTimeMs !== b.statusTimeMs) return a.statusTimeMs - b.statusTimeMs;
  if (a.statusRank !== b.statusRank) return a.statusRank - b.statusRank;
  if (a.eventId === b.eventId) return 0;
  return Buffer.compare(Buffer.from(a.eventId), Buffer.from(b.eventId));
}

/** The state of an order: the greatest of its events; undefined for none. A pure function of their set. */
export function reduceOrder<E extends OrderVersion>(events: Iterable<E>): E | undefined {
  let state: E | undefined;
  for (const event of events) {
    if (state === undefined || compareOrderVersions(event, state) > 0) state = event;
  }
  return state;
}

const NEXT_STATUSES: Readonly<Record<OrderStatus, readonly OrderStatus[]>> = {
  processing: ['shipped', 'completed', 'cancelled'],
  shipped: ['completed', 'returned'],
  completed: ['returned'],
  cancelled: [],
  returned: [],
};

/**
 * Whether a document may go from one status to the next; null is "not seen before", from which any status is legal,
 * since a history may be imported in the middle. An illegal step is flagged and counted, never refused.
 */
export function isLegalTransition(from: OrderStatus | null, to: OrderStatus): boolean {
  return from === null || from === to || NEXT_STATUSES[from].includes(to);
}

/** What a document in one state adds to the KPIs of the window of its purchase time. */
export interface OrderContribution {
  readonly source: string;
  readonly currency: string;
  readonly purchaseTimeMs: number;
  /** Documents of kind order, whatever their status. */
  readonly orders: number;
  /** Of these, the ones neither cancelled nor returned. */
  readonly validOrders: number;
  /** Total of kind order, whatever the status. */
  readonly gross: Money;
  /** Total of the valid orders. */
  readonly validAmount: Money;
  /** Signed total of credit notes (negative as a rule), whatever their status. */
  readonly credit: Money;
  /** Signed total of adjustments; in neither gross nor net. */
  readonly adjustment: Money;
  /** Item lines of positive quantity of kind order. */
  readonly productLines: number;
}

export type OrderState = Pick<
  PurchaseEvent,
  'source' | 'currency' | 'purchaseTimeMs' | 'kind' | 'status' | 'totalAmount'
> & { readonly items: readonly { readonly quantity: number }[] };

/** The contribution of a document's state; when the state changes, the old one is taken out and the new one put in. */
export function orderContribution(state: OrderState): OrderContribution {
  const isOrder = state.kind === 'order';
  const isValid = isOrder && isValidStatus(state.status);
  return {
    source: state.source,
    currency: state.currency,
    purchaseTimeMs: state.purchaseTimeMs,
    orders: isOrder ? 1 : 0,
    validOrders: isValid ? 1 : 0,
    gross: isOrder ? state.totalAmount : 0n,
    validAmount: isValid ? state.totalAmount : 0n,
    credit: state.kind === 'credit_note' ? state.totalAmount : 0n,
    adjustment: state.kind === 'adjustment' ? state.totalAmount : 0n,
    productLines: isOrder ? countProductLines(state.items) : 0,
  };
}

/** Net amount: valid orders plus the signed credit notes, each in the window of its own time. */
export function netAmount(part: Pick<OrderContribution, 'validAmount' | 'credit'>): Money {
  return part.validAmount + part.credit;
}

export function isValidStatus(status: OrderStatus): boolean {
  return status !== 'cancelled' && status !== 'returned';
}

export function countProductLines(items: readonly { readonly quantity: number }[]): number {
  return items.reduce((count, item) => (item.quantity > 0 ? count + 1 : count), 0);
}
