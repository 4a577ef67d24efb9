import { encodeWebEvent, HEADERS } from '@ebb/contracts';
import { SeededRandom, uuidV7 } from '@ebb/core';
import type { OutgoingMessage } from '@ebb/kafka';

export interface EventStream {
  /** The next `count` events, as messages. */
  next(count: number): OutgoingMessage[];
}

const TYPES: readonly (readonly [string, number])[] = [
  ['page_view', 60],
  ['product_view', 20],
  ['add_to_cart', 10],
  ['checkout_success', 5],
  ['search', 2],
  ['login', 2],
  ['logout', 1],
];
const DEVICES = ['mobile', 'desktop', 'tablet'];
const EVENTS_PER_SESSION = 12;
const HEADER = { [HEADERS.policy]: '1' };

/** A shop of `customers` at `perSecond` events a second of event time, about 330 bytes each, ending at `endMs`. */
export function eventStream(options: {
  seed: string;
  customers: number;
  perSecond: number;
  startMs: number;
  ids: 'random' | 'time-ordered';
}): EventStream {
  const random = new SeededRandom(options.seed);
  const uint32 = (): number => random.uint32();
  const users = Array.from({ length: options.customers }, () => uuidV7(options.startMs, uint32));
  const sessions: { id: string; left: number }[] = users.map(() => ({ id: '', left: 0 }));
  let count = 0;
  const event = (): OutgoingMessage => {
    const eventTimeMs = options.startMs + Math.floor((count * 1000) / options.perSecond);
    count += 1;
    const index = random.int(users.length);
    const userId = users[index] ?? '';
    const session = sessions[index] ?? { id: '', left: 0 };
    if (session.left === 0) {
      session.id = uuidV7(eventTimeMs, uint32);
      session.left = EVENTS_PER_SESSION;
    }
    session.left -= 1;
    const product = `product-${random.int(200)}`;
    const value = encodeWebEvent({
      // Without the time in front, ids arrive in random order, as UUIDv4 does.
      eventId: uuidV7(options.ids === 'random' ? random.int(2 ** 47) : eventTimeMs, uint32),
      eventTimeMs,
      eventType: random.weighted(TYPES),
      userId,
      sessionId: session.id,
      pageUrl: `https://shop.example/p/${product}`,
      productId: product,
      orderId: `order-${count}`,
      searchQuery: null,
      deviceType: DEVICES[random.int(3)] ?? 'mobile',
    }).replace('"event_type":"search"', '"event_type":"search","search_query":"garden chair"');
    return { key: userId, value, headers: HEADER };
  };
  return { next: (wanted) => Array.from({ length: wanted }, event) };
}
