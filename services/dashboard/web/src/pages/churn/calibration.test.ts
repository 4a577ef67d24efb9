import { expect, test } from 'vitest';
import { calibrationWords, isKept } from './calibration.ts';

const bin = (predicted: number, observed: number) => ({
  bin: 1,
  customers: 100,
  predicted,
  observed,
  low: observed - 0.05,
  high: observed + 0.05,
});

test('a promise outside of the interval is not kept', () => {
  expect(isKept(bin(0.2, 0.24))).toBe(true);
  expect(isKept(bin(0.2, 0.26))).toBe(false);
});

test('the picture says how many promises were kept, and how far scores tell apart', () => {
  expect(calibrationWords([bin(0.1, 0.08), bin(0.5, 0.6)])).toBe(
    'In 1 of 2 tenths the promised share lies within the 90 % interval of the observed one. Observed: 8.0% of the lowest scores, 60.0% of the highest.',
  );
  expect(calibrationWords([])).toBe('No customer was tested.');
});
