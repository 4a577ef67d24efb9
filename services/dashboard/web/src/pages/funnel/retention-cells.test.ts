import { expect, test } from 'vitest';
import { rateText, shadeOf } from './retention-cells.ts';

const cell = (since: number, rate: number | null, isComplete = true) => ({ since, active: 1, rate, isComplete });

test('a period that still runs gives a lower bound', () => {
  expect(rateText(cell(1, 0.25))).toBe('25.0%');
  expect(rateText(cell(1, 0.25, false))).toBe('≥ 25.0%');
  expect(rateText(cell(1, null))).toBe('–');
});

test('half of a cohort and more is the strongest shade; the first period has none', () => {
  expect([0, 0.01, 0.2, 0.4, 0.5, 1].map((rate) => shadeOf(cell(2, rate)))).toEqual([0, 1, 2, 4, 4, 4]);
  expect(shadeOf(cell(0, 1))).toBe(0);
});
