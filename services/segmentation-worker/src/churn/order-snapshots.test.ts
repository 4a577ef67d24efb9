import { DAY_MS } from '@ebb/core';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { PurchaseColumns } from '../features/purchase-source.ts';
import { someOrderDays } from '../testing/order-days.ts';
import { ORDER_FEATURES, orderFeatures } from './order-features.ts';
import { orderSnapshots } from './order-snapshots.ts';

/** Rows of customer, day and amount. */
function purchasesOf(rows: readonly (readonly [string, number, number])[]): PurchaseColumns {
  const sorted = rows.toSorted((a, b) => (a[0] < b[0] ? -1 : 1) * Number(a[0] !== b[0]) || a[1] - b[1]);
  return {
    customers: sorted.map(([customer]) => customer),
    days: Float64Array.from(sorted, ([, day]) => day),
    amounts: Float64Array.from(sorted, ([, , amount]) => amount * 10_000),
  };
}

describe('orderFeatures', () => {
  const named = (days: readonly number[], amounts: readonly number[], day: number) =>
    Object.fromEntries(
      orderFeatures({ customer: 'x', days, amounts }, day).map((value, at) => [ORDER_FEATURES[at], value]),
    );

  it('are of the purchases until the day', () => {
    expect(named([100, 110, 140, 200], [10, 20, 30, 1000], 150)).toEqual({
      days_since_last_purchase: 10,
      days_since_first_purchase: 50,
      purchase_days: 3,
      purchase_days_last_30: 1,
      purchase_days_last_90: 3,
      purchase_days_last_365: 3,
      spend_per_purchase_day: 20,
      spend_last_90: 60,
      days_between_purchases: 20,
      spread_between_purchases: 10,
      silence_in_gaps: 0.5,
    });
  });

  it('are unknown, never 0, where there is nothing to tell them by', () => {
    expect(named([100], [10], 150)).toMatchObject({
      purchase_days: 1,
      days_between_purchases: Number.NaN,
      spread_between_purchases: Number.NaN,
      silence_in_gaps: Number.NaN,
    });
  });
});

describe('orderSnapshots', () => {
  const rows = [
    ['early', 0, 5],
    ['early', 95, 5],
    ['gone', 10, 5],
    ['new', 150, 5],
    ['refunded', 20, -5],
  ] as const;

  it('asks who had bought by the day and whether they bought again within the horizon', () => {
    const { training, test, present } = orderSnapshots(purchasesOf(rows), 200, 60);
    expect([training, test].map(({ day, customers, labels }) => [day, customers, [...labels]])).toEqual([
      [80, ['early', 'gone'], [0, 1]],
      [140, ['early', 'gone'], [1, 1]],
    ]);
    expect([present.day, present.customers]).toEqual([200, ['early', 'gone', 'new']]);
  });

  it('says that the orders do not reach back so far', () => {
    expect(() => orderSnapshots(purchasesOf(rows), 100, 60)).toThrow(
      expect.objectContaining({
        code: 'NO_FEATURES',
        message: expect.stringContaining('the orders begin on 1970-01-01'),
      }),
    );
    expect(() => orderSnapshots(purchasesOf([]), 100, 60)).toThrow('there are no purchases');
  });

  it('features of a day are untouched by what is bought after it', () => {
    const day = Date.parse('2025-12-31T00:00:00Z') / DAY_MS;
    const known = someOrderDays(60, '2025-12-31').map(
      (row) => [row.customer_id, Date.parse(row.order_day) / DAY_MS, Number(row.amount)] as const,
    );
    const before = orderSnapshots(purchasesOf(known), day + 90, 90);
    const later = fc.array(fc.tuple(fc.nat({ max: 59 }), fc.integer({ min: 1, max: 90 }), fc.nat({ max: 900 })));
    fc.assert(
      fc.property(later, (bought) => {
        const more = bought.map(([customer, after, amount]) => [`c${customer}`, day + after, amount] as const);
        const { test, training } = orderSnapshots(purchasesOf([...known, ...more]), day + 90, 90);
        expect(test.features).toEqual(before.test.features);
        expect(training).toEqual(before.training);
      }),
      { numRuns: 20 },
    );
  });
});
