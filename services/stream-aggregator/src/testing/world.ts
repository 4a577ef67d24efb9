import { type DocumentKind, encodePurchaseEvent, encodeWebEvent, type OrderStatus } from '@ebb/contracts';
import { DAY_MS, HOUR_MS, MINUTE_MS, parseMoney, SeededRandom } from '@ebb/core';

export interface TestMessage {
  readonly key: string;
  readonly value: string;
  /** Whether it counts; the first of each identity does. */
  readonly isValid: boolean;
}

export interface World {
  readonly web: TestMessage[];
  readonly purchases: TestMessage[];
}

export interface WorldOptions {
  readonly seed: string;
  readonly webEvents: number;
  readonly orders: number;
  readonly nowMs: number;
}

const SOURCES = ['shop', 'outlet'] as const;
const TYPES = ['page_view', 'product_view', 'search', 'login'] as const;
const STATUSES: readonly OrderStatus[] = ['processing', 'shipped', 'completed', 'cancelled', 'returned'];
const CURRENCIES = ['USD', 'EUR', 'GBP'] as const;
/** Few days, since each gets tables of its own, but far apart. */
const LATE_DAYS = [1, 2, 7, 30, 31, 180, 399];
/** Valid JSON or not, none of them an event that counts. */
const GARBAGE = ['{"event_id":', '[]', '{}', 'null', '\u0000', '{"event_id":"x","event_timestamp":"yesterday"}', ''];

/**
 * Seeded messages that are as hard on counting as allowed: users and sessions that meet in the same windows, any
 * lateness, repetitions that contradict the original, garbage, and states of orders in any order, with equal times.
 */
export function makeWorld(options: WorldOptions): World {
  const random = new SeededRandom(options.seed);
  const web = Array.from({ length: options.webEvents }, (_, index) => webEvent(random, index, options.nowMs));
  const purchases = Array.from({ length: options.orders }, (_, index) =>
    orderStates(random, index, options.nowMs),
  ).flat();
  return { web: disturb(random, web), purchases: disturb(random, purchases) };
}

/** 5 % repeated, 1 % garbage, shuffled. */
function disturb(random: SeededRandom, messages: TestMessage[]): TestMessage[] {
  const repeated = messages.filter(() => random.bool(0.05));
  const garbage = messages
    .filter(() => random.bool(0.01))
    .map(({ key }) => ({ key, value: random.pick(GARBAGE), isValid: false }));
  return shuffle(random, [...messages, ...repeated, ...garbage]);
}

function webEvent(random: SeededRandom, index: number, nowMs: number): TestMessage {
  const user = `user-${random.int(60)}`;
  const isLate = random.bool(0.3);
  const eventTimeMs = nowMs - random.int(90 * MINUTE_MS) - (isLate ? random.pick(LATE_DAYS) * DAY_MS : 0);
  const hasLogin = random.bool(0.8);
  const value = encodeWebEvent({
    // Some ids return, for the same user on the same day or not: identity decides, not the id.
    eventId: `event-${random.bool(0.02) ? random.int(index + 1) : index}`,
    eventTimeMs,
    eventType: random.pick(TYPES),
    pageUrl: `/page/${random.int(50)}?q=ü€😀`,
    productId: `p${random.int(9)}`,
    searchQuery: 'shoes',
    source: random.pick(SOURCES),
    ...(hasLogin ? { userId: user, anonymousId: random.bool(0.5) ? `browser-${user}` : null } : { anonymousId: user }),
    sessionId: random.bool(0.1) ? null : `session-${user}-${random.int(4)}`,
    properties: random.bool(0.1) ? '{"a":[1,{"b":"ü"}]}' : null,
  });
  return { key: user, value, isValid: true };
}

function orderStates(random: SeededRandom, index: number, nowMs: number): TestMessage[] {
  const orderId = `order-${index}`;
  const kind = random.weighted<DocumentKind>([
    ['order', 8],
    ['credit_note', 1],
    ['adjustment', 1],
  ]);
  const boughtMs = nowMs - HOUR_MS - random.int(random.bool(0.5) ? 2 * HOUR_MS : 20 * DAY_MS);
  const currency = random.pick(CURRENCIES);
  return Array.from({ length: 1 + random.int(5) }, (_, state) => {
    const amount = parseMoney(`${kind === 'order' ? '' : '-'}${random.int(100_000)}.${random.int(10_000)}`);
    const value = encodePurchaseEvent({
      eventId: `state-${random.int(1000)}-${state}`,
      orderId,
      kind,
      status: random.pick(STATUSES),
      // Few distinct times, so that many states share theirs.
      statusTimeMs: boughtMs + random.int(3) * MINUTE_MS,
      purchaseTimeMs: random.bool(0.1) ? boughtMs - random.int(3 * DAY_MS) : boughtMs,
      currency: random.bool(0.1) ? random.pick(CURRENCIES) : currency,
      source: index % 3 === 0 ? 'outlet' : 'shop',
      userId: random.bool(0.2) ? null : `user-${random.int(60)}`,
      items: Array.from({ length: random.int(4) }, (_, line) => ({
        lineNo: line + 1 + random.int(2) * 10,
        productId: `p${random.int(9)}`,
        description: null,
        quantity: random.int(5) - 1,
        unitPrice: parseMoney(`${random.int(100)}.25`),
      })),
      totalAmount: amount,
    });
    return { key: orderId, value, isValid: true };
  });
}

export function shuffle<T>(random: SeededRandom, items: readonly T[]): T[] {
  const result = [...items];
  for (let index = result.length - 1; index > 0; index -= 1) {
    const other = random.int(index + 1);
    [result[index], result[other]] = [result[other] as T, result[index] as T];
  }
  return result;
}
