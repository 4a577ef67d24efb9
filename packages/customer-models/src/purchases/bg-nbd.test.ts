import { SeededRandom } from '@ebb/core';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { fitBgNbd } from './bg-nbd.ts';
import { bgNbdObjective } from './bg-nbd-likelihood.ts';
import { groupRows } from './grouped-rows.ts';
import { simulateRows } from './simulated/simulated-rows.ts';

const purchases = { r: 0.6, alpha: 8, a: 0.9, b: 3 };
const spend = { p: 6, q: 4, gamma: 15 };
const shop = (seed: number, customers: number) =>
  simulateRows(new SeededRandom(seed), { customers, purchases, spend, observed: [20, 60] });

describe('the likelihood of BG/NBD', () => {
  it('has the gradient that differences give', () => {
    const objective = bgNbdObjective(groupRows(shop(1, 300)));
    const coordinate = fc.double({ min: -2, max: 3, noNaN: true });
    fc.assert(
      fc.property(fc.tuple(coordinate, coordinate, coordinate, coordinate), (point) => {
        const gradient = new Float64Array(4);
        objective(Float64Array.from(point), gradient);
        for (let index = 0; index < 4; index += 1) {
          const at = (step: number): number =>
            objective(
              Float64Array.from(point, (value, i) => (i === index ? value + step : value)),
              new Float64Array(4),
            );
          expect(gradient[index]).toBeCloseTo((at(1e-5) - at(-1e-5)) / 2e-5, 5);
        }
      }),
      { numRuns: 30 },
    );
  });

  it('is that of equation 6, worked out plainly', () => {
    const gamma = (n: number): number => (n <= 1 ? 1 : (n - 1) * gamma(n - 1));
    const beta = (a: number, b: number): number => (gamma(a) * gamma(b)) / gamma(a + b);
    const [r, alpha, a, b, x, last, length] = [2, 5, 1, 3, 4, 6, 9];
    const rate = (gamma(r + x) / gamma(r)) * alpha ** r;
    const likelihood =
      (beta(a, b + x) / beta(a, b)) * rate * (alpha + length) ** -(r + x) +
      (beta(a + 1, b + x - 1) / beta(a, b)) * rate * (alpha + last) ** -(r + x);
    const objective = bgNbdObjective(groupRows({ repeats: [x], lastPurchase: [last], observed: [length] }));
    const value = objective(Float64Array.from([r, alpha, a, b], Math.log), new Float64Array(4));
    expect(value).toBeCloseTo(-Math.log(likelihood), 12);
  });
});

describe('fitting BG/NBD', () => {
  it('recovers the parameters that made the data', () => {
    const { status, parameters, estimates, customers } = fitBgNbd(shop(2, 20_000));
    expect([status, customers]).toEqual(['converged', 20_000]);
    for (const name of ['r', 'alpha', 'a', 'b'] as const) {
      const { standardError } = estimates[name];
      expect(Math.abs(parameters[name] - purchases[name]), name).toBeLessThan(4 * standardError);
      expect(standardError / parameters[name], name).toBeLessThan(0.15);
    }
  });

  it('takes weights for what they stand for', () => {
    const { repeats, lastPurchase, observed } = shop(3, 400);
    const twice = (column: Float64Array): number[] => [...column, ...column];
    const plain = fitBgNbd({ repeats: twice(repeats), lastPurchase: twice(lastPurchase), observed: twice(observed) });
    const weighted = fitBgNbd({ repeats, lastPurchase, observed, weights: Array.from(repeats, () => 2) });
    expect(weighted.logLikelihood).toBeCloseTo(plain.logLikelihood, 8);
    expect(weighted.parameters.alpha).toBeCloseTo(plain.parameters.alpha, 5);
    expect(weighted.estimates.b.standardError).toBeCloseTo(plain.estimates.b.standardError, 4);
  });

  it('gives the same model in days as in weeks', () => {
    const { repeats, lastPurchase, observed } = shop(4, 1_000);
    const weeks = fitBgNbd({ repeats, lastPurchase, observed });
    const days = fitBgNbd({
      repeats,
      lastPurchase: lastPurchase.map((time) => time * 7),
      observed: observed.map((time) => time * 7),
    });
    expect(days.parameters.alpha / 7).toBeCloseTo(weeks.parameters.alpha, 4);
    for (const name of ['r', 'a', 'b'] as const) {
      expect(days.parameters[name]).toBeCloseTo(weeks.parameters[name], 4);
    }
  });

  it('says so when nobody drops out and the likelihood has no maximum', () => {
    const random = new SeededRandom(5);
    const times = Array.from({ length: 300 }, () => Array.from({ length: 10 }, () => random.float() * 50));
    const fit = fitBgNbd({
      repeats: times.map((life) => life.length),
      lastPurchase: times.map((life) => Math.max(...life)),
      observed: times.map(() => 50),
    });
    expect(fit.status).toBe('penalised');
    expect(fit.message).toMatch(/weak prior decides/);
    for (const value of Object.values(fit.parameters)) expect(value).toBeGreaterThan(0);
    expect(fit.parameters.a / (fit.parameters.a + fit.parameters.b)).toBeLessThan(0.02);
  });

  it('leans on the prior for a handful of repeat buyers, and gives up below two', () => {
    const rows = { repeats: [1, 2, 0, 0, 1], lastPurchase: [3, 8, 0, 0, 2], observed: [10, 12, 9, 8, 11] };
    expect(fitBgNbd(rows)).toMatchObject({
      status: 'penalised',
      message: 'only 3 repeat buyers; a weak prior decides instead',
      repeatBuyers: 3,
    });
    const lonely = { repeats: [3], lastPurchase: [8], observed: [10] };
    expect(() => fitBgNbd(lonely)).toThrow(/1 of 1 customers bought again/);
    const strangers = { repeats: [0, 0], lastPurchase: [0, 0], observed: [10, 10] };
    expect(() => fitBgNbd(strangers)).toThrow(/0 of 2 customers bought again/);
  });

  it('copes with customers who are all the same', () => {
    const same = (value: number): number[] => Array.from({ length: 100 }, () => value);
    const fit = fitBgNbd({ repeats: same(2), lastPurchase: same(5), observed: same(10) });
    expect(fit.status).toBe('penalised');
    expect(Object.values(fit.parameters).every((value) => Number.isFinite(value))).toBe(true);
  });
});
