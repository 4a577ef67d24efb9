import type { Arrow } from './keys.ts';
import type { Place } from './layered-layout.ts';

interface Point {
  readonly x: number;
  readonly y: number;
}

/** Where a graph's boxes and lines stand, in pixels. */
export interface Geometry {
  readonly width: number;
  readonly height: number;
  readonly boxWidth: number;
  readonly boxHeight: number;
  /** Upper left. */
  readonly cornerOf: (place: Place) => Point;
  /** The line from a box to one that is made of it, as the data of a path. */
  readonly curve: (from: Place, to: Place) => string;
  /** The arrow key that would lead there if layers went from left to right. */
  readonly meaning: (pressed: Arrow) => Arrow;
}

const BOX_HEIGHT = 24;
const MARGIN = 8;
const LEAST_BEND = 24;

/** Layers from left to right, for graphs of many rows. */
export function sideways(places: readonly Place[], boxWidth: number): Geometry {
  const step = { x: boxWidth + 52, y: BOX_HEIGHT + 8 };
  const cornerOf = ({ layer, row }: Place): Point => ({ x: MARGIN + layer * step.x, y: MARGIN + row * step.y });
  return {
    ...sizeOf(places.map(cornerOf), boxWidth),
    cornerOf,
    curve: (from, to) => {
      const [start, end] = [cornerOf(from), cornerOf(to)];
      const [x, y] = [start.x + boxWidth, start.y + BOX_HEIGHT / 2];
      const bend = Math.max(LEAST_BEND, (end.x - x) / 2);
      const endY = end.y + BOX_HEIGHT / 2;
      return `M${x} ${y}C${x + bend} ${y} ${end.x - bend} ${endY} ${end.x} ${endY}`;
    },
    meaning: (pressed) => pressed,
  };
}

const TURNED: Readonly<Record<Arrow, Arrow>> = {
  ArrowDown: 'ArrowRight',
  ArrowUp: 'ArrowLeft',
  ArrowRight: 'ArrowDown',
  ArrowLeft: 'ArrowUp',
};

/** Layers one below the other, each in the middle, for graphs of few rows and many layers. */
export function downwards(places: readonly Place[], boxWidth: number): Geometry {
  const step = { x: boxWidth + 16, y: BOX_HEIGHT + 20 };
  const rows = new Map<number, number>();
  for (const { layer, row } of places) rows.set(layer, Math.max(rows.get(layer) ?? 0, row + 1));
  const widest = Math.max(1, ...rows.values());
  const cornerOf = ({ layer, row }: Place): Point => ({
    x: MARGIN + (row + (widest - (rows.get(layer) ?? widest)) / 2) * step.x,
    y: MARGIN + layer * step.y,
  });
  return {
    ...sizeOf(places.map(cornerOf), boxWidth),
    cornerOf,
    curve: (from, to) => {
      const [start, end] = [cornerOf(from), cornerOf(to)];
      const [x, y] = [start.x + boxWidth / 2, start.y + BOX_HEIGHT];
      const bend = Math.max(LEAST_BEND, (end.y - y) / 2);
      const endX = end.x + boxWidth / 2;
      return `M${x} ${y}C${x} ${y + bend} ${endX} ${end.y - bend} ${endX} ${end.y}`;
    },
    meaning: (pressed) => TURNED[pressed],
  };
}

function sizeOf(
  corners: readonly Point[],
  boxWidth: number,
): Pick<Geometry, 'width' | 'height' | 'boxWidth' | 'boxHeight'> {
  return {
    width: Math.max(MARGIN, ...corners.map(({ x }) => x)) + boxWidth + MARGIN,
    height: Math.max(MARGIN, ...corners.map(({ y }) => y)) + BOX_HEIGHT + MARGIN,
    boxWidth,
    boxHeight: BOX_HEIGHT,
  };
}
