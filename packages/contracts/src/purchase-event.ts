import type { Money } from '@ebb/core';
import { z } from 'zod';
import { LIMITS, SOURCE_PATTERN } from './limits.ts';

/**
 * Version of the purchase event's wire form, stamped as `schema_version`; an event without it is version 1.
 *
 * History:
 * 1 (2026-11): first version. Fields of the wire schema below.
 *
 * The rules for new versions are those of WEB_EVENT_SCHEMA_VERSION.
 */
export const PURCHASE_EVENT_SCHEMA_VERSION = 1;

/** Order of the statuses when two versions of an order carry the same status time: the greater one wins. */
export const ORDER_STATUS_RANK = { processing: 1, shipped: 2, completed: 3, cancelled: 4, returned: 5 } as const;
export type OrderStatus = keyof typeof ORDER_STATUS_RANK;
export const ORDER_STATUSES = Object.keys(ORDER_STATUS_RANK) as OrderStatus[];

export const DOCUMENT_KINDS = ['order', 'credit_note', 'adjustment'] as const;
export type DocumentKind = (typeof DOCUMENT_KINDS)[number];

const id = z.string().min(1).max(LIMITS.id);
const shortText = z.string().max(LIMITS.shortText).nullish();

/** A decimal text (exact, preferred) or a JSON number, read as its shortest decimal. At most 4 places. */
const amount = z.union([z.string().min(1).max(40).meta({ pattern: '^[+-]?\\d{1,16}(\\.\\d{1,4}0*)?$' }), z.number()]);

const timestamp = z.string().min(1).meta({ format: 'date-time' });

const itemSchema = z.object({
  /** Absent: the position in the list, from 1. */
  line_no: z.int().min(1).max(LIMITS.int4Max).nullish(),
  product_id: id,
  description: z.string().max(LIMITS.description).nullish(),
  /** Negative on credit notes. */
  quantity: z.int().min(LIMITS.int4Min).max(LIMITS.int4Max),
  unit_price: amount,
});

/** The wire form: a document's complete new state. Structure only; see parse-purchase-event.ts for the rest. */
export const purchaseEventWireSchema = z.object({
  event_id: z.string().min(1).max(LIMITS.eventId),
  order_id: id,
  kind: z.enum(DOCUMENT_KINDS).nullish(),
  /** Absent for guests. */
  user_id: z.string().max(LIMITS.id).nullish(),
  order_status: z.enum(ORDER_STATUSES as [OrderStatus, ...OrderStatus[]]),
  purchase_time: timestamp,
  status_time: timestamp,
  currency: z.string().regex(/^[A-Z]{3}$/, 'expected three capitals (ISO 4217)'),
  payment_method: shortText,
  shipping_address: z.string().max(LIMITS.address).nullish(),
  country: shortText,
  items: z.array(itemSchema).max(LIMITS.items),
  /** Shipping, discounts and taxes make it differ from the sum of the items, so no equality is asked for. */
  total_amount: amount,
  source: z.string().regex(SOURCE_PATTERN).nullish(),
  schema_version: z.int().min(1).nullish(),
});

export type PurchaseEventWire = z.output<typeof purchaseEventWireSchema>;

export interface PurchaseItem {
  readonly lineNo: number;
  readonly productId: string;
  readonly description: string | null;
  readonly quantity: number;
  readonly unitPrice: Money;
}

/** A valid purchase event, normalised. */
export interface PurchaseEvent {
  readonly source: string;
  readonly orderId: string;
  readonly eventId: string;
  readonly kind: DocumentKind;
  readonly userId: string | null;
  readonly status: OrderStatus;
  readonly statusRank: number;
  readonly purchaseTimeMs: number;
  readonly statusTimeMs: number;
  readonly currency: string;
  readonly paymentMethod: string | null;
  readonly shippingAddress: string | null;
  readonly country: string | null;
  readonly items: readonly PurchaseItem[];
  readonly totalAmount: Money;
  /** The event as sent, as compact JSON text with every unknown field: what a producer sends on and history stores. */
  readonly document: string;
  readonly schemaVersion: number;
}

/** A purchase event accepted from a topic. */
export type AcceptedPurchaseEvent = PurchaseEvent;
