import { SeededRandom } from '@ebb/core';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { logBeta } from '../numeric/log-gamma.ts';
import { hypergeometric2F1 } from '../numeric/hypergeometric.ts';
import { integrate01 } from '../numeric/testing/quadrature.ts';
import type { BgNbdParameters } from './bg-nbd.ts';
import { expectedFromActive, expectedPurchases, probabilityAlive, repeatDistribution } from './bg-nbd-predictions.ts';
import { simulateRows } from './simulated/simulated-rows.ts';

const between = (min: number, max: number): fc.Arbitrary<number> => fc.double({ min, max, noNaN: true });
const parameters = fc.record({ r: between(0.1, 8), alpha: between(0.1, 50), a: between(0.3, 6), b: between(0.3, 20) });
const CDNOW: BgNbdParameters = { r: 0.243, alpha: 4.414, a: 0.793, b: 2.426 };

/** The mean over p ~ Beta(a, b) of E[X(t) | p] = ∫₀ᵗ E[λ e^(−λpu)] du = (1 − (α/(α+pt))^r)/p: no series, no special function. */
function byIntegration({ r, alpha, a, b }: BgNbdParameters, duration: number): number {
  const integral = integrate01(
    (p, rest) => -Math.expm1(-r * Math.log1p((p * duration) / alpha)) * p ** (a - 2) * rest ** (b - 1),
  );
  return integral / Math.exp(logBeta(a, b));
}

describe('expected purchases', () => {
  it('are what integrating over λ and p gives', () => {
    fc.assert(
      fc.property(parameters, between(0.01, 500), (model, duration) => {
        const ratio = expectedFromActive(model, duration) / byIntegration(model, duration);
        expect(Math.abs(ratio - 1)).toBeLessThan(1e-7);
      }),
      { numRuns: 60 },
    );
  });

  it('are those of equation 9 where it is defined', () => {
    const { r, alpha, a, b } = CDNOW;
    const series = hypergeometric2F1(r, b, a + b - 1, 39 / (alpha + 39));
    const plain = ((a + b - 1) / (a - 1)) * (1 - (alpha / (alpha + 39)) ** r * series);
    expect(expectedFromActive(CDNOW, 39)).toBeCloseTo(plain, 12);
  });

  it('pass smoothly through a = 1, where equation 9 is 0/0, and a + b = 1, where it has a pole', () => {
    const at = (a: number, b: number): number => expectedFromActive({ r: 0.5, alpha: 4, a, b }, 39);
    for (const [a, b] of [
      [1, 2.4],
      [0.4, 0.6],
      [1, 1e-3],
    ] as const) {
      const [below, middle, above] = [at(a - 1e-7, b), at(a, b), at(a + 1e-7, b)];
      expect(Math.abs(below - middle)).toBeLessThan(1e-5);
      expect(Math.abs(above - middle)).toBeLessThan(1e-5);
      expect(middle).toBeGreaterThan(0);
    }
  });

  it('grow with time, more and more slowly', () => {
    fc.assert(
      fc.property(parameters, between(0.1, 100), (model, duration) => {
        const [one, two, three] = [1, 2, 3].map((times) => expectedFromActive(model, times * duration)) as [
          number,
          number,
          number,
        ];
        // With a > 1 purchases come to an end, (a+b−1)/(a−1) of them; a double cannot tell what is that close to it.
        const end = model.a > 1 ? (model.a + model.b - 1) / (model.a - 1) : Number.POSITIVE_INFINITY;
        const resolution = two * 1e-11;
        expect(two - one).toBeGreaterThanOrEqual(-resolution);
        expect(end - one > 1e-6 * one ? two > one : true).toBe(true);
        expect(three - two).toBeLessThan((two - one) * (1 + 1e-9) + resolution);
      }),
    );
  });

  it('are 1.226 in 39 weeks for the first customer of CDNOW', () => {
    const history = { repeats: 2, lastPurchase: 213 / 7, observed: 272 / 7 };
    expect(expectedPurchases(CDNOW, history, 39)).toBeCloseTo(1.226, 3);
  });

  it('are the mean of the distribution of repeat purchases', () => {
    const shares = repeatDistribution(CDNOW, 20, 400);
    expect(shares.reduce((sum, share) => sum + share, 0)).toBeCloseTo(1, 8);
    const mean = shares.reduce((sum, share, count) => sum + share * count, 0);
    expect(mean).toBeCloseTo(expectedFromActive(CDNOW, 20), 6);
  });

  it('take no time that is negative or endless', () => {
    expect(expectedFromActive(CDNOW, 0)).toBe(0);
    expect(() => expectedFromActive(CDNOW, -1)).toThrow(/finite time from now, not -1/);
    expect(() => expectedFromActive(CDNOW, Number.POSITIVE_INFINITY)).toThrow(/finite time/);
  });
});

describe('P(alive)', () => {
  it('is 1 without a repeat purchase and falls with silence', () => {
    expect(probabilityAlive(CDNOW, { repeats: 0, lastPurchase: 0, observed: 38 })).toBe(1);
    const after = (observed: number): number => probabilityAlive(CDNOW, { repeats: 7, lastPurchase: 20, observed });
    expect(after(20)).toBeGreaterThan(after(25));
    expect(after(25)).toBeGreaterThan(after(60));
    expect(after(1e9)).toBeGreaterThanOrEqual(0);
  });

  it('is the share of customers that are active, at every level of it', () => {
    const purchases = { r: 0.8, alpha: 6, a: 0.8, b: 3 };
    const rows = simulateRows(new SeededRandom(11), {
      customers: 40_000,
      purchases,
      spend: { p: 6, q: 4, gamma: 15 },
      observed: [10, 60],
    });
    const bins = Array.from({ length: 10 }, () => ({ customers: 0, alive: 0, expected: 0 }));
    for (const [i, { isAlive }] of rows.truth.entries()) {
      const history = {
        repeats: rows.repeats[i] as number,
        lastPurchase: rows.lastPurchase[i] as number,
        observed: rows.observed[i] as number,
      };
      if (history.repeats === 0) continue;
      const alive = probabilityAlive(purchases, history);
      const bin = bins[Math.min(9, Math.floor(alive * 10))] as (typeof bins)[number];
      bin.customers += 1;
      bin.alive += isAlive ? 1 : 0;
      bin.expected += alive;
    }
    for (const { customers, alive, expected } of bins) {
      if (customers < 100) continue;
      const deviation = Math.sqrt((expected * (customers - expected)) / customers);
      expect(Math.abs(alive - expected)).toBeLessThan(4 * deviation);
    }
    expect(bins.filter(({ customers }) => customers >= 100).length).toBeGreaterThan(7);
  });
});
