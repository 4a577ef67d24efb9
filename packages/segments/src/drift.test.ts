import { SeededRandom } from '@ebb/core';
import { describe, expect, it } from 'vitest';
import { drift, featureDrift } from './drift.ts';
import { gate } from './gate.ts';
import { countIn, featureBins, psi, psiByChance } from './stability.ts';

const random = new SeededRandom('drift');
const normal = (count: number, mean: number): Float64Array =>
  Float64Array.from({ length: count }, () => mean + random.normal());

describe('psi', () => {
  it('is the sum of (a − e) ln(a / e)', () => {
    expect(psi([50, 50], [50, 50])).toBe(0);
    expect(psi([50, 50], [75, 25])).toBeCloseTo(0.25 * Math.log(1.5) + -0.25 * Math.log(0.5), 12);
    expect(psi([1, 1], [2, 0])).toBeCloseTo(0.5 * Math.log(2) + (0.0001 - 0.5) * Math.log(0.0002), 12);
  });

  it('of two samples of one population is what chance makes it', () => {
    let total = 0;
    for (let run = 0; run < 200; run += 1) {
      const bins = featureBins('x', normal(1_000, 0));
      total += psi(bins.counts, countIn(bins.edges, normal(500, 0)));
    }
    const expected = psiByChance(Array<number>(10).fill(100), Array<number>(10).fill(50));
    expect(expected).toBeCloseTo(0.027, 10);
    expect(Math.abs(total / 200 / expected - 1)).toBeLessThan(0.15);
  });

  it('of a mean that moves by half a deviation is about that of the normal distribution', () => {
    const bins = featureBins('x', normal(50_000, 0));
    const moved = psi(bins.counts, countIn(bins.edges, normal(50_000, 0.5)));
    // Jeffreys divergence of two normals half a deviation apart is 0.25; ten bins lose a little of it.
    expect(moved).toBeGreaterThan(0.21);
    expect(moved).toBeLessThan(0.25);
  });
});

describe('featureBins', () => {
  it('are deciles', () => {
    const bins = featureBins(
      'x',
      Float64Array.from({ length: 100 }, (_, at) => 100 - at),
    );
    expect(bins.edges).toEqual([10, 20, 30, 40, 50, 60, 70, 80, 90]);
    expect(bins.counts).toEqual(Array(10).fill(10));
  });

  it('are fewer where values repeat, and one where all are equal', () => {
    const frequencies = Float64Array.of(1, 1, 1, 1, 1, 1, 1, 2, 2, 9);
    expect(featureBins('x', frequencies)).toEqual({ feature: 'x', edges: [1, 2], counts: [7, 2, 1] });
    expect(featureBins('x', Float64Array.of(3, 3))).toEqual({ feature: 'x', edges: [], counts: [2] });
    expect(() => featureBins('x', new Float64Array())).toThrow(/no values of x/);
  });
});

describe('drift', () => {
  const before = normal(2_000, 0);
  const input = (now: Float64Array, distance = 0.1) => ({
    bins: [featureBins('x', before)],
    values: new Map([['x', now]]),
    sizesBefore: new Map([
      [0, 900],
      [1, 1_100],
    ]),
    sizesNow: new Map([
      [0, 950],
      [1, 1_050],
    ]),
    shifts: [{ segment: 0, distance }],
    isSameK: true,
  });

  it('is quiet about the same population and loud about another', () => {
    expect(drift(input(normal(2_000, 0))).isAlert).toBe(false);
    expect(drift(input(normal(2_000, 1))).populations.map(({ name, isAlert }) => [name, isAlert])).toEqual([
      ['x', true],
      ['segments', false],
    ]);
    expect(drift(input(normal(2_000, 0), 0.5)).centres).toEqual([{ segment: 0, distance: 0.5, isAlert: true }]);
  });

  it('tells how segments were cut anew with another k, and is alarmed by the customers alone', () => {
    const cut = {
      sizesNow: new Map([
        [0, 1_900],
        [1, 100],
      ]),
      isSameK: false,
    };
    const quiet = drift({ ...input(normal(2_000, 0), 0.9), ...cut });
    expect(quiet.isAlert).toBe(false);
    expect(quiet.populations.find(({ name }) => name === 'segments')?.psi).toBeGreaterThan(0.25);
    expect(drift({ ...input(normal(2_000, 1)), ...cut }).isAlert).toBe(true);
    expect(drift({ ...input(normal(2_000, 0)), ...cut, isSameK: true }).isAlert).toBe(true);
  });

  it('does not take chance in a few customers for a shift', () => {
    const few = drift({
      ...input(Float64Array.of(-2, -1.9, 0, 2.1)),
      bins: [{ feature: 'x', edges: [0], counts: [3, 3] }],
    });
    expect(few.populations[0]).toMatchObject({ isAlert: false });
  });

  it('counts segments that ended and those that began as one', () => {
    const sizesNow = new Map([
      [0, 900],
      [2, 600],
      [3, 500],
    ]);
    expect(drift({ ...input(before), sizesNow }).populations.find(({ name }) => name === 'segments')?.psi).toBe(0);
  });
});

describe('gate', () => {
  const good = { isConverged: true, silhouette: 0.42, sizes: [50, 50, 100], published: null };
  const calm = { populations: [], centres: [], isAlert: false };
  const published = { silhouette: 0.45, customers: 100, customersKept: 95, drift: calm };

  it('lets a sound run pass, first or later', () => {
    expect(gate(good).isHeld).toBe(false);
    expect(gate({ ...good, published })).toMatchObject({ isHeld: false, reasons: [] });
    expect(gate({ ...good, published }).checks).toHaveLength(7);
  });

  it.each([
    [{ isConverged: false }, /convergence: stopped/],
    [{ silhouette: 0.2 }, /silhouette: 0\.200, at least 0\.25/],
    [{ silhouette: Number.NaN }, /silhouette: NaN/],
    [{ sizes: [1, 500, 500] }, /smallest cluster: 0\.1 %/],
    [{ sizes: [5, 95] }, /largest cluster: 95\.0 %/],
    [{ silhouette: 0.3 }, /published run: 0\.300 after 0\.450/],
    [{ published: { ...published, customersKept: 79 } }, /customers lost: 21\.0 %/],
    [
      {
        published: {
          ...published,
          drift: { ...calm, centres: [{ segment: 3, distance: 0.61, isAlert: true }], isAlert: true },
        },
      },
      /drift: segment 3 moved by 0\.61/,
    ],
  ])('holds %j', (change, reason) => {
    const verdict = gate({ ...good, published, ...change });
    expect(verdict.isHeld).toBe(true);
    expect(verdict.reasons.join('\n')).toMatch(reason);
  });
});

it('a feature that nobody has a value of any more is an alert', () => {
  const tenure = Float64Array.from({ length: 200 }, (_, month) => month);
  const bins = [featureBins('tenure', tenure)];
  expect(featureDrift(bins, new Map([['tenure', tenure]]))).toMatchObject([{ name: 'tenure', isAlert: false }]);
  expect(featureDrift(bins, new Map())).toMatchObject([{ name: 'tenure', isAlert: true }]);
});
