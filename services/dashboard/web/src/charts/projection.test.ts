import { expect, test } from 'vitest';
import { seenFrom, unitScale } from './projection.ts';

const rounded = (value: number): number => Math.round(value * 1e9) / 1e9 + 0;
const seen = (turn: number, tilt: number, point: { x: number; y: number; z: number }): number[] => {
  const { right, up, near } = seenFrom({ turn, tilt })(point);
  return [right, up, near].map(rounded);
};

test('from the front x is right, y is up, z is near', () => {
  expect(seen(0, 0, { x: 1, y: 0.5, z: 0.5 })).toEqual([0.5, 0, 0]);
  expect(seen(0, 0, { x: 0.5, y: 1, z: 0.5 })).toEqual([0, 0.5, 0]);
  expect(seen(0, 0, { x: 0.5, y: 0.5, z: 1 })).toEqual([0, 0, 0.5]);
});

test('a quarter turn puts z on the right; from the top y is near and z is below', () => {
  expect(seen(90, 0, { x: 0.5, y: 0.5, z: 1 })).toEqual([0.5, 0, 0]);
  expect(seen(0, 90, { x: 0.5, y: 1, z: 0.5 })).toEqual([0, 0, 0.5]);
  expect(seen(0, 90, { x: 0.5, y: 0.5, z: 1 })).toEqual([0, -0.5, 0]);
});

test('turning changes no distance', () => {
  const { right, up, near } = seenFrom({ turn: 37, tilt: 21 })({ x: 0.9, y: 0.1, z: 0.4 });
  expect(Math.hypot(right, up, near)).toBeCloseTo(Math.hypot(0.4, -0.4, -0.1), 12);
});

test('a scale fills the edge, and spreads what lies close to zero by logarithm', () => {
  const even = unitScale([0, 5, 10], false);
  expect([even(0), even(5), even(10)]).toEqual([0, 0.5, 1]);
  const log = unitScale([0, 10, 1000], true);
  expect(log(1000)).toBe(1);
  expect(log(10)).toBeGreaterThan(0.3);
  expect(unitScale([], true)(3)).toBe(0);
});
