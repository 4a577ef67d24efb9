import fc from 'fast-check';
import { expect, test } from 'vitest';
import { layeredLayout } from './layered-layout.ts';
import { neighbourAt } from './keys.ts';
import { type Edge, reach } from './reach.ts';

const edge = (text: string): Edge => ({ from: text[0] ?? '', to: text[1] ?? '' });
const DIAMOND = ['ab', 'ac', 'bd', 'cd', 'ad', 'xd'].map(edge);

test('a node stands behind the longest way to it', () => {
  const places = layeredLayout(['a', 'b', 'c', 'd', 'x'], DIAMOND);
  expect([...places].map(([id, { layer }]) => `${id}${layer}`).toSorted()).toEqual(['a0', 'b1', 'c1', 'd2', 'x0']);
});

test('what is joined stands side by side', () => {
  const places = layeredLayout(['a', 'b', 'c', 'p', 'q', 'r'], ['ar', 'bq', 'cp'].map(edge));
  const rows = (ids: string[]): (number | undefined)[] => ids.map((id) => places.get(id)?.row);
  expect(rows(['r', 'q', 'p'])).toEqual(rows(['a', 'b', 'c']));
});

const acyclic = fc
  .array(fc.tuple(fc.nat(15), fc.nat(15)), { maxLength: 40 })
  .map((pairs) =>
    pairs.filter(([a, b]) => a !== b).map(([a, b]) => ({ from: `n${Math.min(a, b)}`, to: `n${Math.max(a, b)}` })),
  );
const IDS = Array.from({ length: 16 }, (_, index) => `n${index}`);

test('every edge leads to the right and no two nodes stand in one place', () => {
  fc.assert(
    fc.property(acyclic, (edges) => {
      const places = layeredLayout(IDS, edges);
      const layer = (id: string): number => places.get(id)?.layer ?? 0;
      expect(edges.filter(({ from, to }) => layer(from) >= layer(to))).toEqual([]);
      expect(new Set([...places.values()].map((place) => `${place.layer} ${place.row}`)).size).toBe(IDS.length);
    }),
  );
});

test('a circle has an end', () => {
  const places = layeredLayout(['a', 'b', 'c'], ['ab', 'bc', 'ca'].map(edge));
  expect(places.size).toBe(3);
  expect(reach(['ab', 'bc', 'ca'].map(edge), 'a', 'down')).toEqual(new Set(['b', 'c']));
});

test('upstream and downstream go all the way, and no further', () => {
  expect(reach(DIAMOND, 'b', 'up')).toEqual(new Set(['a']));
  expect(reach(DIAMOND, 'a', 'down')).toEqual(new Set(['b', 'c', 'd']));
  expect(reach(DIAMOND, 'd', 'up')).toEqual(new Set(['a', 'b', 'c', 'x']));
});

test('arrows go to the next row, and to the nearest node one layer on', () => {
  const places = new Map([
    ['a', { layer: 0, row: 0 }],
    ['b', { layer: 0, row: 1 }],
    ['c', { layer: 1, row: 0 }],
    ['d', { layer: 1, row: 1 }],
  ]);
  const edges = ['ad', 'bc'].map(edge);
  expect(neighbourAt(places, edges, 'a', 'ArrowDown')).toBe('b');
  expect(neighbourAt(places, edges, 'a', 'ArrowRight')).toBe('d');
  expect(neighbourAt(places, edges, 'c', 'ArrowLeft')).toBe('b');
  expect(neighbourAt(places, edges, 'a', 'ArrowUp')).toBeNull();
  expect(neighbourAt(places, edges, 'd', 'ArrowRight')).toBeNull();
});
