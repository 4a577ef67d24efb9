import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { chiSquareTail, upperGamma } from './incomplete-gamma.ts';
import { normalCdf, normalQuantile } from './normal.ts';

describe('the incomplete gamma function', () => {
  it('is the chance of less than n Poisson events', () => {
    fc.assert(
      fc.property(fc.integer({ min: 1, max: 30 }), fc.double({ min: 0.01, max: 60, noNaN: true }), (n, x) => {
        let term = Math.exp(-x);
        let sum = 0;
        for (let k = 0; k < n; k += 1) {
          sum += term;
          term *= x / (k + 1);
        }
        expect(upperGamma(n, x)).toBeCloseTo(sum, 12);
      }),
    );
  });

  it.each([
    [3.841_458_820_694_124, 1, 0.05],
    [9.487_729_036_781_154, 4, 0.05],
    [23.209_251_158_954_356, 10, 0.01],
  ])('puts the chi-square value %d of %d degrees at %d', (value, degrees, tail) => {
    expect(chiSquareTail(value, degrees)).toBeCloseTo(tail, 12);
  });

  it('refuses what is not defined', () => {
    expect(() => upperGamma(0, 1)).toThrow(/not defined/);
    expect(() => upperGamma(1, -1)).toThrow(/not defined/);
  });
});

describe('the normal distribution', () => {
  it.each([
    [0.5, 0],
    [0.95, 1.644_853_626_951_472],
    [0.975, 1.959_963_984_540_054],
    [1e-9, -5.997_807_015_007_687],
  ])('has quantile %d at %d', (p, z) => {
    expect(normalQuantile(p)).toBeCloseTo(z, 11);
  });

  it('finds the way back from every quantile', () => {
    fc.assert(
      fc.property(fc.double({ min: 1e-12, max: 1 - 1e-12, noNaN: true }), (p) => {
        expect(normalCdf(normalQuantile(p))).toBeCloseTo(p, 12);
      }),
    );
  });

  it.each([0, 1, -0.1, Number.NaN])('has no quantile at %d', (p) => {
    expect(() => normalQuantile(p)).toThrow(/between 0 and 1/);
  });
});
