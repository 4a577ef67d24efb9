import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { featuresAsOf, refuseFutureFeatures } from './as-of.ts';
import { refuseLeakySplit, type Snapshot, splitByTime } from './temporal-split.ts';

const DAY = 86_400_000;
const snapshot = (customerId: string, asOfDay: number, outcomeDay: number): Snapshot => ({
  customerId,
  asOfMs: asOfDay * DAY,
  outcomeKnownAtMs: outcomeDay * DAY,
});
const cut = { cutMs: 100 * DAY, dataEndMs: 200 * DAY };

describe('splitByTime', () => {
  it('trains on outcomes known at the cut, tests what is seen from then on, and says what is of no use', () => {
    const early = snapshot('early', 60, 100);
    const across = snapshot('across', 90, 130);
    const late = snapshot('late', 100, 130);
    const open = snapshot('open', 190, 220);
    expect(splitByTime([late, early, open, across], cut)).toEqual({
      training: [early],
      test: [late],
      straddling: [across],
      unlabelled: [open],
    });
  });

  it('puts every snapshot somewhere, and its own split is never refused', () => {
    const some = fc.tuple(fc.nat({ max: 250 }), fc.integer({ min: 1, max: 60 }));
    fc.assert(
      fc.property(fc.array(some), (days) => {
        const snapshots = days.map(([asOf, window], index) => snapshot(String(index), asOf, asOf + window));
        const split = splitByTime(snapshots, cut);
        const all = [...split.training, ...split.test, ...split.straddling, ...split.unlabelled];
        expect(new Set(all)).toEqual(new Set(snapshots));
        expect(() => refuseLeakySplit(split, cut.cutMs)).not.toThrow();
      }),
    );
  });

  it('refuses a cut behind the data, and an outcome before its moment', () => {
    expect(() => splitByTime([], { cutMs: 2 * DAY, dataEndMs: DAY })).toThrow('the cut 1970-01-03');
    expect(() => splitByTime([snapshot('x', 5, 5)], cut)).toThrow('the outcome must come after');
  });
});

describe('refuseLeakySplit', () => {
  it.each([
    [{ training: [snapshot('a', 110, 120)], test: [] }, 'training row of customer "a" knows 1970-05-01'],
    [{ training: [snapshot('b', 90, 101)], test: [] }, 'training row of customer "b" knows 1970-04-12'],
    [{ training: [], test: [snapshot('c', 99, 130)] }, 'test row of customer "c" is of 1970-04-10'],
  ])('%#: %s', (split, message) => {
    expect(() => refuseLeakySplit(split, cut.cutMs)).toThrow(
      expect.objectContaining({ code: 'LEAKAGE', message: expect.stringContaining(message) }),
    );
  });
});

const dated = (customerId: string, feature: string, value: number | string | null, day: number) => ({
  customerId,
  feature,
  value,
  knownAtMs: day * DAY,
});

describe('featuresAsOf', () => {
  const snapshots = [snapshot('a', 10, 20), snapshot('a', 30, 40), snapshot('b', 30, 40)];
  const orders = [
    dated('a', 'orders', 1, 5),
    dated('a', 'orders', 2, 30),
    dated('a', 'orders', 3, 31),
    dated('b', 'orders', 9, 35),
  ];
  const plans = [dated('b', 'plan', 'yearly', 1), dated('a', 'plan', null, 2), dated('zz', 'plan', 'none', 1)];

  it('takes the latest value up to the moment, whatever the order, and blank where there was none', () => {
    for (const values of [
      [...orders, ...plans],
      [...plans.toReversed(), ...orders.toReversed()],
    ]) {
      const columns = featuresAsOf(snapshots, values).toSorted((a, b) => (a.name < b.name ? -1 : 1));
      expect(columns).toEqual([
        { kind: 'numeric', name: 'orders', values: Float64Array.from([1, 2, Number.NaN]) },
        { kind: 'categorical', name: 'plan', values: [null, null, 'yearly'] },
      ]);
    }
  });

  it('what comes later changes nothing', () => {
    const later = fc.array(fc.tuple(fc.constantFrom('a', 'b'), fc.integer({ min: 31, max: 90 }), fc.integer()));
    fc.assert(
      fc.property(later, (values) => {
        const future = values.map(([customer, day, value]) => dated(customer, 'orders', value, day));
        expect(featuresAsOf(snapshots, [...orders, ...future])).toEqual(featuresAsOf(snapshots, orders));
      }),
    );
  });

  it('refuses a planted column that only the future knows', () => {
    const planted = ['a', 'b'].map((customer) => dated(customer, 'reason for leaving', 'moved', 35));
    expect(() => featuresAsOf(snapshots, [...orders, ...planted])).toThrow(
      expect.objectContaining({ code: 'LEAKAGE', message: expect.stringContaining('"reason for leaving"') }),
    );
  });

  it('refuses numbers and texts in one feature', () => {
    const mixed = [dated('a', 'x', 1, 1), dated('b', 'x', 'one', 1)];
    expect(() => featuresAsOf(snapshots, mixed)).toThrow('numbers and texts');
  });
});

describe('refuseFutureFeatures', () => {
  const snapshots = [snapshot('a', 10, 20), snapshot('b', 10, 20), snapshot('c', 10, 20)];
  const known = (...days: number[]): Float64Array => Float64Array.from(days, (day) => day * DAY);

  it('lets pass what was known in time, or is blank', () => {
    const columns = [{ name: 'calls', knownAtMs: known(1, 10, Number.NaN) }];
    expect(() => refuseFutureFeatures(snapshots, columns)).not.toThrow();
  });

  it('names the feature, the customer and the times', () => {
    const late = [{ name: 'calls', knownAtMs: known(1, 11, 2) }];
    expect(() => refuseFutureFeatures(snapshots, late)).toThrow(
      'feature "calls" is known after the moment it is used (1 of 3 values): customer "b" as of 1970-01-11T00:00:00.000Z got it 1970-01-12T00:00:00.000Z',
    );
  });

  it('calls a planted column one that only the future knows', () => {
    const planted = [{ name: 'final bill', knownAtMs: known(Number.NaN, 11, 12) }];
    expect(() => refuseFutureFeatures(snapshots, planted)).toThrow(
      expect.objectContaining({ code: 'LEAKAGE', message: expect.stringContaining('only the future knows it') }),
    );
    expect(() => refuseFutureFeatures(snapshots, [{ name: 'x', knownAtMs: known(1) }])).toThrow('1 times for 3 rows');
  });
});
