import { DOCUMENT_KINDS, ORDER_STATUSES } from '@ebb/contracts';
import { MINUTE_MS, SeededRandom } from '@ebb/core';
import { describe, expect, test } from 'vitest';
import { type OrderFacts, orderWindows, type OrderWindow } from './orders.ts';

const utcDay = (minuteIndex: number): number => Math.floor(minuteIndex / 1440);
const BASE: OrderFacts = {
  source: 'shop',
  currency: 'USD',
  kind: 'order',
  status: 'processing',
  purchaseTimeMs: Date.UTC(2026, 10, 21, 12),
  totalAmount: 125_000n,
  productLines: 3,
};

const minutes = (windows: readonly OrderWindow[]): OrderWindow[] => windows.filter(({ kind }) => kind === 'minute');

describe('orderWindows', () => {
  test('a new order counts in its minute and day', () => {
    const windows = orderWindows([{ before: null, after: BASE }], utcDay);
    expect(windows.map(({ kind }) => kind)).toEqual(['minute', 'day']);
    for (const window of windows) {
      expect(window).toMatchObject({
        orders: 1,
        validOrders: 1,
        gross: 125_000n,
        validAmount: 125_000n,
        productLines: 3,
      });
    }
  });

  test('a cancellation takes it out of the valid ones only', () => {
    const [window] = orderWindows([{ before: BASE, after: { ...BASE, status: 'cancelled' } }], utcDay);
    expect(window).toMatchObject({ orders: 0, validOrders: -1, gross: 0n, validAmount: -125_000n, productLines: 0 });
  });

  test('another currency or purchase time moves it', () => {
    const after = { ...BASE, currency: 'EUR', purchaseTimeMs: BASE.purchaseTimeMs + MINUTE_MS };
    const windows = minutes(orderWindows([{ before: BASE, after }], utcDay));
    expect(windows.map(({ currency, orders, gross }) => [currency, orders, gross])).toEqual([
      ['USD', -1, -125_000n],
      ['EUR', 1, 125_000n],
    ]);
  });

  test('a step that changes no figure touches no window', () => {
    expect(orderWindows([{ before: BASE, after: { ...BASE, status: 'shipped' } }], utcDay)).toEqual([]);
  });

  test('credit notes and adjustments are kept apart', () => {
    const [note] = orderWindows([{ before: null, after: { ...BASE, kind: 'credit_note', totalAmount: -5n } }], utcDay);
    expect(note).toMatchObject({ orders: 0, gross: 0n, validAmount: 0n, credit: -5n, creditNotes: 1, productLines: 0 });
    const [other] = orderWindows([{ before: null, after: { ...BASE, kind: 'adjustment', totalAmount: 0n } }], utcDay);
    expect(other).toMatchObject({ orders: 0, credit: 0n, adjustment: 0n, adjustments: 1 });
  });

  test('differences of any sequence of states add up to the last state', () => {
    const random = new SeededRandom('orders');
    const states = Array.from({ length: 200 }, () => ({
      ...BASE,
      currency: random.pick(['USD', 'EUR']),
      kind: random.pick(DOCUMENT_KINDS),
      status: random.pick(ORDER_STATUSES),
      purchaseTimeMs: BASE.purchaseTimeMs + random.int(3) * MINUTE_MS,
      totalAmount: BigInt(random.int(1_000_000)),
      productLines: random.int(5),
    }));
    const sums = new Map<string, bigint>();
    const collect = (windows: readonly OrderWindow[]): void => {
      for (const { kind, index, source, currency, ...figures } of windows) {
        for (const [figure, value] of Object.entries(figures)) {
          const key = `${kind} ${index} ${source} ${currency} ${figure}`;
          sums.set(key, (sums.get(key) ?? 0n) + BigInt(value));
        }
      }
    };
    states.forEach((after, index) => collect(orderWindows([{ before: states[index - 1] ?? null, after }], utcDay)));
    const rest = (): Record<string, bigint> => Object.fromEntries([...sums].filter(([, value]) => value !== 0n));
    const stepwise = rest();
    sums.clear();
    collect(orderWindows([{ before: null, after: states.at(-1) ?? BASE }], utcDay));
    expect(stepwise).toEqual(rest());
  });
});
