import { beforeAll, describe, expect, test } from 'vitest';
import { fitKMeans } from './fit-kmeans.ts';
import { iqrOutliers } from './iqr-outliers.ts';
import { type Matrix, matrixOf } from './matrix.ts';
import { median } from './quantiles.ts';
import { fitStandardScaler, scale } from './scalers.ts';
import { silhouette } from './silhouette.ts';
import { type Sweep, sweepK } from './sweep-k.ts';
import { shuffled } from './testing/matrices.ts';
import { type RetailCustomer, retailCustomers } from './testing/retail-rfm.ts';

/** Segments of Online Retail II, year 1, as of its last day: figures computed apart from this project. */
const KS = [2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12];
let customers: RetailCustomer[];
let rest: Matrix;
let sweep: Sweep;

beforeAll(() => {
  customers = retailCustomers();
  const [byMonetary, byFrequency] = outliers();
  const inside = customers.filter((_, at) => byMonetary[at] === 0 && byFrequency[at] === 0);
  const rfm = matrixOf(inside.map(({ recency, frequency, pence }) => [pence / 100, frequency, recency]));
  rest = scale(rfm, fitStandardScaler(rfm));
  sweep = sweepK(rest, { ks: KS, seed: 42 });
}, 60_000);

function outliers(): [Uint8Array, Uint8Array] {
  const monetary = customers.map(({ pence }) => pence / 100);
  return [iqrOutliers(monetary), iqrOutliers(customers.map(({ frequency }) => frequency))];
}

test('customers, revenue and medians', () => {
  expect(customers).toHaveLength(4_285);
  expect(customers.reduce((sum, { pence }) => sum + pence, 0)).toBe(867_338_333);
  expect(median(customers.map(({ recency }) => recency))).toBe(44);
  expect(median(customers.map(({ frequency }) => frequency))).toBe(2);
  expect(median(customers.map(({ pence }) => pence / 100))).toBe(702.9);
});

test('outliers by quartiles: monetary alone, frequency alone, both', () => {
  const [byMonetary, byFrequency] = outliers();
  const count = (monetary: number, frequency: number): number =>
    customers.filter((_, at) => byMonetary[at] === monetary && byFrequency[at] === frequency).length;
  expect([count(1, 0), count(0, 1), count(1, 1), count(0, 0)]).toEqual([197, 53, 226, 3_809]);
});

describe('clusters of the rest', () => {
  const at = (k: number) => {
    const row = sweep.table.find((row) => row.k === k);
    if (row === undefined) throw new Error(`k = ${k} was not tried`);
    return row;
  };

  test('k = 4 is chosen, just ahead of k = 3', () => {
    expect(sweep.best).toBe(4);
    expect(at(4).score).toBeCloseTo(0.945, 3);
    expect(at(3).score).toBeCloseTo(0.941, 3);
  });

  test('silhouettes; the best alone would be k = 3', () => {
    expect(Math.max(...sweep.table.map(({ silhouette }) => silhouette))).toBe(at(3).silhouette);
    expect(Math.abs(at(4).silhouette - 0.417)).toBeLessThanOrEqual(0.001);
    for (const [k, expected] of Object.entries({ 2: 0.443, 3: 0.459, 5: 0.407, 6: 0.374 }))
      expect(Math.abs(at(Number(k)).silhouette - expected), `k = ${k}`).toBeLessThanOrEqual(0.01);
    expect(sweep.table.every(({ silhouetteStandardError }) => silhouetteStandardError === null)).toBe(true);
  });

  test('inertia and sizes of k = 4', () => {
    expect(at(4).inertia).toBeLessThanOrEqual(2_741.6);
    // None was found below by any program.
    expect(at(4).inertia).toBeGreaterThan(2_741.4);
    const sizes = [...(sweep.fits[KS.indexOf(4)]?.sizes ?? [])].toSorted((a, b) => b - a);
    for (const [index, expected] of [1_491, 913, 907, 498].entries())
      expect(Math.abs((sizes[index] ?? 0) - expected), sizes.join(', ')).toBeLessThanOrEqual(6);
  });

  test.each(['ebb', 'ml-kmeans'] as const)('%s: another seed moves hardly anybody and no number', (engine) => {
    const [first, ...others] = ['a', 'b', 'c', 'd', 'e'].map((seed) => fitKMeans(rest, { k: 4, seed, engine }));
    for (const other of others) {
      const moved = other.labels.filter((label, row) => label !== first?.labels[row]).length;
      // Of a thousand customers three.
      expect(moved).toBeLessThanOrEqual(rest.rows * 0.003);
    }
  });

  test('another order of the customers changes nobody, to the bit', () => {
    const first = fitKMeans(rest, { k: 4, seed: 42 });
    const { matrix, order } = shuffled(rest, 'order');
    const again = fitKMeans(matrix, { k: 4, seed: 42 });
    expect(again.centroids).toEqual(first.centroids);
    expect(again.inertia).toBe(first.inertia);
    expect([...again.labels]).toEqual(order.map((row) => first.labels[row]));
    expect(silhouette(matrix, again.labels)).toBeCloseTo(silhouette(rest, first.labels), 12);
  });
});
