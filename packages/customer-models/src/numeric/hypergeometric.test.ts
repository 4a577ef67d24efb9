import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { hypergeometric2F1 } from './hypergeometric.ts';
import { logBeta } from './log-gamma.ts';
import { integrate01 } from './testing/quadrature.ts';

const between = (min: number, max: number): fc.Arbitrary<number> => fc.double({ min, max, noNaN: true });
const relative = (value: number, expected: number): number => Math.abs(value / expected - 1);

describe('2F1', () => {
  it('is −ln(1 − z)/z at (1, 1; 2)', () => {
    for (const z of [-50, -0.7, 0.1, 0.5, 0.9, 0.999]) {
      expect(relative(hypergeometric2F1(1, 1, 2, z), -Math.log(1 - z) / z)).toBeLessThan(1e-12);
    }
  });

  it('is a power where b = c', () => {
    fc.assert(
      fc.property(between(-5, 5), between(0.1, 5), between(-20, 0.99), (a, b, z) => {
        // Terms about 1 may cancel down to less: their rounding is what the error is measured against.
        const expected = (1 - z) ** -a;
        expect(Math.abs(hypergeometric2F1(a, b, b, z) - expected) / Math.max(1, expected)).toBeLessThan(1e-10);
      }),
    );
  });

  it("is Euler's integral (DLMF 15.6.1)", () => {
    fc.assert(
      fc.property(between(0.1, 6), between(0.5, 6), between(0.5, 6), between(-5, 0.95), (a, b, excess, z) => {
        const integral = integrate01((t, rest) => t ** (b - 1) * rest ** (excess - 1) * (1 - z * t) ** -a);
        const value = integral / Math.exp(logBeta(b, excess));
        expect(relative(hypergeometric2F1(a, b, b + excess, z), value)).toBeLessThan(1e-8);
      }),
      { numRuns: 50 },
    );
  });

  it('ends early where the series is a polynomial', () => {
    expect(hypergeometric2F1(-2, 3, 4, 0.5)).toBeCloseTo(1 - (2 * 3 * 0.5) / 4 + (2 * 3 * 4 * 0.25) / (4 * 5 * 2), 14);
  });

  it.each([
    [1, 1, 2, 1],
    [1, 1, 0, 0.5],
    [1, 1, -3, 0.5],
    [1, Number.NaN, 2, 0.5],
  ])('refuses (%d, %d; %d; %d)', (a, b, c, z) => {
    expect(() => hypergeometric2F1(a, b, c, z)).toThrow(/needs z < 1/);
  });
});
