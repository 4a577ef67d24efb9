import type { Place } from './layered-layout.ts';
import { type Edge, neighbours } from './reach.ts';

export const ARROWS = ['ArrowUp', 'ArrowDown', 'ArrowLeft', 'ArrowRight'] as const;
export type Arrow = (typeof ARROWS)[number];

/** Where an arrow key leads: up and down within the layer, left and right to the nearest node that is joined. */
export function neighbourAt(
  places: ReadonlyMap<string, Place>,
  edges: readonly Edge[],
  id: string,
  arrow: Arrow,
): string | null {
  const here = places.get(id);
  if (here === undefined) return null;
  if (arrow === 'ArrowUp' || arrow === 'ArrowDown') {
    const row = here.row + (arrow === 'ArrowDown' ? 1 : -1);
    return [...places].find(([, place]) => place.layer === here.layer && place.row === row)?.[0] ?? null;
  }
  const joined = neighbours(edges, arrow === 'ArrowRight' ? 'down' : 'up').get(id) ?? [];
  const distance = (other: string): number => {
    const { layer, row } = places.get(other) ?? { layer: Infinity, row: Infinity };
    return Math.abs(layer - here.layer) * 1000 + Math.abs(row - here.row);
  };
  return joined.toSorted((a, b) => distance(a) - distance(b))[0] ?? null;
}
