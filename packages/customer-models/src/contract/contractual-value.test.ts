import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { churnPerPart, contractualValue, valueOfSurvival } from './contractual-value.ts';

const money = { marginPerPeriod: 100, discountPerPeriod: 0.1 };

describe('contractualValue', () => {
  it("is Gupta and Lehmann's multiple, margin · r / (1 + d − r)", () => {
    expect(contractualValue(0.2, money)).toBeCloseTo((100 * 0.8) / (1 + 0.1 - 0.8), 10);
  });

  it('has one payment more when that of now is still to come', () => {
    expect(contractualValue(0.2, { ...money, nextPayment: 'now' })).toBeCloseTo(100 + contractualValue(0.2, money), 10);
  });

  it('is the sum over the survival curve', () => {
    const chance = fc.double({ min: 0, max: 1, noNaN: true });
    fc.assert(
      fc.property(chance, chance, fc.nat({ max: 40 }), (churn, discount, periods) => {
        const options = { marginPerPeriod: 30, discountPerPeriod: discount };
        const survival = Array.from({ length: periods + 1 }, (_, t) => (1 - churn) ** t);
        const sum = valueOfSurvival(survival, options);
        expect(contractualValue(churn, { ...options, periods: periods + 1, nextPayment: 'now' })).toBeCloseTo(sum, 6);
        expect(contractualValue(churn, { ...options, periods })).toBeCloseTo(sum - 30, 6);
      }),
    );
  });

  it('falls with churn and with the discount', () => {
    const values = [0, 0.1, 0.5, 1].map((churn) => contractualValue(churn, money));
    expect(values.toSorted((a, b) => b - a)).toEqual(values);
    expect(values.at(-1)).toBe(0);
    expect(contractualValue(0.1, { ...money, discountPerPeriod: 0.2 })).toBeLessThan(contractualValue(0.1, money));
  });

  it('without churn and discount needs a horizon', () => {
    expect(contractualValue(0, { marginPerPeriod: 5, discountPerPeriod: 0, periods: 12 })).toBe(60);
    expect(() => contractualValue(0, { marginPerPeriod: 5, discountPerPeriod: 0 })).toThrow('name a horizon');
  });

  it.each([
    [1.2, money, 'churn per period is 1.2'],
    [Number.NaN, money, 'churn per period is NaN'],
    [0.1, { ...money, discountPerPeriod: -0.1 }, 'discount per period is -0.1'],
    [0.1, { ...money, marginPerPeriod: Number.NaN }, 'margin per period is NaN'],
    [0.1, { ...money, periods: -1 }, '-1 periods'],
  ])('refuses %d, %j', (churn, options, message) => {
    expect(() => contractualValue(churn, options)).toThrow(
      expect.objectContaining({ code: 'BAD_ARGUMENT', message: expect.stringContaining(message) }),
    );
  });
});

it('survival that rises is none', () => {
  expect(() => valueOfSurvival([1, 0.5, 0.6], money)).toThrow('rises from 0.5 to 0.6 at period 2');
});

it("a year's churn in months comes back after twelve of them", () => {
  const monthly = churnPerPart(0.3, 12);
  expect((1 - monthly) ** 12).toBeCloseTo(0.7, 12);
  expect(churnPerPart(1, 12)).toBe(1);
  expect(() => churnPerPart(0.3, 0)).toThrow('0 parts');
});
