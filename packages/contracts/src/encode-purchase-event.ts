import { formatMoney } from '@ebb/core';
import { DEFAULT_SOURCE } from './limits.ts';
import { PURCHASE_EVENT_SCHEMA_VERSION, type PurchaseEvent, type PurchaseItem } from './purchase-event.ts';

type Stated =
  'eventId' | 'orderId' | 'status' | 'purchaseTimeMs' | 'statusTimeMs' | 'currency' | 'items' | 'totalAmount';
type Defaulted = Exclude<keyof PurchaseEvent, Stated | 'document' | 'statusRank'>;

/**
 * What a sender that builds an event states. A parsed PurchaseEvent is refused by its `document`: that text is the
 * event as it came and is what must be sent on.
 */
export type PurchaseEventInput = Pick<PurchaseEvent, Stated> &
  Partial<Pick<PurchaseEvent, Defaulted>> & { readonly document?: never };

/** The wire JSON of a purchase event; amounts are exact decimal texts. */
export function encodePurchaseEvent(event: PurchaseEventInput): string {
  return JSON.stringify({
    event_id: event.eventId,
    order_id: event.orderId,
    kind: event.kind ?? 'order',
    user_id: event.userId ?? undefined,
    order_status: event.status,
    purchase_time: new Date(event.purchaseTimeMs).toISOString(),
    status_time: new Date(event.statusTimeMs).toISOString(),
    currency: event.currency,
    payment_method: event.paymentMethod ?? undefined,
    shipping_address: event.shippingAddress ?? undefined,
    country: event.country ?? undefined,
    items: event.items.map(encodeItem),
    total_amount: formatMoney(event.totalAmount),
    source: event.source ?? DEFAULT_SOURCE,
    schema_version: event.schemaVersion ?? PURCHASE_EVENT_SCHEMA_VERSION,
  });
}

function encodeItem(item: PurchaseItem): Record<string, unknown> {
  return {
    line_no: item.lineNo,
    product_id: item.productId,
    description: item.description ?? undefined,
    quantity: item.quantity,
    unit_price: formatMoney(item.unitPrice),
  };
}

/** Kafka key: all versions of a document meet in one partition. */
export function purchaseMessageKey(event: Pick<PurchaseEvent, 'orderId'>): string {
  return event.orderId;
}
