import { expect, test } from 'vitest';
import { acceptPurchaseMessage, acceptWebMessage } from './accept.ts';
import { encodePurchaseEvent } from './encode-purchase-event.ts';
import { encodeWebEvent } from './encode-web-event.ts';
import { DEFAULT_POLICY, PolicyBook } from './policy.ts';
import { HEADERS, REPLAY_HEADER_VALUE } from './topics.ts';

const book = new PolicyBook([DEFAULT_POLICY]);
const now = Date.UTC(2026, 10, 21, 10, 0, 0, 123);
const DAY = 86_400_000;

function message(text: string, headers: Record<string, string> = {}, timestampMs = now) {
  return { value: Buffer.from(text), timestampMs, headers };
}

function web(overrides: Record<string, unknown> = {}): string {
  return JSON.stringify({
    event_id: 'e-1',
    user_id: '13085.0',
    event_timestamp: '2026-11-21T11:00:00.123456+01:00',
    event_type: 'page_view',
    page_url: 'https://shop.example/',
    ...overrides,
  });
}

function codeOf(text: string, headers: Record<string, string> = {}): string {
  const result = acceptWebMessage(message(text, headers), book);
  return result.kind === 'dead' ? result.rejection.code : 'accepted';
}

test('reads a web event, cleans its ids and keeps unknown fields', () => {
  const result = acceptWebMessage(message(web({ session_id: '', colour: { a: [1] }, properties: { x: 1 } })), book);
  expect(result).toEqual({
    kind: 'accepted',
    event: {
      source: 'shop',
      userKey: '13085',
      eventId: 'e-1',
      eventTimeMs: now,
      day: '2026-11-21',
      eventType: 'page_view',
      userId: '13085',
      anonymousId: null,
      sessionId: null,
      pageUrl: 'https://shop.example/',
      productId: null,
      orderId: null,
      deviceType: null,
      searchQuery: null,
      referrer: null,
      utmSource: null,
      utmMedium: null,
      utmCampaign: null,
      country: null,
      properties: '{"x":1}',
      extra: '{"colour":{"a":[1]}}',
      schemaVersion: 1,
    },
  });
});

test.each([
  ['missing_field', { event_timestamp: undefined }],
  ['missing_field', { user_id: null }],
  ['missing_field', { page_url: '' }],
  ['missing_field', { event_type: 'search' }],
  ['missing_field', { event_type: 'checkout_success' }],
  ['missing_field', { event_type: 'product_view' }],
  ['missing_field', { event_type: 'add_to_cart' }],
  ['missing_field', { event_id: undefined }],
  ['invalid_field', { event_id: 'x'.repeat(65) }],
  ['invalid_field', { source: 'Shop' }],
  ['invalid_field', { user_id: 7 }],
  ['invalid_text', { page_url: 'a\0b' }],
  ['invalid_text', { country: '\uD800' }],
  ['invalid_timestamp', { event_timestamp: '2026-11-21T11:00:00' }],
  ['invalid_timestamp', { event_timestamp: '2026-02-31T11:00:00Z' }],
  ['future_timestamp', { event_timestamp: '2026-11-21T10:05:00.124Z' }],
  ['older_than_retention', { event_timestamp: '2025-10-17T10:00:00.122Z' }],
  ['accepted', { event_timestamp: '2025-10-17T10:00:00.123Z' }],
  ['accepted', { event_timestamp: '2026-11-21T10:05:00.123Z' }],
  ['unknown_event_type', { event_type: 'constructor' }],
  ['unknown_event_type', { event_type: '__proto__' }],
  ['unknown_schema_version', { schema_version: 2 }],
  ['invalid_field', { schema_version: 0 }],
  ['properties_too_large', { properties: { a: 'x'.repeat(8192) } }],
  ['properties_too_large', { unknown: 'x'.repeat(8192) }],
  ['accepted', { event_type: 'login' }],
])('answers %s to %j', (code, overrides) => {
  expect(codeOf(web(overrides))).toBe(code);
});

test('a replay has no lower bound, but an upper one', () => {
  const headers = { [HEADERS.replay]: REPLAY_HEADER_VALUE };
  expect(codeOf(web({ event_timestamp: '2009-12-01T07:45:00Z' }), headers)).toBe('accepted');
  expect(codeOf(web({ event_timestamp: '2026-12-01T07:45:00Z' }), headers)).toBe('future_timestamp');
});

test('an unknown policy version is dead, a missing one is the one in force', () => {
  expect(codeOf(web(), { [HEADERS.policy]: '1' })).toBe('accepted');
  expect(codeOf(web(), { [HEADERS.policy]: '2' })).toBe('unknown_policy');
});

test('what is encoded is accepted as the same event', () => {
  const first = acceptWebMessage(message(web({ colour: 'red', properties: { a: null } })), book);
  if (first.kind !== 'accepted') throw new Error('expected an accepted event');
  expect(acceptWebMessage(message(encodeWebEvent(first.event)), book)).toEqual(first);
});

test('reads a purchase event', () => {
  const text = encodePurchaseEvent({
    eventId: 'p-1',
    orderId: '536365',
    status: 'completed',
    purchaseTimeMs: now - 500 * DAY,
    statusTimeMs: now,
    currency: 'GBP',
    items: [{ lineNo: 1, productId: '85123A', description: null, quantity: 6, unitPrice: 25_500n }],
    totalAmount: 153_000n,
    source: 'retail',
  });
  const result = acceptPurchaseMessage(message(text), book);
  expect(result).toMatchObject({
    kind: 'accepted',
    event: { orderId: '536365', totalAmount: 153_000n, statusRank: 3, kind: 'order', document: text, userId: null },
  });
});
