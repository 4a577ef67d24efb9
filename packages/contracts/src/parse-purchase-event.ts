import { type Money, ok, parseMoney, moneyFromNumber, type Result } from '@ebb/core';
import { encodeExtra, rejectTreeProblem } from './free-form.ts';
import { DEFAULT_SOURCE, LIMITS } from './limits.ts';
import { isJsonObject, type JsonObject } from './message-body.ts';
import {
  ORDER_STATUS_RANK,
  PURCHASE_EVENT_SCHEMA_VERSION,
  type PurchaseEvent,
  type PurchaseEventWire,
  purchaseEventWireSchema,
  type PurchaseItem,
} from './purchase-event.ts';
import { reject, type Rejection, showValue, withEventId } from './rejection.ts';
import { normaliseId } from './text.ts';
import { parseTimestamp } from './timestamp.ts';
import { rejectIssue } from './zod-rejection.ts';

const KNOWN_FIELDS: ReadonlySet<string> = new Set(Object.keys(purchaseEventWireSchema.shape));

/** Reads one purchase event from a JSON value, by everything but the time rule. Total and pure. */
export function parsePurchaseEvent(value: unknown): Result<PurchaseEvent, Rejection> {
  const result = isJsonObject(value)
    ? readFields(value)
    : reject('not_an_object', `expected one JSON object, got ${showValue(value)}`);
  return result.ok ? result : { ok: false, error: withEventId(result.error, value) };
}

function readFields(value: JsonObject): Result<PurchaseEvent, Rejection> {
  const version = value['schema_version'];
  if (typeof version === 'number' && version > PURCHASE_EVENT_SCHEMA_VERSION) {
    return reject('unknown_schema_version', `version ${version}, known up to ${PURCHASE_EVENT_SCHEMA_VERSION}`);
  }
  const parsed = purchaseEventWireSchema.safeParse(value);
  if (!parsed.success) return rejectIssue(parsed.error, value);
  // The whole document is stored, so every text in it counts, not only the fields with a column of their own.
  const treeProblem = rejectTreeProblem(value, 'document');
  if (treeProblem !== null) return treeProblem;
  const extra = encodeExtra(value, KNOWN_FIELDS);
  if (!extra.ok) return extra;
  const times = readTimes(parsed.data);
  if (!times.ok) return times;
  const totalAmount = readAmount(parsed.data.total_amount, 'total_amount');
  if (!totalAmount.ok) return totalAmount;
  const items = readItems(parsed.data.items);
  if (!items.ok) return items;
  const parts = { ...times.value, totalAmount: totalAmount.value, items: items.value };
  return limitDocument({ ...toFields(parsed.data), ...parts, document: JSON.stringify(value) });
}

function limitDocument(event: PurchaseEvent): Result<PurchaseEvent, Rejection> {
  const bytes = Buffer.byteLength(event.document);
  if (bytes <= LIMITS.messageBytes) return ok(event);
  return reject('message_too_large', `${bytes} bytes of JSON, at most ${LIMITS.messageBytes}`);
}

interface Times {
  readonly purchaseTimeMs: number;
  readonly statusTimeMs: number;
}

function readTimes(wire: PurchaseEventWire): Result<Times, Rejection> {
  const purchaseTimeMs = parseTimestamp(wire.purchase_time);
  if (purchaseTimeMs === null) return rejectTime('purchase_time', wire.purchase_time);
  const statusTimeMs = parseTimestamp(wire.status_time);
  if (statusTimeMs === null) return rejectTime('status_time', wire.status_time);
  return ok({ purchaseTimeMs, statusTimeMs });
}

function rejectTime(field: string, text: string): Result<never, Rejection> {
  return reject('invalid_timestamp', `${field} is ${showValue(text)}, expected ISO 8601 with zone`, field);
}

function readAmount(value: string | number, path: string): Result<Money, Rejection> {
  try {
    return ok(typeof value === 'string' ? parseMoney(value) : moneyFromNumber(value));
  } catch {
    return reject('invalid_amount', `${path} is ${showValue(value)}, expected a decimal with at most 4 places`, path);
  }
}

function readItems(wireItems: PurchaseEventWire['items']): Result<PurchaseItem[], Rejection> {
  const items: PurchaseItem[] = [];
  const lineNumbers = new Set<number>();
  for (const [index, item] of wireItems.entries()) {
    const unitPrice = readAmount(item.unit_price, `items[${index}].unit_price`);
    if (!unitPrice.ok) return unitPrice;
    const lineNo = item.line_no ?? index + 1;
    if (lineNumbers.has(lineNo)) {
      return reject('invalid_field', `line_no ${lineNo} stands twice in items`, `items[${index}].line_no`);
    }
    lineNumbers.add(lineNo);
    items.push({
      lineNo,
      productId: normaliseId(item.product_id),
      description: textOrNull(item.description),
      quantity: item.quantity,
      unitPrice: unitPrice.value,
    });
  }
  return ok(items);
}

type PlainFields = Omit<PurchaseEvent, 'document' | 'items' | 'totalAmount' | keyof Times>;

function toFields(wire: PurchaseEventWire): PlainFields {
  const userId = textOrNull(wire.user_id);
  return {
    source: wire.source ?? DEFAULT_SOURCE,
    orderId: normaliseId(wire.order_id),
    eventId: wire.event_id,
    kind: wire.kind ?? 'order',
    userId: userId === null ? null : normaliseId(userId),
    status: wire.order_status,
    statusRank: ORDER_STATUS_RANK[wire.order_status],
    currency: wire.currency,
    paymentMethod: textOrNull(wire.payment_method),
    shippingAddress: textOrNull(wire.shipping_address),
    country: textOrNull(wire.country),
    schemaVersion: wire.schema_version ?? 1,
  };
}

function textOrNull(text: string | null | undefined): string | null {
  return text === undefined || text === '' ? null : text;
}
