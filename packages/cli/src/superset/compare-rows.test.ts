import { expect, test } from 'vitest';
import { differenceOf } from './compare-rows.ts';

test('rows are compared by what they hold, whatever their order', () => {
  expect(
    differenceOf(
      [
        ['a', 1],
        ['b', 2],
      ],
      [
        ['b', '2'],
        ['a', '1.00'],
      ],
    ),
  ).toBeNull();
  expect(differenceOf([[null]], [[null]])).toBeNull();
  expect(differenceOf([[1792972800000, 3]], [['2026-10-26', '3']])).toBeNull();
  expect(differenceOf([[1792972860000, 3]], [[new Date(1792972860000), 3]])).toBeNull();
});

test('another figure, a row less, a name or an unknown figure is told', () => {
  expect(differenceOf([['a', 1]], [['a', 1.01]])).toContain('the statement has ["a",1.01]');
  expect(differenceOf([['a', 1]], [])).toBe('1 rows, the statement has 0');
  expect(differenceOf([['a', 1]], [['b', 1]])).not.toBeNull();
  expect(differenceOf([['a', null]], [['a', 0]])).not.toBeNull();
});

test('sums of floats may differ in their last digits', () => {
  expect(differenceOf([['x', 0.1 + 0.2]], [['x', 0.3]])).toBeNull();
});
