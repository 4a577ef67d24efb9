import { expect, test } from 'vitest';
import { Allowance } from './allowance.ts';

const turns = (costSeconds: number, cycles: number): number[] => {
  const allowance = new Allowance();
  return Array.from({ length: cycles }, (_, cycle) => cycle).filter(() => {
    if (!allowance.isDue(0.75)) return false;
    allowance.spend(costSeconds);
    return true;
  });
};

test('a check that costs no more than its share runs in every cycle', () => {
  expect(turns(0.75, 4)).toEqual([0, 1, 2, 3]);
});

test('one that costs more runs the less often, and always again', () => {
  expect(turns(3, 9)).toEqual([0, 4, 8]);
  expect(turns(30, 90)).toEqual([0, 40, 80]);
});
