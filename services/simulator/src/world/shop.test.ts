import { DAY_MS, formatMoney } from '@ebb/core';
import { acceptPurchaseMessage, acceptWebMessage, DEFAULT_POLICY, PolicyBook } from '@ebb/contracts';
import { beforeAll, describe, expect, test } from 'vitest';
import { messagesOf, testOptions } from '../testing/simulation-fixture.ts';
import { COUNTRIES } from './attributes.ts';
import { CATALOGUE } from './catalogue.ts';
import { customerId } from './customer-traits.ts';
import type { SimMessage } from './message.ts';

interface WebEvent {
  event_type: string;
  event_timestamp: string;
  user_id?: string;
  anonymous_id: string;
  session_id: string;
  page_url?: string;
  product_id?: string;
  order_id?: string;
  search_query?: string;
  device_type: string;
  country: string;
}

interface Purchase {
  order_id: string;
  user_id: string;
  order_status: string;
  purchase_time: string;
  status_time: string;
  payment_method: string;
  total_amount: string;
  items: { product_id: string; quantity: number; unit_price: string }[];
}

describe('a shop over 115,000 events', () => {
  const options = testOptions({ count: 115_000, customers: 20_000 });
  let messages: SimMessage[];
  let web: WebEvent[];
  let purchases: Purchase[];

  beforeAll(() => {
    messages = messagesOf(options);
    web = messages.filter((m) => m.stream === 'web').map((m) => JSON.parse(m.value) as WebEvent);
    purchases = messages.filter((m) => m.stream === 'purchase').map((m) => JSON.parse(m.value) as Purchase);
  }, 60_000);

  test('keeps the event mix within a point', () => {
    const share = (type: string): number => web.filter((event) => event.event_type === type).length / web.length;
    const expected = {
      page_view: 0.6,
      product_view: 0.2,
      add_to_cart: 0.1,
      checkout_success: 0.05,
      login: 0.02,
      logout: 0.01,
      search: 0.02,
    };
    expect(web.length).toBeGreaterThan(100_000);
    const off = Object.entries(expected).filter(([type, wanted]) => Math.abs(share(type) - wanted) >= 0.01);
    expect(off).toEqual([]);
  });

  test('is accepted by the contract to the last message', () => {
    const book = new PolicyBook([DEFAULT_POLICY]);
    const rejections: unknown[] = [];
    for (const { stream, value, timeMs, key } of messages) {
      const message = { value: Buffer.from(value), timestampMs: timeMs + 5, headers: {} };
      const outcome = stream === 'web' ? acceptWebMessage(message, book) : acceptPurchaseMessage(message, book);
      if (outcome.kind === 'dead') rejections.push(outcome.rejection);
      else if (key !== ('userKey' in outcome.event ? outcome.event.userKey : outcome.event.orderId))
        rejections.push(key);
    }
    expect(rejections).toEqual([]);
  });

  test('gives each type of event its fields and no others', () => {
    const fields = ['page_url', 'product_id', 'search_query', 'order_id'] as const;
    const seen = new Map<string, Set<string>>();
    for (const event of web) {
      const present = fields.filter((field) => event[field] !== undefined).join(' ');
      seen.set(event.event_type, (seen.get(event.event_type) ?? new Set()).add(present));
    }
    expect(Object.fromEntries([...seen].map(([type, sets]) => [type, [...sets]]))).toEqual({
      page_view: ['page_url'],
      product_view: ['page_url product_id'],
      add_to_cart: ['product_id'],
      checkout_success: ['order_id'],
      login: [''],
      logout: [''],
      search: ['search_query'],
    });
  });

  test('has the three devices and known countries', () => {
    expect(new Set(web.map((event) => event.device_type))).toEqual(new Set(['mobile', 'desktop', 'tablet']));
    const known = new Set(COUNTRIES.map(([name]) => name));
    expect(known.size).toBe(47);
    expect(web.filter((event) => !known.has(event.country))).toEqual([]);
  });

  test('has visits of many events by one visitor on one device', () => {
    const visits = Map.groupBy(web, (event) => event.session_id);
    expect(web.length / visits.size).toBeGreaterThan(4);
    for (const events of visits.values()) {
      expect(new Set(events.map((event) => event.anonymous_id + event.device_type)).size).toBe(1);
    }
  });

  test('lets a product be seen before it is taken, and taken before it is paid', () => {
    const whole = [...Map.groupBy(web, (event) => event.session_id).values()].filter(
      (events) => Date.parse(events[0]?.event_timestamp ?? '') > options.startMs + 30 * options.sessionGapMs,
    );
    expect(whole.length).toBeGreaterThan(10_000);
    const isWrong = (events: WebEvent[]): boolean =>
      events.some((event, at) => {
        const before = events.slice(0, at);
        const seen = (type: string): WebEvent[] => before.filter((earlier) => earlier.event_type === type);
        if (event.event_type === 'checkout_success') return seen('add_to_cart').length === 0;
        const wasViewed = seen('product_view').some((view) => view.product_id === event.product_id);
        return event.event_type === 'add_to_cart' && !wasViewed;
      });
    expect(whole.filter(isWrong)).toEqual([]);
  });

  test('is anonymous before a login and known after it', () => {
    const withLogin = [...Map.groupBy(web, (event) => event.session_id).values()].filter((events) =>
      events.some((event) => event.event_type === 'login'),
    );
    expect(withLogin.length).toBeGreaterThan(1_000);
    for (const events of withLogin) {
      const login = events.findIndex((event) => event.event_type === 'login');
      expect(
        events
          .slice(0, login)
          .filter((event) => event.user_id !== undefined)
          .map((e) => e.event_type),
      ).toEqual([]);
      expect(events.slice(login).every((event) => event.user_id !== undefined)).toBe(true);
    }
  });

  test('draws every customer from the master ids', () => {
    const master = new Set(Array.from({ length: options.customers }, (_, index) => customerId(options.seed, index)));
    const users = [...web, ...purchases].flatMap((event) => event.user_id ?? []);
    expect(users.filter((id) => !master.has(id))).toEqual([]);
    expect(new Set(users).size).toBeGreaterThan(1_000);
  });

  test('follows each checkout with its order, at the same time, by the same customer', () => {
    const placed = new Map(purchases.filter((p) => p.order_status === 'processing').map((p) => [p.order_id, p]));
    const checkouts = web.filter((event) => event.event_type === 'checkout_success');
    expect(checkouts.length).toBeGreaterThan(5_000);
    for (const checkout of checkouts.slice(0, -1)) {
      const order = placed.get(checkout.order_id ?? '');
      expect([order?.user_id, order?.purchase_time]).toEqual([checkout.user_id, checkout.event_timestamp]);
    }
  });

  test('moves orders through their statuses and uses every payment method', () => {
    const paths = new Map<string, string[]>();
    for (const purchase of purchases) {
      paths.set(purchase.order_id, [...(paths.get(purchase.order_id) ?? []), purchase.order_status]);
    }
    const legal = ['processing', 'processing cancelled', 'processing shipped', 'processing shipped completed'];
    const seen = new Set([...paths.values()].map((path) => path.join(' ')));
    expect(seen).toEqual(new Set([...legal, 'processing shipped completed returned']));
    expect(new Set(purchases.map((p) => p.payment_method))).toEqual(
      new Set(['credit_card', 'paypal', 'apple_pay', 'bank_transfer']),
    );
  });

  test('sells baskets of 1 to 5 products for 5 to 1,500 USD, unclipped, the items adding up', () => {
    const orders = purchases.filter((p) => p.order_status === 'processing');
    const inRange = orders.filter((p) => Number(p.total_amount) >= 5 && Number(p.total_amount) <= 1_500);
    expect(inRange.length / orders.length).toBeGreaterThanOrEqual(0.95);
    const products = new Set(CATALOGUE.map((product) => product.id));
    expect(products.size).toBe(200);
    for (const { items, total_amount } of orders) {
      const cents = items.reduce((sum, item) => sum + item.quantity * Math.round(Number(item.unit_price) * 10_000), 0);
      expect(cents).toBe(Math.round(Number(total_amount) * 10_000));
      expect(items.length >= 1 && items.length <= 5 && items.every((item) => products.has(item.product_id))).toBe(true);
      expect(new Set(items.map((item) => item.product_id)).size).toBe(items.length);
    }
  });

  test('has ids that are unique and grow with time, in events in order', () => {
    const ids = messages.map((m) => m.eventId);
    expect(new Set(ids).size).toBe(ids.length);
    const times = messages.map((m) => m.timeMs);
    expect(times).toEqual(times.toSorted((a, b) => a - b));
    const prefixes = messages.map((m) => Number.parseInt((m.eventId ?? '').replaceAll('-', '').slice(0, 12), 16));
    expect(prefixes).toEqual(times);
  });

  test('runs at the intensity asked for from the first second on', () => {
    const seconds = ((messages.at(-1)?.timeMs ?? 0) - options.startMs) / 1_000;
    const rate = web.length / seconds;
    const wanted = (options.purchasesPerDay * 20 * 1_000) / DAY_MS;
    expect(Math.abs(rate / wanted - 1)).toBeLessThan(0.05);
    const firstTenth = web.filter((e) => Date.parse(e.event_timestamp) < options.startMs + seconds * 100).length;
    expect(Math.abs(firstTenth / (web.length / 10) - 1)).toBeLessThan(0.1);
  });
});

test('the same options give the same messages, another seed or start gives others', () => {
  const values = (change: Parameters<typeof testOptions>[0]): string[] =>
    messagesOf(testOptions({ count: 3_000, ...change })).map((m) => m.value);
  const first = values({});
  expect(values({})).toEqual(first);
  expect(values({ seed: 'other' })).not.toEqual(first);
  expect(values({ startMs: Date.UTC(2026, 5, 1) }).some((value) => first.includes(value))).toBe(false);
});

test('how the run is cut into chunks changes nothing, faults included', () => {
  const faults = { duplicates: 0.1, late: 0.1, outOfOrder: 0.1, malformed: 0.05, future: 0.05 };
  const options = testOptions({ count: 4_000, faults });
  const whole = messagesOf(options).map((m) => m.value);
  expect(messagesOf(options, { stepMs: 137, limit: 50 }).map((m) => m.value)).toEqual(whole);
});

test('web and purchases simulated apart are the two halves of the shop', () => {
  const endMs = testOptions({}).startMs + 10_000;
  const run = (streams: ('web' | 'purchase')[]): string[] =>
    messagesOf(testOptions({ count: null, endMs, streams })).map((m) => m.value);
  const [both, web, purchases] = [run(['web', 'purchase']), run(['web']), run(['purchase'])];
  expect(web.length * purchases.length).toBeGreaterThan(0);
  expect([...web, ...purchases].toSorted()).toEqual(both.toSorted());
});

test('amounts are written as exact decimals', () => {
  const [purchase] = messagesOf(testOptions({ count: 2_000, streams: ['purchase'] }));
  const { total_amount } = JSON.parse(purchase?.value ?? '{}') as Purchase;
  expect(total_amount).toMatch(/^\d+\.\d{2}$/);
  expect(formatMoney(BigInt(Math.round(Number(total_amount) * 10_000)))).toBe(total_amount);
});
