import { type AcceptedPurchaseEvent, type AcceptedWebEvent, webEventDigest } from '@ebb/contracts';
import { utcDay } from '@ebb/core';
import type { PurchaseRow, WebRow } from '../types.ts';

let offset = 0;

/** An accepted event with defaults for what a test does not care about; offsets count up. */
export function webRow(fields: Partial<AcceptedWebEvent>, position: Partial<WebRow> = {}): WebRow {
  offset += 1;
  const eventTimeMs = fields.eventTimeMs ?? Date.UTC(2026, 10, 21, 12);
  const userKey = fields.userKey ?? 'user';
  const event: AcceptedWebEvent = {
    source: 'shop',
    userKey,
    eventId: `event-${offset}`,
    eventTimeMs,
    day: utcDay(eventTimeMs),
    eventType: 'page_view',
    userId: userKey,
    anonymousId: null,
    sessionId: null,
    pageUrl: null,
    productId: null,
    orderId: null,
    deviceType: null,
    searchQuery: null,
    country: null,
    referrer: null,
    utmSource: null,
    utmMedium: null,
    utmCampaign: null,
    properties: null,
    extra: null,
    schemaVersion: 1,
    ...fields,
  };
  return { partition: 0, offset, kafkaTimeMs: eventTimeMs, event, digest: webEventDigest(event), ...position };
}

export function purchaseRow(event: Partial<AcceptedPurchaseEvent>, position: Partial<PurchaseRow> = {}): PurchaseRow {
  offset += 1;
  const purchaseTimeMs = event.purchaseTimeMs ?? Date.UTC(2026, 10, 21, 12);
  return {
    partition: 0,
    offset,
    kafkaTimeMs: purchaseTimeMs,
    ...position,
    event: {
      source: 'shop',
      orderId: 'order',
      eventId: `state-${offset}`,
      kind: 'order',
      userId: null,
      status: 'processing',
      statusRank: 1,
      purchaseTimeMs,
      statusTimeMs: purchaseTimeMs,
      currency: 'USD',
      paymentMethod: null,
      shippingAddress: null,
      country: null,
      items: [],
      totalAmount: 100_000n,
      document: '{}',
      schemaVersion: 1,
      ...event,
    },
  };
}
