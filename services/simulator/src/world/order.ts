import { encodePurchaseEvent, type OrderStatus, type PurchaseItem } from '@ebb/contracts';
import { MONEY_SCALE, type Money, must, type SeededRandom } from '@ebb/core';
import { CATALOGUE } from './catalogue.ts';
import type { Ids } from './ids.ts';
import type { SimMessage } from './message.ts';

const PAYMENT_METHODS = [
  ['credit_card', 0.5],
  ['paypal', 0.25],
  ['apple_pay', 0.15],
  ['bank_transfer', 0.1],
] as const;
const STREETS = ['Main Street', 'High Street', 'Station Road', 'Park Avenue', 'Mill Lane', 'Church Road', 'Oak Drive'];
const CURRENCY = 'USD';

export interface OrderDetails {
  orderId: string;
  userId: string;
  country: string;
  basket: readonly number[];
  /** Value drawn from the customer's spend distribution, USD. */
  value: number;
  purchaseTimeMs: number;
}

export interface OrderStep {
  status: OrderStatus;
  /** After the step before, ms. */
  afterMs: number;
}

/** An order on its way through the statuses; each event is its whole new state. */
export class Order {
  readonly #details: OrderDetails;
  readonly #items: readonly PurchaseItem[];
  readonly #total: Money;
  readonly #paymentMethod: string;
  readonly #address: string;
  readonly #path: readonly OrderStep[];
  #at = 0;

  constructor(details: OrderDetails, path: readonly OrderStep[], random: SeededRandom) {
    this.#details = details;
    this.#path = path;
    this.#total = toCents(details.value);
    this.#items = splitTotal(this.#total, details.basket, random);
    this.#paymentMethod = random.weighted(PAYMENT_METHODS);
    this.#address = `${1 + random.int(300)} ${random.pick(STREETS)}, ${details.country}`;
  }

  /** Time until the next status after this one, or null at the end. */
  get waitMs(): number | null {
    return this.#path[this.#at]?.afterMs ?? null;
  }

  placed(ids: Ids): SimMessage {
    return this.#event('processing', this.#details.purchaseTimeMs, ids);
  }

  next(timeMs: number, ids: Ids): SimMessage {
    const step = must(this.#path[this.#at], 'a status to come');
    this.#at += 1;
    return this.#event(step.status, timeMs, ids);
  }

  #event(status: OrderStatus, statusTimeMs: number, ids: Ids): SimMessage {
    const { orderId, userId, country, purchaseTimeMs } = this.#details;
    const eventId = ids.next(statusTimeMs);
    const value = encodePurchaseEvent({
      eventId,
      orderId,
      userId,
      status,
      purchaseTimeMs,
      statusTimeMs,
      currency: CURRENCY,
      paymentMethod: this.#paymentMethod,
      shippingAddress: this.#address,
      country,
      items: this.#items,
      totalAmount: this.#total,
    });
    return { stream: 'purchase', timeMs: statusTimeMs, key: orderId, value, eventId };
  }
}

const CENT = 10n ** BigInt(MONEY_SCALE - 2);

function toCents(value: number): Money {
  return BigInt(Math.max(1, Math.round(value * 100))) * CENT;
}

/**
 * Unit prices whose sum is the total to the cent. The value of an order is the latent truth, so prices follow from it
 * (what was paid after promotions) and not the other way round.
 */
export function splitTotal(total: Money, basket: readonly number[], random: SeededRandom): PurchaseItem[] {
  const weights = basket.map(() => 0.5 + random.float());
  let leftWeight = weights.reduce((sum, weight) => sum + weight, 0);
  let left = total;
  return basket.map((product, index) => {
    const weight = weights[index] ?? 1;
    const isLast = index === basket.length - 1;
    const share = isLast ? left : cents((Number(left) * weight) / leftWeight);
    leftWeight -= weight;
    left -= share;
    const quantity = share >= 2n * CENT && share % (2n * CENT) === 0n && random.bool(0.3) ? 2 : 1;
    const { id, name } = must(CATALOGUE[product], 'a product of the catalogue');
    return { lineNo: index + 1, productId: id, description: name, quantity, unitPrice: share / BigInt(quantity) };
  });
}

function cents(units: number): Money {
  return BigInt(Math.floor(units / Number(CENT))) * CENT;
}

export interface FulfilmentOptions {
  /** Typical time from purchase to completion, ms. */
  fulfilmentMs: number;
  cancelledShare: number;
  returnedShare: number;
}

/** What becomes of an order: cancelled early, or shipped and completed, of which some come back. */
export function planFulfilment(options: FulfilmentOptions, random: SeededRandom): OrderStep[] {
  const after = (share: number): number => Math.ceil(random.gamma(3, 3) * share * options.fulfilmentMs);
  if (random.bool(options.cancelledShare)) return [{ status: 'cancelled', afterMs: after(0.25) }];
  const path: OrderStep[] = [
    { status: 'shipped', afterMs: after(0.4) },
    { status: 'completed', afterMs: after(0.6) },
  ];
  if (random.bool(options.returnedShare)) path.push({ status: 'returned', afterMs: after(0.8) });
  return path;
}
