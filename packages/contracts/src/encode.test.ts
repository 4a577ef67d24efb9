import fc from 'fast-check';
import { expect, test } from 'vitest';
import { acceptPurchaseMessage, acceptWebMessage } from './accept.ts';
import { encodePurchaseEvent } from './encode-purchase-event.ts';
import { encodeWebEvent, type WebEventInput } from './encode-web-event.ts';
import { KPI_DEFINITIONS } from './kpi-definitions.ts';
import { DEFAULT_POLICY, PolicyBook } from './policy.ts';
import { DOCUMENT_KINDS, ORDER_STATUSES, ORDER_STATUS_RANK } from './purchase-event.ts';
import { isStorableText } from './text.ts';

const book = new PolicyBook([DEFAULT_POLICY]);
const nowMs = Date.UTC(2026, 10, 21, 10);
const messageOf = (text: string) => ({ value: Buffer.from(text), timestampMs: nowMs, headers: {} });

const text = fc
  .string({ unit: 'grapheme', minLength: 1, maxLength: 15 })
  .filter((value) => isStorableText(value) && !value.endsWith('.0') && value.length <= 64);
const optional = fc.option(text);
const time = fc.integer({ min: nowMs - 86_400_000, max: nowMs });
const json = fc.dictionary(fc.stringMatching(/^x[a-z]{0,5}$/), fc.jsonValue({ maxDepth: 2 }), { maxKeys: 3 });
// JSON has no negative zero.
const jsonText = fc.option(json.filter((value) => Object.keys(value).length > 0).map((value) => JSON.stringify(value)));

const webEvent: fc.Arbitrary<WebEventInput> = fc.record({
  eventId: text,
  eventTimeMs: time,
  eventType: fc.constant('logout'),
  userId: text,
  anonymousId: optional,
  sessionId: optional,
  pageUrl: optional,
  productId: optional,
  orderId: optional,
  deviceType: optional,
  searchQuery: optional,
  referrer: optional,
  utmSource: optional,
  utmMedium: optional,
  utmCampaign: optional,
  country: optional,
  properties: jsonText,
  extra: jsonText,
  source: fc.constantFrom('shop', 'retail'),
});

test('a web event reads as it was written, and writes as it was read', () => {
  fc.assert(
    fc.property(webEvent, (event) => {
      const answer = acceptWebMessage(messageOf(encodeWebEvent(event)), book);
      expect(answer).toMatchObject({ kind: 'accepted', event });
      const again = answer.kind === 'accepted' ? encodeWebEvent(answer.event) : '';
      expect(acceptWebMessage(messageOf(again), book)).toEqual(answer);
    }),
    { numRuns: 500 },
  );
});

const money = fc.bigInt({ min: -(10n ** 20n) + 1n, max: 10n ** 20n - 1n });
const int4 = fc.integer({ min: -2_147_483_648, max: 2_147_483_647 });
const purchase = fc.record({
  eventId: text,
  orderId: text,
  kind: fc.constantFrom(...DOCUMENT_KINDS),
  userId: optional,
  status: fc.constantFrom(...ORDER_STATUSES),
  purchaseTimeMs: time,
  statusTimeMs: time,
  currency: fc.stringMatching(/^[A-Z]{3}$/),
  paymentMethod: optional,
  shippingAddress: optional,
  country: optional,
  source: fc.constantFrom('shop', 'retail'),
  items: fc.uniqueArray(
    fc.record({
      lineNo: fc.integer({ min: 1, max: 9 }),
      productId: text,
      description: optional,
      quantity: int4,
      unitPrice: money,
    }),
    { selector: ({ lineNo }) => lineNo, maxLength: 4 },
  ),
  totalAmount: money,
});

test('a purchase event reads as it was written, amounts to the last digit', () => {
  fc.assert(
    fc.property(purchase, (event) => {
      const document = encodePurchaseEvent(event);
      const expected = { ...event, document, statusRank: ORDER_STATUS_RANK[event.status], schemaVersion: 1 };
      expect(acceptPurchaseMessage(messageOf(document), book)).toEqual({ kind: 'accepted', event: expected });
    }),
    { numRuns: 500 },
  );
});

test('every column of the live KPIs has a definition, with a name of its own', () => {
  const names = KPI_DEFINITIONS.map(({ name }) => name);
  expect(new Set(names).size).toBe(names.length);
  const columns =
    'total_events unique_users total_page_views total_product_clicks total_sessions total_orders valid_orders ' +
    'gross_amount net_amount avg_amount total_products credit_amount adjustment_amount';
  expect(names).toEqual(expect.arrayContaining(columns.split(' ')));
});
