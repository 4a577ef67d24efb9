import { SeededRandom } from '@ebb/core';
import { describe, expect, it } from 'vitest';
import { expectedSpend, fitGammaGamma } from './gamma-gamma.ts';
import { simulateRows } from './simulated/simulated-rows.ts';

const truth = { p: 6.25, q: 3.74, gamma: 15.44 };
const shop = (seed: number, customers: number) =>
  simulateRows(new SeededRandom(seed), {
    customers,
    purchases: { r: 1, alpha: 5, a: 0.8, b: 6 },
    spend: truth,
    observed: [20, 60],
  });

describe('Gamma-Gamma', () => {
  it('recovers the parameters that made the data', () => {
    const fit = fitGammaGamma(shop(1, 10_000));
    expect(fit.status).toBe('converged');
    for (const name of ['p', 'q', 'gamma'] as const) {
      const estimate = fit.estimates?.[name];
      expect(Math.abs((estimate?.value ?? 0) - truth[name]), name).toBeLessThan(4 * (estimate?.standardError ?? 0));
    }
    const mean = (truth.p * truth.gamma) / (truth.q - 1);
    expect(Math.abs(fit.meanSpend / mean - 1)).toBeLessThan(4 * fit.logMeanError);
    expect(fit.logMeanError).toBeLessThan(0.02);
  });

  it('expects less of the own past the fewer purchases there are', () => {
    const { repeats, meanSpend } = shop(2, 4_000);
    const fit = fitGammaGamma({ repeats, meanSpend });
    // Nearer to the common mean the fewer purchases there are, and never beyond the customer's own.
    const own = fit.meanSpend * 2;
    const expected = [0, 1, 5, 1e6].map((x) => expectedSpend(fit, x, own));
    expect(expected[0]).toBe(fit.meanSpend);
    expect(expected).toEqual(expected.toSorted((a, b) => a - b));
    expect(expected.at(-1)).toBeCloseTo(own, 3);
  });

  it('scales with the currency', () => {
    const { repeats, meanSpend } = shop(3, 1_000);
    const dollars = fitGammaGamma({ repeats, meanSpend });
    const cents = fitGammaGamma({ repeats, meanSpend: meanSpend.map((value) => value * 100) });
    expect((cents.parameters?.gamma ?? 0) / 100).toBeCloseTo(dollars.parameters?.gamma ?? 0, 4);
    expect(cents.parameters?.p).toBeCloseTo(dollars.parameters?.p ?? 0, 4);
  });

  it.each([
    ['too few buyers', [1, 2, 0], [10, 20, 0], 'only 2 repeat buyers'],
    ['no spread', Array.from({ length: 50 }, () => 2), Array.from({ length: 50 }, () => 12.5), 'all customers spend'],
  ])('falls back to the mean and says why: %s', (_name, repeats, meanSpend, reason) => {
    const fit = fitGammaGamma({ repeats, meanSpend });
    expect(fit.status).toBe('mean-only');
    expect(fit.message).toContain(reason);
    expect(expectedSpend(fit, 3, 99)).toBe(fit.meanSpend);
    expect(fit.meanSpend).toBe(repeats.length === 3 ? 15 : 12.5);
  });

  it('refuses amounts that are none, and no spend at all', () => {
    expect(() => fitGammaGamma({ repeats: [1], meanSpend: [-1] })).toThrow(/row 0 is no spend/);
    expect(() => fitGammaGamma({ repeats: [1], meanSpend: [Number.NaN] })).toThrow(/row 0 is no spend/);
    expect(() => fitGammaGamma({ repeats: [0, 1], meanSpend: [0, 0] })).toThrow(/nobody spent anything/);
  });
});
