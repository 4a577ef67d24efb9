import { SeededRandom } from '@ebb/core';
import fc from 'fast-check';
import { expect, test } from 'vitest';
import { SumTree } from './sum-tree.ts';
import { TimeQueue } from './time-queue.ts';
import { Ids } from './ids.ts';

test('a queue gives its items back by time', () => {
  fc.assert(
    fc.property(fc.array(fc.integer({ min: 0, max: 50 })), (times) => {
      const queue = new TimeQueue<number>();
      for (const time of times) queue.push(time, time);
      const out: number[] = [];
      while (queue.size > 0) {
        expect(queue.nextTime()).toBe(times.toSorted((a, b) => a - b)[out.length]);
        out.push(queue.pop());
      }
      expect(out).toEqual(times.toSorted((a, b) => a - b));
    }),
  );
});

test('a sum tree finds the item at a running total, as a plain scan does', () => {
  const weights = fc.array(fc.integer({ min: 0, max: 9 }), { minLength: 1, maxLength: 70 });
  fc.assert(
    fc.property(weights, fc.double({ min: 0, max: 0.999, noNaN: true }), (list, share) => {
      const total = list.reduce((sum, weight) => sum + weight, 0);
      fc.pre(total > 0);
      const tree = new SumTree(list.length);
      for (const [index, weight] of list.entries()) tree.add(index, weight + 1);
      for (const index of list.keys()) tree.add(index, -1);
      const target = share * total;
      let passed = 0;
      const expected = list.findIndex((weight) => (passed += weight) > target);
      expect(tree.find(target)).toBe(expected);
    }),
  );
});

test('ids are UUIDs of version 7 that carry the time', () => {
  const ids = new Ids(new SeededRandom('ids'));
  const timeMs = Date.UTC(2026, 10, 21, 12, 30, 15, 7);
  const id = ids.next(timeMs + 0.75);
  expect(id).toMatch(/^[0-9a-f]{8}-[0-9a-f]{4}-7[0-9a-f]{3}-[89ab][0-9a-f]{3}-[0-9a-f]{12}$/);
  expect(Number.parseInt(id.replaceAll('-', '').slice(0, 12), 16)).toBe(timeMs);
  expect(ids.next(timeMs)).not.toBe(id);
  expect(ids.timestamp(timeMs)).toBe('2026-11-21T12:30:15.007Z');
});
