import { SeededRandom } from '@ebb/core';
import { describe, expect, it } from 'vitest';
import { fitBgNbd } from './bg-nbd.ts';
import { checkFit, type FitCheck } from './fit-check.ts';
import { fitGammaGamma } from './gamma-gamma.ts';
import { purchaseHistories } from './purchase-histories.ts';
import { simulateBook } from './testing/simulated-book.ts';

function checkOf(world: 'bgnbd' | 'seasonal', seed: number): FitCheck {
  const book = simulateBook(new SeededRandom(seed), { customers: 3_000, acquisitionDays: 200, lastDay: 730, world });
  const histories = purchaseHistories(book, { calibrationEndDay: 550 });
  return checkFit(histories, { purchases: fitBgNbd(histories), spend: fitGammaGamma(histories) });
}

describe('the check of the fit', () => {
  it.each([1, 2, 3])('finds nothing in a world that is as assumed (seed %d)', (seed) => {
    const check = checkOf('bgnbd', seed);
    expect(check.findings).toEqual([]);
    expect(check.isPoor).toBe(false);
    expect(Math.abs(check.holdout?.error ?? 1)).toBeLessThan(0.06);
  });

  it.each([1, 2, 3])(
    'says what is wrong in one of seasons and of lifetimes and spend of another kind (seed %d)',
    (seed) => {
      const check = checkOf('seasonal', seed);
      expect(check.isPoor).toBe(true);
      expect(check.findings.join('\n')).toMatch(/seasons or a trend/);
      expect(check.findings.join('\n')).toMatch(/goes with frequency/);
    },
  );

  it('accounts for every purchase, once', () => {
    const { histogram, tracking, holdout } = checkOf('bgnbd', 4);
    expect(histogram.bins.reduce((sum, bin) => sum + bin.actual, 0)).toBe(3_000);
    expect(histogram.bins.reduce((sum, bin) => sum + bin.expected, 0)).toBeCloseTo(3_000, 6);
    const later = tracking.periods.filter(({ isHoldout }) => isHoldout);
    expect(later.reduce((sum, period) => sum + period.actual, 0)).toBe(holdout?.actual);
    expect(holdout?.groups.reduce((sum, group) => sum + group.customers, 0)).toBe(3_000);
    expect(holdout?.groups.reduce((sum, group) => sum + group.expected, 0)).toBeCloseTo(holdout?.expected ?? 0, 8);
  });

  it('has no hold-out where the data end with the calibration', () => {
    const book = simulateBook(new SeededRandom(5), {
      customers: 500,
      acquisitionDays: 90,
      lastDay: 365,
      world: 'bgnbd',
    });
    const histories = purchaseHistories(book, { calibrationEndDay: 365 });
    const check = checkFit(histories, { purchases: fitBgNbd(histories), spend: null });
    expect(check.holdout).toBeNull();
    expect(check.tracking.holdoutError).toBeNull();
  });
});
