import { encodePurchaseEvent } from '@ebb/contracts';
import { DAY_MS, utcDay, uuidV5 } from '@ebb/core';
import type { RetailDocument } from './retail-document.ts';

/** Never change: the ids of documents already replayed depend on it. */
const NAMESPACE = '5b9f6f0e-8a51-5d2c-9c41-0a6a7d1e2f30';
const CURRENCY = 'GBP';

export interface RetailEventOptions {
  source: string;
  shiftDays: number;
}

/**
 * The document as the JSON of a purchase event. Its id comes from source, invoice and the day it falls on: the same
 * document from a file with or without times of day, sent again or resumed, is the same event, while a replay shifted
 * to later days is a new state of the order, which moves there.
 */
export function retailEvent(document: RetailDocument, options: RetailEventOptions): string {
  const timeMs = document.timeMs + options.shiftDays * DAY_MS;
  return encodePurchaseEvent({
    eventId: uuidV5(NAMESPACE, `${options.source}\n${document.invoice}\n${utcDay(timeMs)}`),
    orderId: document.invoice,
    kind: document.kind,
    userId: document.customerId,
    status: 'completed',
    purchaseTimeMs: timeMs,
    statusTimeMs: timeMs,
    currency: CURRENCY,
    country: document.country,
    items: document.lines.map((line, index) => ({
      lineNo: index + 1,
      productId: line.stockCode,
      description: line.description,
      quantity: line.quantity,
      unitPrice: line.unitPrice,
    })),
    totalAmount: document.total,
    source: options.source,
  });
}
