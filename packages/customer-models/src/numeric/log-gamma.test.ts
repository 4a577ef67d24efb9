import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { digamma, logBeta, logGamma } from './log-gamma.ts';

const positive = fc.double({ min: 1e-3, max: 1e4, noNaN: true });

describe('ln Γ and ψ', () => {
  it('is the factorial at whole numbers', () => {
    let factorial = 1;
    for (let n = 1; n < 25; n += 1) {
      expect(logGamma(n)).toBeCloseTo(Math.log(factorial), 13);
      factorial *= n;
    }
  });

  it('keeps to the reflection formula, Γ(x) Γ(1 − x) = π/sin πx', () => {
    fc.assert(
      fc.property(fc.double({ min: 1e-6, max: 1 - 1e-6, noNaN: true }), (x) => {
        expect(logGamma(x) + logGamma(1 - x)).toBeCloseTo(Math.log(Math.PI / Math.sin(Math.PI * x)), 9);
      }),
    );
  });

  it('has ψ for its slope', () => {
    fc.assert(
      fc.property(positive, (x) => {
        const step = x * 1e-5;
        const slope = (logGamma(x + step) - logGamma(x - step)) / (2 * step);
        expect(Math.abs(digamma(x) - slope)).toBeLessThan(1e-6 * Math.max(1, Math.abs(slope)));
      }),
    );
  });

  it('knows ψ(1) = −γ and ψ(1/2) = −γ − 2 ln 2', () => {
    const eulerGamma = 0.577_215_664_901_532_9;
    expect(digamma(1)).toBeCloseTo(-eulerGamma, 14);
    expect(digamma(0.5)).toBeCloseTo(-eulerGamma - 2 * Math.log(2), 14);
  });

  it('gives B(a, b) = B(a + 1, b) + B(a, b + 1)', () => {
    fc.assert(
      fc.property(positive, positive, (a, b) => {
        const parts = Math.exp(logBeta(a + 1, b) - logBeta(a, b)) + Math.exp(logBeta(a, b + 1) - logBeta(a, b));
        expect(parts).toBeCloseTo(1, 9);
      }),
    );
  });

  it.each([0, -1, Number.NaN])('has no value at %d', (x) => {
    expect(() => logGamma(x)).toThrow(/positive argument/);
    expect(() => digamma(x)).toThrow(/positive argument/);
  });
});
