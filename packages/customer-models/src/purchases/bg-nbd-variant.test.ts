import { readFileSync } from 'node:fs';
import { gunzipSync } from 'node:zlib';
import { SeededRandom } from '@ebb/core';
import { CDNOW_FIXTURE } from '@ebb/datasets';
import { describe, expect, it } from 'vitest';
import { type BgNbdParameters, fitBgNbd, fitLikelierBgNbd } from './bg-nbd.ts';
import { bgNbdObjective } from './bg-nbd-likelihood.ts';
import { expectedFromStart, expectedPurchases, probabilityAlive, repeatDistribution } from './bg-nbd-predictions.ts';
import { parseCdnow } from './cdnow-format.ts';
import { groupRows } from './grouped-rows.ts';
import { purchaseHistories } from './purchase-histories.ts';
import { simulateRows, type SimulatedRows } from './simulated/simulated-rows.ts';

const plain: BgNbdParameters = { r: 0.8, alpha: 6, a: 0.8, b: 3 };
const modified: BgNbdParameters = { ...plain, variant: 'MBG/NBD' };
const shop = (seed: string, customers: number, purchases = modified): SimulatedRows =>
  simulateRows(new SeededRandom(seed), { customers, purchases, spend: { p: 6, q: 4, gamma: 15 }, observed: [20, 60] });
const historyAt = ({ repeats, lastPurchase, observed }: SimulatedRows, i: number) => ({
  repeats: repeats[i] as number,
  lastPurchase: lastPurchase[i] as number,
  observed: observed[i] as number,
});

describe('MBG/NBD, where customers may leave after their first purchase', () => {
  it('has the likelihood of Batislam, Denizel & Filiztekin 2007, worked out plainly', () => {
    const gamma = (n: number): number => (n <= 1 ? 1 : (n - 1) * gamma(n - 1));
    const beta = (a: number, b: number): number => (gamma(a) * gamma(b)) / gamma(a + b);
    const [r, alpha, a, b] = [2, 5, 1, 3];
    for (const [x, last, length] of [
      [4, 6, 9],
      [0, 0, 9],
    ] as const) {
      const rate = (gamma(r + x) / gamma(r)) * alpha ** r;
      const likelihood =
        (beta(a, b + x + 1) / beta(a, b)) * rate * (alpha + length) ** -(r + x) +
        (beta(a + 1, b + x) / beta(a, b)) * rate * (alpha + last) ** -(r + x);
      const rows = groupRows({ repeats: [x], lastPurchase: [last], observed: [length] });
      const value = bgNbdObjective(rows, 'MBG/NBD')(Float64Array.from([r, alpha, a, b], Math.log), new Float64Array(4));
      expect(value).toBeCloseTo(-Math.log(likelihood), 12);
    }
  });

  it('has the gradient that differences give', () => {
    const objective = bgNbdObjective(groupRows(shop('gradient', 200)), 'MBG/NBD');
    const point = [-0.5, 1.4, 0.2, 0.9];
    const gradient = new Float64Array(4);
    objective(Float64Array.from(point), gradient);
    for (const index of point.keys()) {
      const at = (step: number): number =>
        objective(
          Float64Array.from(point, (value, i) => (i === index ? value + step : value)),
          new Float64Array(4),
        );
      expect(gradient[index]).toBeCloseTo((at(1e-5) - at(-1e-5)) / 2e-5, 6);
    }
  });

  it('recovers the parameters that made the data', () => {
    const { status, parameters, estimates } = fitBgNbd(shop('recovered', 20_000), 'MBG/NBD');
    expect([status, parameters.variant]).toEqual(['converged', 'MBG/NBD']);
    for (const name of ['r', 'alpha', 'a', 'b'] as const) {
      expect(Math.abs(parameters[name] - modified[name]), name).toBeLessThan(4 * estimates[name].standardError);
    }
  });

  it('promises what comes: who is active, of those who came once and of the others, and the repeat purchases', () => {
    const rows = shop('promised', 20_000);
    const alive = rows.truth.map(({ isAlive }, i) => ({
      isAlive,
      once: rows.repeats[i] === 0,
      promised: probabilityAlive(modified, historyAt(rows, i)),
    }));
    for (const once of [true, false]) {
      const some = alive.filter((one) => one.once === once);
      const expected = some.reduce((sum, one) => sum + one.promised, 0);
      const deviation = Math.sqrt(some.reduce((sum, one) => sum + one.promised * (1 - one.promised), 0));
      expect(Math.abs(some.filter((one) => one.isAlive).length - expected)).toBeLessThan(4 * deviation);
    }
    const repeats = rows.repeats.reduce((sum, x) => sum + x, 0);
    const expected = rows.observed.reduce((sum, length) => sum + expectedFromStart(modified, length), 0);
    expect(Math.abs(repeats / expected - 1)).toBeLessThan(0.03);
  });

  it('has a distribution of repeat purchases that adds up', () => {
    const shares = repeatDistribution(modified, 20, 400);
    expect(shares.reduce((sum, share) => sum + share, 0)).toBeCloseTo(1, 8);
    expect(shares.reduce((sum, share, count) => sum + share * count, 0)).toBeCloseTo(
      expectedFromStart(modified, 20),
      6,
    );
  });

  it('expects of a new customer what it expects at the start', () => {
    const history = { repeats: 0, lastPurchase: 0, observed: 0 };
    expect(expectedPurchases(modified, history, 30)).toBeCloseTo(expectedFromStart(modified, 30), 12);
    expect(expectedPurchases(plain, history, 30)).toBeCloseTo(expectedFromStart(plain, 30), 12);
  });
});

describe('the likelier of the two', () => {
  it.each(['1', '2', '3'])('is the one that made the data (seed %s)', (seed) => {
    expect(fitLikelierBgNbd(shop(seed, 4_000)).parameters.variant).toBe('MBG/NBD');
    expect(fitLikelierBgNbd(shop(seed, 4_000, plain)).parameters.variant).toBeUndefined();
  });

  it('is BG/NBD for CDNOW, where the data hardly tell, both as published', () => {
    const text = gunzipSync(readFileSync(CDNOW_FIXTURE.path)).toString();
    const histories = purchaseHistories(parseCdnow(text), { calibrationEndDay: Date.parse('1997-09-30') / 86_400_000 });
    expect(fitLikelierBgNbd(histories)).toEqual(fitBgNbd(histories));
    // As the library lifetimes has them, in the test of its ModifiedBetaGeoFitter.
    const { parameters } = fitBgNbd(histories, 'MBG/NBD');
    expect(parameters.r).toBeCloseTo(0.525, 3);
    expect(parameters.alpha).toBeCloseTo(6.183, 3);
    expect(parameters.a).toBeCloseTo(0.891, 3);
    expect(parameters.b).toBeCloseTo(1.614, 3);
  });
});
