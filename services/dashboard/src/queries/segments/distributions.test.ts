import { expect, test } from 'vitest';
import { binsOf } from './distributions.ts';

test('bins between the filled ones are there, those outside are not', () => {
  const customers = new Map([
    [1, 4],
    [3, 2],
  ]);
  expect(binsOf([0, 1, 2, 5, 10, 20], customers)).toEqual([
    { from: 1, to: 2, customers: 4 },
    { from: 2, to: 5, customers: 0 },
    { from: 5, to: 10, customers: 2 },
  ]);
});

test('the first has no lower end, the last no upper one', () => {
  expect(
    binsOf(
      [0, 1],
      new Map([
        [-1, 1],
        [1, 2],
      ]),
    ),
  ).toEqual([
    { from: null, to: 0, customers: 1 },
    { from: 0, to: 1, customers: 0 },
    { from: 1, to: null, customers: 2 },
  ]);
});

test('nobody has no bins', () => {
  expect(binsOf([0, 1], new Map())).toEqual([]);
});
