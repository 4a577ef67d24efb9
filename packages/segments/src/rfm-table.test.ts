import { describe, expect, it } from 'vitest';
import { rfmPoint, rfmStatistics } from './rfm-statistics.ts';
import { type Purchase, rfmFromPurchases, rfmTable } from './rfm-table.ts';

const purchase = (customer: string, invoice: string, day: number, amount: bigint): Purchase => ({
  customer,
  invoice,
  day,
  amount,
});

describe('rfmFromPurchases', () => {
  const purchases = [
    purchase('b', '2', 110, 50_000n),
    purchase('a', '1', 100, 10_001n),
    purchase('a', '1', 100, 20_000n),
    purchase('a', '3', 120, 30_000n),
    purchase('b', '4', 121, 70_000n),
    purchase('c', '5', 90, 5n),
  ];

  it('counts invoices, not lines, and sees nothing after the as-of day', () => {
    expect(rfmFromPurchases(purchases, { asOf: 120 })).toEqual({
      customers: ['a', 'b', 'c'],
      recencyDays: Float64Array.of(0, 10, 30),
      frequency: Float64Array.of(2, 1, 1),
      monetary: BigInt64Array.of(60_001n, 50_000n, 5n),
    });
  });

  it('forgets what is before the window, and with it customers who bought nothing since', () => {
    const table = rfmFromPurchases(purchases, { asOf: 120, windowDays: 11 });
    expect(table.customers).toEqual(['a', 'b']);
    expect([...table.frequency]).toEqual([1, 1]);
    expect(rfmFromPurchases(purchases, { asOf: 120, windowDays: 10 }).customers).toEqual(['a']);
  });

  it('refuses what it cannot count, with the reason', () => {
    expect(() => rfmFromPurchases([purchase('', '1', 1, 1n)], { asOf: 1 })).toThrow(/customer "", invoice "1"/);
    expect(() => rfmFromPurchases([purchase('a', '1', Number.NaN, 1n)], { asOf: 1 })).toThrow(/day NaN/);
    expect(() => rfmFromPurchases([], { asOf: 1.5 })).toThrow(/as-of day 1.5/);
    expect(() => rfmFromPurchases([], { asOf: 1, windowDays: 0 })).toThrow(/window 0/);
    expect(() => rfmStatistics(rfmFromPurchases([], { asOf: 1 }))).toThrow(/no customers/);
  });
});

describe('rfmTable', () => {
  const row = (customer: string, recencyDays: number, frequency = 1, monetary = 1n) => ({
    customer,
    recencyDays,
    frequency,
    monetary,
  });

  it('refuses a customer who is there twice and figures that are none', () => {
    expect(() => rfmTable([row('a', 1), row('b', 1), row('a', 2)])).toThrow(/customer "a" is there twice/);
    expect(() => rfmTable([row('a', Number.NaN)])).toThrow(/recency NaN/);
    expect(() => rfmTable([row('a', -1)])).toThrow(/recency -1/);
    expect(() => rfmTable([row('a', 1, Number.POSITIVE_INFINITY)])).toThrow(/frequency Infinity/);
    expect(() => rfmTable([row('a', 1, 1, 2n ** 63n)])).toThrow(/more than 64 bits/);
  });

  it('keeps every cent and four decimals of days', () => {
    const table = rfmTable([row('a', 1.5, 2, 2n ** 62n + 1n)]);
    expect(rfmPoint(table, 0)).toEqual({ recency: 15_000n, frequency: 20_000n, monetary: 2n ** 62n + 1n });
    expect(rfmStatistics(table).medians).toEqual(rfmPoint(table, 0));
  });
});
