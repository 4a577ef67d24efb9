import { parseMoney } from '@ebb/core';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { groupRows } from './grouped-rows.ts';
import { type Purchase, purchaseHistories } from './purchase-histories.ts';

const buy = (customer: string, day: number, amount = '10'): Purchase => ({ customer, day, amount: parseMoney(amount) });

describe('purchase histories', () => {
  it('merges the rows of a day and counts from the first purchase', () => {
    const rows = [
      buy('a', 0),
      buy('a', 14, '0.10'),
      buy('a', 14, '0.20'),
      buy('a', 28, '0.6'),
      buy('a', 50),
      buy('b', 35),
    ];
    const histories = purchaseHistories(rows, { calibrationEndDay: 42 });
    expect(histories.customers).toEqual(['a', 'b']);
    expect([...histories.repeats]).toEqual([2, 0]);
    expect([...histories.lastPurchase]).toEqual([4, 0]);
    expect([...histories.observed]).toEqual([6, 1]);
    // 0.1 + 0.2 + 0.6 in binary would not be 0.9.
    expect([...histories.meanSpend]).toEqual([0.45, 0]);
    expect([...histories.holdoutRepeats]).toEqual([1, 0]);
    expect(histories.holdoutEndDay).toBe(50);
  });

  it('does not depend on the order of the rows', () => {
    const days = fc.array(fc.tuple(fc.constantFrom('a', 'b', 'c'), fc.integer({ min: 0, max: 90 })), { minLength: 1 });
    fc.assert(
      fc.property(days, (entries) => {
        const rows = [buy('a', 0), ...entries.map(([customer, day]) => buy(customer, day))];
        const options = { calibrationEndDay: 60, holdoutEndDay: 90 };
        const table = (order: Purchase[]): string[] => {
          const { customers, repeats, lastPurchase, observed, holdoutRepeats } = purchaseHistories(order, options);
          return customers
            .map((name, i) => [name, repeats[i], lastPurchase[i], observed[i], holdoutRepeats[i]].join(' '))
            .toSorted();
        };
        expect(table(rows.toReversed())).toEqual(table(rows));
      }),
    );
  });

  it('takes no refund for a purchase, a free one for one, and says what it left out', () => {
    const rows = [buy('a', 0), buy('a', 7, '-5'), buy('a', 14, '0'), buy('late', 40), buy('a', 99)];
    const histories = purchaseHistories(rows, { calibrationEndDay: 21, holdoutEndDay: 50 });
    expect([...histories.repeats]).toEqual([1]);
    expect(histories.leftOut).toEqual({ refundDays: 1, laterCustomers: 1, laterRows: 1 });
  });

  it('counts repeat purchases by day', () => {
    const histories = purchaseHistories([buy('a', 10), buy('a', 12), buy('b', 11), buy('b', 12), buy('b', 15)], {
      calibrationEndDay: 13,
    });
    expect(histories.originDay).toBe(10);
    expect([...histories.repeatsByDay]).toEqual([0, 0, 2, 0, 0, 1]);
  });

  it.each([
    [{ calibrationEndDay: 9.5 }, /whole day, not 9.5/],
    [{ calibrationEndDay: 20, holdoutEndDay: 15 }, /before the calibration/],
    [{ calibrationEndDay: 20, unitDays: 0 }, /unit of time/],
    [{ calibrationEndDay: 1 }, /no purchase up to 1970-01-02/],
  ])('refuses %j', (options, message) => {
    expect(() => purchaseHistories([buy('a', 10)], options)).toThrow(message);
  });
});

describe('grouped rows', () => {
  it('adds up equal rows', () => {
    const rows = { repeats: [1, 0, 1, 1], lastPurchase: [2, 0, 2, 3], observed: [5, 5, 5, 5], weights: [1, 4, 2, 0] };
    const grouped = groupRows(rows);
    expect([...grouped.repeats]).toEqual([1, 0]);
    expect([...grouped.weights]).toEqual([3, 4]);
    expect([grouped.customers, grouped.repeatBuyers]).toEqual([7, 3]);
    expect(Array.from(grouped.repeatIndex, (at) => grouped.distinctRepeats[at])).toEqual([1, 0]);
  });

  it.each([
    ['x is not whole', [1.5, 1, 2]],
    ['x is negative', [-1, 0, 2]],
    ['t_x > T', [1, 3, 2]],
    ['t_x without a purchase', [0, 1, 2]],
    ['NaN', [1, Number.NaN, 2]],
    ['T without end', [1, 1, Number.POSITIVE_INFINITY]],
  ])('refuses a row where %s', (_name, [x, last, length]) => {
    const rows = { repeats: [0, x as number], lastPurchase: [0, last as number], observed: [1, length as number] };
    expect(() => groupRows(rows)).toThrow(/row 1 is no purchase history/);
  });

  it('refuses columns of unequal length and no rows at all', () => {
    expect(() => groupRows({ repeats: [1], lastPurchase: [], observed: [1] })).toThrow(/unequal length: 1, 0, 1/);
    expect(() => groupRows({ repeats: [], lastPurchase: [], observed: [] })).toThrow(/no customers/);
  });
});
