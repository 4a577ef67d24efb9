import { expect, test } from 'vitest';
import { Stalls } from './stalls.ts';

const at = (values: Record<string, bigint>): Map<string, bigint> => new Map(Object.entries(values));

test('as long as a number rises, however slowly, it is not stuck', () => {
  const stalls = new Stalls(1_000);
  for (let n = 0; n < 100; n += 1) expect(stalls.stuck(at({ web: BigInt(n) }), n * 1_000)).toEqual([]);
});

test('a number that stays or falls is stuck once the limit has passed, whatever others do', () => {
  const stalls = new Stalls(1_000);
  expect(stalls.stuck(at({ web: 1n, orders: 5n }), 10_000)).toEqual([]);
  expect(stalls.stuck(at({ web: 2n, orders: 4n }), 11_000)).toEqual([]);
  expect(stalls.stuck(at({ web: 3n, orders: 5n }), 11_001)).toEqual(['orders']);
  expect(stalls.stuck(at({ web: 4n, orders: 6n }), 11_002)).toEqual([]);
});

test('one that had arrived has all the time again when more comes', () => {
  const stalls = new Stalls(1_000);
  stalls.stuck(at({ orders: 5n }), 0);
  expect(stalls.stuck(at({}), 900)).toEqual([]);
  expect(stalls.stuck(at({ orders: 5n }), 60_000)).toEqual([]);
  expect(stalls.stuck(at({ orders: 5n }), 61_001)).toEqual(['orders']);
});
