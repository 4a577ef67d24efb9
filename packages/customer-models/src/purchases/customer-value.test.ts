import { SeededRandom } from '@ebb/core';
import { describe, expect, it } from 'vitest';
import { fitBgNbd } from './bg-nbd.ts';
import { expectedPurchases, probabilityAlive } from './bg-nbd-predictions.ts';
import { customerValues } from './customer-value.ts';
import { expectedSpend, fitGammaGamma } from './gamma-gamma.ts';
import { simulateRows } from './simulated/simulated-rows.ts';

const WEEKS_PER_YEAR = 365.25 / 7;
const shop = (seed: number, customers: number) =>
  simulateRows(new SeededRandom(seed), {
    customers,
    purchases: { r: 0.8, alpha: 6, a: 0.8, b: 4 },
    spend: { p: 6.25, q: 3.74, gamma: 15.44 },
    observed: [20, 60],
  });
const rows = shop(1, 800);
const models = { purchases: fitBgNbd(rows), spend: fitGammaGamma(rows) };
const at = (i: number) => ({
  repeats: rows.repeats[i] as number,
  lastPurchase: rows.lastPurchase[i] as number,
  observed: rows.observed[i] as number,
});

describe('customer lifetime value', () => {
  it('is spend times purchases where money keeps its worth', () => {
    const values = customerValues(rows, models, { horizon: 26, yearLength: WEEKS_PER_YEAR, margin: 0.3 });
    for (let i = 0; i < 200; i += 1) {
      const purchases = expectedPurchases(models.purchases.parameters, at(i), 26);
      const spend = expectedSpend(models.spend, at(i).repeats, rows.meanSpend[i] as number);
      expect(values.probabilityAlive[i]).toBeCloseTo(probabilityAlive(models.purchases.parameters, at(i)), 12);
      expect(values.expectedPurchases[i]).toBeCloseTo(purchases, 10);
      expect(values.expectedSpend[i]).toBe(spend);
      expect(values.value[i]).toBeCloseTo(0.3 * purchases * spend, 8);
    }
  });

  it('discounts each step from its middle', () => {
    const options = { horizon: 52, yearLength: 52, annualDiscount: 0.1, steps: 2 };
    const values = customerValues(rows, models, options);
    const half = expectedPurchases(models.purchases.parameters, at(3), 26);
    const whole = expectedPurchases(models.purchases.parameters, at(3), 52);
    const discounted = half * 1.1 ** -0.25 + (whole - half) * 1.1 ** -0.75;
    expect(values.value[3]).toBeCloseTo(discounted * (values.expectedSpend[3] as number), 8);
  });

  it('has intervals that differences of the fitted parameters confirm', () => {
    // One parameter known and all others not: the standard error is the slope times that one error.
    for (const [index, name] of (['r', 'alpha', 'a', 'b'] as const).entries()) {
      const covariance = [0, 1, 2, 3].map((i) => [0, 1, 2, 3].map((j) => (i === index && j === index ? 0.01 : 0)));
      const purchases = { ...models.purchases, covariance };
      const spend = { ...models.spend, covariance: [0, 1, 2].map(() => [0, 0, 0]), logMeanError: 0 };
      const options = { horizon: 26, yearLength: WEEKS_PER_YEAR, annualDiscount: 0.1 };
      const { value, valueHigh } = customerValues(rows, { purchases, spend }, options);
      const { parameters } = models.purchases;
      const moved = { ...purchases, parameters: { ...parameters, [name]: parameters[name] * Math.exp(1e-4) } };
      const shifted = customerValues(rows, { purchases: moved, spend }, options).value;
      for (let i = 0; i < 100; i += 1) {
        const slope = Math.log((shifted[i] as number) / (value[i] as number)) / 1e-4;
        const error = Math.log((valueHigh[i] as number) / (value[i] as number)) / 1.644_853_626_951_472;
        expect(Math.abs(error - 0.1 * Math.abs(slope)), `${name} ${i}`).toBeLessThan(2e-4);
      }
    }
  });

  it('spans wider the less there is to learn from', () => {
    const options = { horizon: 52, yearLength: WEEKS_PER_YEAR };
    const few = shop(2, 200);
    const many = shop(2, 5_000);
    const width = (data: typeof few): number => {
      const { valueLow, value, valueHigh } = customerValues(
        data,
        { purchases: fitBgNbd(data), spend: fitGammaGamma(data) },
        options,
      );
      expect([...value].every((v, i) => (valueLow[i] as number) <= v && v <= (valueHigh[i] as number))).toBe(true);
      return Math.log((valueHigh[0] as number) / (valueLow[0] as number));
    };
    expect(width(few)).toBeGreaterThan(2 * width(many));
  });

  it('values everybody at the common mean where there is no model of spend', () => {
    const spend = fitGammaGamma({ repeats: [1, 2], meanSpend: [10, 20] });
    const values = customerValues(rows, { purchases: models.purchases, spend }, { horizon: 26, yearLength: 52 });
    expect(new Set(values.expectedSpend)).toEqual(new Set([15]));
  });

  it.each([{ horizon: 0 }, { horizon: 26, yearLength: 0 }, { annualDiscount: -1 }, { margin: Number.NaN }])(
    'refuses %j',
    (change) => {
      const options = { horizon: 26, yearLength: 52, ...change };
      expect(() => customerValues(rows, models, options)).toThrow(/no value with/);
    },
  );
});
