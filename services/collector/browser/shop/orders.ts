import type { Cart } from './cart.ts';
import { decimalOf } from './catalogue.ts';

export interface Delivery {
  paymentMethod: string;
  shippingAddress: string;
  country: string;
}

export interface PlacedOrder {
  orderId: string;
  /** The purchase event; sent again as it is, it counts once. */
  event: Record<string, unknown>;
}

/** The purchase event of a cart. */
export function placeOrder(cart: Cart, delivery: Delivery, userId: string | null): PlacedOrder {
  const orderId = `demo-${Date.now().toString(36)}-${randomText()}`;
  const now = new Date().toISOString();
  const event = {
    event_id: `${orderId}-placed`,
    order_id: orderId,
    kind: 'order',
    user_id: userId,
    order_status: 'processing',
    purchase_time: now,
    status_time: now,
    currency: 'USD',
    payment_method: delivery.paymentMethod,
    shipping_address: delivery.shippingAddress,
    country: delivery.country,
    items: cart.lines().map((line, index) => ({
      line_no: index + 1,
      product_id: line.product.id,
      description: line.product.name,
      quantity: line.quantity,
      unit_price: decimalOf(line.product.cents),
    })),
    total_amount: decimalOf(cart.totalCents),
  };
  return { orderId, event };
}

/** Sends the order to the collector; rejects with words for the visitor unless it was acknowledged. */
export async function sendOrder(order: PlacedOrder, writeKey: string): Promise<void> {
  const response = await fetch('/v1/purchase-events', {
    method: 'POST',
    headers: { 'content-type': 'application/json', authorization: `Bearer ${writeKey}` },
    body: JSON.stringify(order.event),
  }).catch(() => null);
  if (response === null) throw new Error('The collector cannot be reached. Try again in a moment.');
  if (response.status !== 202) throw new Error(`The collector answered ${response.status}. Try again in a moment.`);
  const answer = (await response.json()) as { accepted: number; rejected: { message: string }[] };
  if (answer.accepted !== 1) throw new Error(`The order was rejected: ${answer.rejected[0]?.message ?? 'unknown'}`);
}

function randomText(): string {
  const bytes = crypto.getRandomValues(new Uint8Array(5));
  return Array.from(bytes, (byte) => (byte % 36).toString(36)).join('');
}
