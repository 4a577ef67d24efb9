/**
 * What acceptance costs beside `JSON.parse` of the same messages: node packages/contracts/src/accept.bench.ts
 * Alternating rounds, medians; prints microseconds a message and the ratio.
 */
import { acceptPurchaseMessage, acceptWebMessage, type EventMessage } from './accept.ts';
import { encodePurchaseEvent } from './encode-purchase-event.ts';
import { encodeWebEvent, type WebEventInput } from './encode-web-event.ts';
import { parseWebEvent } from './parse-web-event.ts';
import { DEFAULT_POLICY, PolicyBook } from './policy.ts';
import { HEADERS } from './topics.ts';
import { BUILT_IN_EVENT_TYPES } from './web-event-rules.ts';

const ROUNDS = 15;
const PER_ROUND = 50_000;
const DISTINCT = 5_000;
const startMs = Date.UTC(2026, 10, 21, 10);
const book = new PolicyBook([DEFAULT_POLICY]);

function message(text: string): EventMessage {
  return { value: Buffer.from(text), timestampMs: startMs + 60_000, headers: { [HEADERS.policy]: '1' } };
}

function webEvent(index: number): WebEventInput {
  const hex = (index * 2_654_435_761).toString(16).padStart(12, '0').slice(-12);
  return {
    eventId: `0192f0c8-5f3a-7c11-8b4e-${hex}`,
    eventTimeMs: startMs + index,
    eventType: BUILT_IN_EVENT_TYPES[index % BUILT_IN_EVENT_TYPES.length] ?? 'page_view',
    userId: `0b9f1c6e-7f7d-4a55-9f63-${hex}`,
    sessionId: `5f9f1c6e-7f7d-4a55-9f63-${hex}`,
    pageUrl: `https://shop.example/products/${index % 200}`,
    productId: `product-${index % 200}`,
    orderId: `order-${index}`,
    deviceType: 'mobile',
    searchQuery: 'garden chair',
    country: 'DE',
  };
}

function purchase(index: number): string {
  const items = Array.from({ length: 1 + (index % 5) }, (_, line) => ({
    lineNo: line + 1,
    productId: `product-${line}`,
    description: null,
    quantity: 1 + (index % 3),
    unitPrice: 125_000n,
  }));
  return encodePurchaseEvent({
    eventId: `purchase-${index}`,
    orderId: `order-${index}`,
    userId: `0b9f1c6e-7f7d-4a55-9f63-${index}`,
    status: 'processing',
    purchaseTimeMs: startMs + index,
    statusTimeMs: startMs + index,
    currency: 'USD',
    paymentMethod: 'credit_card',
    shippingAddress: '1 High Street, Springfield',
    items,
    totalAmount: 125_000n,
  });
}

const indexes = Array.from({ length: DISTINCT }, (_, index) => index);
const webMessages = indexes.map((index) => message(encodeWebEvent(webEvent(index))));
const customMessages = indexes.map((index) =>
  message(encodeWebEvent({ ...webEvent(index), properties: '{"arm":2,"tags":["a","b"]}', extra: '{"tracker":"1.0"}' })),
);
const webValues = webMessages.map(({ value }) => JSON.parse(String(value)) as unknown);
const purchaseMessages = indexes.map((index) => message(purchase(index)));

const cases: Record<string, (index: number) => unknown> = {
  'web: JSON.parse': (index) => JSON.parse(String(webMessages[index]?.value)),
  'web: acceptWebMessage': (index) => acceptWebMessage(webMessages[index] as EventMessage, book),
  'web: parseWebEvent (value)': (index) => parseWebEvent(webValues[index], DEFAULT_POLICY),
  'web + properties + extra: JSON.parse': (index) => JSON.parse(String(customMessages[index]?.value)),
  'web + properties + extra: acceptWebMessage': (index) =>
    acceptWebMessage(customMessages[index] as EventMessage, book),
  'purchase: JSON.parse': (index) => JSON.parse(String(purchaseMessages[index]?.value)),
  'purchase: acceptPurchaseMessage': (index) => acceptPurchaseMessage(purchaseMessages[index] as EventMessage, book),
};

function measureUs(run: (index: number) => unknown): number {
  let kept: unknown;
  const start = process.cpuUsage();
  for (let count = 0; count < PER_ROUND; count++) kept = run(count % DISTINCT);
  // CPU time of this process, so that neighbours on the machine weigh less.
  const elapsedUs = process.cpuUsage(start).user;
  if (kept === undefined) throw new Error('nothing was computed');
  return elapsedUs / PER_ROUND;
}

const samples = new Map<string, number[]>(Object.keys(cases).map((name) => [name, []]));
for (let round = 0; round < ROUNDS; round++) {
  for (const [name, run] of Object.entries(cases)) samples.get(name)?.push(measureUs(run));
}

let baseUs = 1;
for (const [name, timesUs] of samples) {
  const medianUs = timesUs.toSorted((a, b) => a - b)[Math.floor(ROUNDS / 2)] ?? 0;
  if (name.endsWith('JSON.parse')) baseUs = medianUs;
  const ratio = (medianUs / baseUs).toFixed(2);
  process.stdout.write(`${name.padEnd(44)} ${medianUs.toFixed(2)} µs  ${ratio} x JSON.parse\n`);
}
