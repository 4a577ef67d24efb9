import { SeededRandom } from '@ebb/core';
import { beforeAll, describe, expect, it } from 'vitest';
import type { PublishedRun } from './published-run.ts';
import { type Purchase, rfmFromPurchases, rfmTable, type RfmTable } from './rfm-table.ts';
import { publishedRun, segmentCustomers, type SegmentationRun } from './segment-customers.ts';
import { expectSteady, perturbedInvoices } from './testing/perturbed.ts';
import { AS_OF, retailPurchases } from './testing/retail-year.ts';

let purchases: Purchase[];
let table: RfmTable;
let run: SegmentationRun;
let published: PublishedRun;
beforeAll(() => {
  purchases = retailPurchases();
  table = rfmFromPurchases(purchases, { asOf: AS_OF });
  run = segmentCustomers(table);
  published = publishedRun(table, run);
  // Three seconds of reading and two of clustering on an idle machine.
}, 120_000);

const SECONDS = 60_000;

describe('the real year', () => {
  it('has the customers, medians and fences that were recomputed independently', () => {
    expect(purchases).toHaveLength(406_337);
    expect(run.statistics).toEqual({
      customers: 4_285,
      revenue: 86_733_833_300n,
      medians: { recency: 440_000n, frequency: 20_000n, monetary: 7_029_000n },
      frequencyFences: { low: -50_000n, high: 110_000n },
      monetaryFences: { low: -17_875_350n, high: 37_993_850n },
    });
    const count = (outlier: number): number => run.outliers.filter((other) => other === outlier).length;
    expect([-1, -2, -3, 0].map(count)).toEqual([197, 53, 226, 3_809]);
  });

  it('falls into four clusters of the known inertia, sizes and silhouette', () => {
    const row = (k: number) => run.kTable.find((other) => other.k === k);
    expect(run.kTable.map(({ k }) => k)).toEqual([2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12]);
    expect(run.k).toBe(4);
    expect(row(4)?.score).toBeCloseTo(0.945, 3);
    expect(row(3)?.score).toBeCloseTo(0.941, 3);
    expect(run.inertia).toBeLessThanOrEqual(2_741.6);
    expect(Math.abs(run.silhouette - 0.417)).toBeLessThanOrEqual(0.001);
    for (const [k, silhouette] of [
      [2, 0.443],
      [3, 0.459],
      [5, 0.407],
      [6, 0.374],
    ] as const) {
      expect(Math.abs((row(k)?.silhouette ?? 0) - silhouette)).toBeLessThanOrEqual(0.01);
    }
    const sizes = run.clusters.filter(({ cluster }) => cluster >= 0).map(({ customers }) => customers);
    for (const [index, size] of [1_491, 913, 907, 498].entries()) {
      expect(Math.abs((sizes.toSorted((a, b) => b - a)[index] ?? 0) - size)).toBeLessThanOrEqual(6);
    }
  });

  it('has clusters with names from their medians, and one recommendation each', () => {
    expect(run.clusters.map(({ cluster, name }) => [cluster, name])).toEqual([
      [0, 'Super VIP Champions'],
      [1, 'Champions'],
      [2, 'New Customers'],
      [3, 'Hibernating'],
      [-1, 'Super VIP Champions'],
      [-2, 'Super VIP Champions'],
      [-3, 'Super VIP Champions'],
    ]);
    expect(new Set(run.clusters.map(({ label }) => label)).size).toBe(run.clusters.length);
    expect(run.clusters.find(({ cluster }) => cluster === -3)?.label).toBe('Super VIP Champions (outliers in both)');
    const sum = (parts: readonly bigint[]): bigint => parts.reduce((total, part) => total + part, 0n);
    expect(sum(run.clusters.map(({ percentOfCustomers }) => percentOfCustomers))).toBe(1_000_000n);
    expect(sum(run.clusters.map(({ percentOfRevenue }) => percentOfRevenue))).toBe(1_000_000n);
    expect(sum(run.clusters.map(({ revenue }) => revenue))).toBe(run.statistics.revenue);
    expect(run.clusters.every(({ recommendation }) => recommendation.length > 40)).toBe(true);
  });

  it('has the twelve segments of scheme C to the customer and the cent', () => {
    const found = new Map(run.schemeCRows.map(({ segment, customers, revenue }) => [segment, [customers, revenue]]));
    expect(Object.fromEntries(found)).toEqual({
      'High Value - Active & Engaged': [890, 58_641_873_200n],
      'High Value - At Risk': [300, 9_996_897_200n],
      'High Value - Developing': [34, 766_971_400n],
      'High Value - Inactive': [67, 1_702_623_800n],
      'Growing Value - Active & Engaged': [353, 3_720_779_700n],
      'Growing Value - At Risk': [229, 2_383_890_200n],
      'Growing Value - Developing': [103, 992_962_500n],
      'Growing Value - Inactive': [166, 1_522_803_600n],
      'Base Value - Active & Engaged': [154, 785_391_200n],
      'Base Value - At Risk': [140, 666_832_500n],
      'Base Value - Developing': [596, 1_972_759_900n],
      'Base Value - Inactive': [1_253, 3_580_048_100n],
    });
  });

  it('may be published', () => {
    expect(run.gate).toMatchObject({ isHeld: false, reasons: [] });
    expect(run.comparison).toBeNull();
  });
});

describe('identity', () => {
  it(
    'does not depend on the order of rows',
    () => {
      const random = new SeededRandom('rows');
      const rows = table.customers.map((customer, index) => ({
        customer,
        recencyDays: table.recencyDays[index] ?? 0,
        frequency: table.frequency[index] ?? 0,
        monetary: table.monetary[index] ?? 0n,
        at: random.float(),
      }));
      const shuffled = rfmTable(rows.toSorted((a, b) => a.at - b.at));
      expect(shuffled).toEqual(table);
      expect(segmentCustomers(shuffled, null)).toEqual(run);
    },
    SECONDS,
  );

  it(
    'follows the ids of the published run, whatever they are',
    () => {
      const ids = new Map([
        [0, 17],
        [1, 3],
        [2, 99],
        [3, 4],
      ]);
      const renamed = (id: number): number => ids.get(id) ?? id;
      const model = {
        ...published.model,
        segments: published.model.segments.map(({ id, centroid }) => ({ id: renamed(id), centroid })).toReversed(),
        named: published.model.named.map((segment) => ({ ...segment, cluster: renamed(segment.cluster) })),
        nextId: 100,
      };
      const again = segmentCustomers(table, { ...published, model, segments: published.segments.map(renamed) });
      expect(again.segments).toEqual(run.segments.map(renamed));
      expect(again.comparison).toMatchObject({ births: [], deaths: [], renames: [], moves: [], customersKept: 4_285 });
      expect(again.gate.isHeld).toBe(false);
      expect(again.model.nextId).toBe(100);
    },
    SECONDS,
  );

  it.each(['another', 7])(
    'is the same with the seed %j',
    (seed) => {
      const other = segmentCustomers(table, null, { seed });
      expect(other.clusters.map(({ cluster, name }) => [cluster, name])).toEqual(
        run.clusters.map(({ cluster, name }) => [cluster, name]),
      );
      const moved = other.segments.filter((segment, index) => segment !== run.segments[index]).length;
      expect(moved / table.customers.length).toBeLessThanOrEqual(0.003);
    },
    SECONDS,
  );

  it(
    'outlasts samples of the invoices',
    () => {
      // All twenty: samples.long.test.ts.
      for (const seed of [0, 1, 2, 3]) {
        const sample = rfmFromPurchases(perturbedInvoices(purchases, seed), { asOf: AS_OF });
        const again = segmentCustomers(sample, published);
        expectSteady(sample, published, again);
        expect(again.gate.reasons).toEqual([]);
      }
    },
    2 * SECONDS,
  );

  it(
    'survives being kept as JSON',
    () => {
      const kept = { ...published, model: JSON.parse(JSON.stringify(published.model)) as PublishedRun['model'] };
      const again = segmentCustomers(table, kept);
      expect(again.comparison?.moves).toEqual([]);
      expect(again.model).toEqual(published.model);
      expect(structuredClone(again)).toEqual(again);
    },
    SECONDS,
  );
});

describe('an injected shift', () => {
  it(
    'raises the alert, and the gate holds and says why',
    () => {
      const shifted = {
        ...table,
        recencyDays: table.recencyDays.map((days) => days + 60),
        monetary: table.monetary.map((amount, index) => (index % 2 === 0 ? amount * 2n : amount)),
      };
      const { comparison, gate } = segmentCustomers(shifted, published);
      expect(comparison?.drift.isAlert).toBe(true);
      expect(comparison?.drift.populations.find(({ name }) => name === 'recency')?.isAlert).toBe(true);
      expect(gate.isHeld).toBe(true);
      expect(gate.reasons.join()).toMatch(/drift: PSI of recency is \d/);
    },
    SECONDS,
  );

  it(
    'of a table cut short holds it as well',
    () => {
      const part = rfmTable(
        table.customers.slice(0, 3_000).map((customer, index) => ({
          customer,
          recencyDays: table.recencyDays[index] ?? 0,
          frequency: table.frequency[index] ?? 0,
          monetary: table.monetary[index] ?? 0n,
        })),
      );
      expect(segmentCustomers(part, published).gate.reasons.join()).toMatch(/customers lost: 30\.0 %/);
    },
    SECONDS,
  );
});
