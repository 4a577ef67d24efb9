import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { downwards, sideways } from './geometry.ts';
import { ARROWS } from './keys.ts';

const BOX_WIDTH = 120;
/** Layers of so many rows each. */
const layers = fc.array(fc.integer({ min: 1, max: 6 }), { minLength: 1, maxLength: 12 });
const placesOf = (rows: readonly number[]) =>
  rows.flatMap((count, layer) => Array.from({ length: count }, (_, row) => ({ layer, row })));

describe.each([sideways, downwards])('$name', (layout) => {
  test('no two boxes touch, and all are inside', () => {
    fc.assert(
      fc.property(layers, (rows) => {
        const places = placesOf(rows);
        const geometry = layout(places, BOX_WIDTH);
        const corners = places.map(geometry.cornerOf);
        for (const [index, { x, y }] of corners.entries()) {
          expect(Math.min(x, y)).toBeGreaterThan(0);
          expect(x + BOX_WIDTH).toBeLessThan(geometry.width);
          expect(y + geometry.boxHeight).toBeLessThan(geometry.height);
          const touching = corners
            .slice(index + 1)
            .filter((other) => Math.abs(other.x - x) <= BOX_WIDTH && Math.abs(other.y - y) <= geometry.boxHeight);
          expect(touching).toEqual([]);
        }
      }),
    );
  });

  test('an arrow key leads to where it points', () => {
    const places = placesOf([3, 3, 3]);
    const { cornerOf, meaning } = layout(places, BOX_WIDTH);
    const here = { layer: 1, row: 1 };
    const steps = {
      ArrowUp: { layer: 1, row: 0 },
      ArrowDown: { layer: 1, row: 2 },
      ArrowLeft: { layer: 0, row: 1 },
      ArrowRight: { layer: 2, row: 1 },
    };
    const led = ARROWS.map((pressed) => {
      const [from, to] = [cornerOf(here), cornerOf(steps[meaning(pressed)])];
      return [Math.sign(to.x - from.x), Math.sign(to.y - from.y)];
    });
    expect(led).toEqual([
      [0, -1],
      [0, 1],
      [-1, 0],
      [1, 0],
    ]);
  });
});

test('a line begins at the side of a box that looks at the other one', () => {
  const places = placesOf([1, 1]);
  expect(sideways(places, BOX_WIDTH).curve({ layer: 0, row: 0 }, { layer: 1, row: 0 })).toMatch(/^M128 20C.* 180 20$/);
  expect(downwards(places, BOX_WIDTH).curve({ layer: 0, row: 0 }, { layer: 1, row: 0 })).toMatch(/^M68 32C.* 68 52$/);
});
