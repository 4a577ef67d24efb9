import fc from 'fast-check';
import { expect, test } from 'vitest';
import {
  compareOrderVersions,
  isLegalTransition,
  netAmount,
  orderContribution,
  type OrderState,
  reduceOrder,
} from './order-state.ts';
import { DOCUMENT_KINDS, ORDER_STATUS_RANK, ORDER_STATUSES } from './purchase-event.ts';

const state = fc
  .record({
    source: fc.constantFrom('shop', 'retail'),
    currency: fc.constantFrom('GBP', 'EUR'),
    purchaseTimeMs: fc.integer({ min: 0, max: 3 }),
    kind: fc.constantFrom(...DOCUMENT_KINDS),
    status: fc.constantFrom(...ORDER_STATUSES),
    totalAmount: fc.bigInt({ min: -1000n, max: 1000n }),
    items: fc.array(fc.record({ quantity: fc.integer({ min: -2, max: 2 }) }), { maxLength: 4 }),
    // Few distinct times and ids, so that ties are the rule.
    statusTimeMs: fc.integer({ min: 0, max: 2 }),
    eventId: fc.constantFrom('a', 'B', 'é', '\u{1F600}', '\uFFFD', 'aa'),
  })
  .map((fields) => ({ ...fields, statusRank: ORDER_STATUS_RANK[fields.status] }));

/** Distinct identities, each with a shuffled and repeated copy. */
const arrivals = fc
  .uniqueArray(state, { selector: (event) => event.eventId, minLength: 1, maxLength: 6 })
  .chain((events) =>
    fc.tuple(
      fc.constant(events),
      fc.shuffledSubarray([...events, ...events], { minLength: events.length * 2, maxLength: events.length * 2 }),
    ),
  );

test('the state does not depend on the order or number of arrivals', () => {
  fc.assert(
    fc.property(arrivals, ([events, arrived]) => {
      expect(reduceOrder(arrived)).toEqual(reduceOrder(events));
    }),
  );
});

test('arriving one at a time, differences add up to the contribution of the final state', () => {
  fc.assert(
    fc.property(arrivals, ([events, arrived]) => {
      const totals = new Map<string, bigint>();
      const add = (contributor: OrderState | undefined, sign: bigint) => {
        if (contributor === undefined) return;
        const part = orderContribution(contributor);
        const key = `${part.source} ${part.currency} ${part.purchaseTimeMs}`;
        totals.set(key, (totals.get(key) ?? 0n) + sign * netAmount(part));
      };
      let current: (typeof events)[number] | undefined;
      for (const event of arrived) {
        const next = reduceOrder(current === undefined ? [event] : [current, event]);
        add(current, -1n);
        add(next, 1n);
        current = next;
      }
      const final = reduceOrder(events) as (typeof events)[number];
      const part = orderContribution(final);
      const expected = `${part.source} ${part.currency} ${part.purchaseTimeMs}`;
      for (const [key, total] of totals) expect(total).toBe(key === expected ? netAmount(part) : 0n);
    }),
  );
});

test('versions are totally ordered', () => {
  fc.assert(
    fc.property(state, state, state, (a, b, c) => {
      const permutations = [
        [a, b, c],
        [b, c, a],
        [c, b, a],
      ];
      const sorted = permutations.map((events) =>
        events
          .toSorted(compareOrderVersions)
          .map(({ statusTimeMs, status, eventId }) => [statusTimeMs, status, eventId]),
      );
      expect(sorted[1]).toEqual(sorted[0]);
      expect(sorted[2]).toEqual(sorted[0]);
    }),
  );
});

const at = (statusTimeMs: number, status: keyof typeof ORDER_STATUS_RANK, eventId: string) => ({
  statusTimeMs,
  statusRank: ORDER_STATUS_RANK[status],
  eventId,
});

test.each([
  ['later status time wins over rank', at(2, 'processing', 'a'), at(1, 'returned', 'z')],
  ['rank decides a tie of times', at(1, 'shipped', 'a'), at(1, 'processing', 'z')],
  ['event id decides the rest', at(1, 'shipped', 'b'), at(1, 'shipped', 'a')],
  ['event ids compare by UTF-8 bytes', at(1, 'shipped', '\u{1F600}'), at(1, 'shipped', '\uFFFD')],
  ['capitals before small letters', at(1, 'shipped', 'a'), at(1, 'shipped', 'B')],
])('%s', (_, winner, loser) => {
  expect(reduceOrder([winner, loser])).toBe(winner);
  expect(reduceOrder([loser, winner])).toBe(winner);
});

test('an order counts in gross whatever its status, and in net while it is valid', () => {
  const order: OrderState = {
    source: 'shop',
    currency: 'EUR',
    purchaseTimeMs: 5,
    kind: 'order',
    status: 'shipped',
    totalAmount: 125_000n,
    items: [{ quantity: 3 }, { quantity: 0 }, { quantity: -1 }, { quantity: 1 }],
  };
  const counted = { source: 'shop', currency: 'EUR', purchaseTimeMs: 5, orders: 1, gross: 125_000n, productLines: 2 };
  const nothing = { validOrders: 0, validAmount: 0n, credit: 0n, adjustment: 0n };
  expect(orderContribution(order)).toEqual({ ...nothing, ...counted, validOrders: 1, validAmount: 125_000n });
  for (const status of ['cancelled', 'returned'] as const) {
    expect(orderContribution({ ...order, status })).toEqual({ ...nothing, ...counted });
  }
  const none = { ...nothing, ...counted, orders: 0, gross: 0n, productLines: 0 };
  const credit = orderContribution({ ...order, kind: 'credit_note', totalAmount: -7n });
  expect(credit).toEqual({ ...none, credit: -7n });
  expect(netAmount(credit)).toBe(-7n);
  const adjustment = orderContribution({ ...order, kind: 'adjustment', totalAmount: -7n });
  expect(adjustment).toEqual({ ...none, adjustment: -7n });
  expect(netAmount(adjustment)).toBe(0n);
});

test('legal transitions', () => {
  const legal = ORDER_STATUSES.flatMap((from) =>
    ORDER_STATUSES.filter((to) => from !== to && isLegalTransition(from, to)).map((to) => `${from} > ${to}`),
  );
  expect(legal).toEqual([
    'processing > shipped',
    'processing > completed',
    'processing > cancelled',
    'shipped > completed',
    'shipped > returned',
    'completed > returned',
  ]);
  for (const status of ORDER_STATUSES) {
    expect(isLegalTransition(null, status)).toBe(true);
    expect(isLegalTransition(status, status)).toBe(true);
  }
});
