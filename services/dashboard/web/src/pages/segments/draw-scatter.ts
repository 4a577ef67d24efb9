import { FONT } from '../../charts/plot-options.ts';
import { type Point3, type Seen, seenFrom, type Turn, unitScale } from '../../charts/projection.ts';
import type { SegmentPoints } from '../../api-types.ts';
import { token } from '../../theme.ts';

/** Customers in the cube: days since purchase to the right, value up, invoices to the front. */
export interface Cloud {
  readonly places: readonly Point3[];
  /** Token of each point's colour. */
  readonly colours: readonly string[];
  readonly isFaint: readonly boolean[];
}

/** Value and invoices are spread by logarithm: a few customers are far above all others. */
export function cloudOf(points: SegmentPoints, colourOf: (segment: string) => string, chosen: string | null): Cloud {
  const recency = unitScale(points.recency, false);
  const monetary = unitScale(points.monetary, true);
  const frequency = unitScale(points.frequency, true);
  const names = points.segment.map((index) => points.segments[index] ?? '');
  return {
    places: points.recency.map((value, index) => ({
      x: recency(value),
      y: monetary(points.monetary[index] ?? 0),
      z: frequency(points.frequency[index] ?? 0),
    })),
    colours: names.map(colourOf),
    isFaint: names.map((name) => chosen !== null && name !== chosen),
  };
}

const AXES: readonly { from: Point3; to: Point3; label: string }[] = [
  { from: { x: 0, y: 0, z: 0 }, to: { x: 1, y: 0, z: 0 }, label: 'Recency, days' },
  { from: { x: 0, y: 0, z: 0 }, to: { x: 0, y: 1, z: 0 }, label: 'Monetary (log)' },
  { from: { x: 0, y: 0, z: 0 }, to: { x: 0, y: 0, z: 1 }, label: 'Frequency (log)' },
];

const CORNERS: readonly Point3[] = [0, 1].flatMap((x) => [0, 1].flatMap((y) => [0, 1].map((z) => ({ x, y, z }))));

/** Draws the cloud in CSS pixels of a canvas that is already scaled to the screen. */
export function drawScatter(
  context: CanvasRenderingContext2D,
  cloud: Cloud,
  turn: Turn,
  size: { width: number; height: number },
): void {
  const { width, height } = size;
  // The longest diagonal of the cube fits whichever way it is turned.
  const edge = Math.min(width, height) / 1.75;
  const see = seenFrom(turn);
  const at = (seen: Seen): [number, number] => [width / 2 + seen.right * edge, height / 2 - seen.up * edge];
  context.clearRect(0, 0, width, height);
  drawCube(context, see, at);
  drawPoints(context, cloud, see, at);
  drawLabels(context, see, at);
}

type See = (point: Point3) => Seen;
type At = (seen: Seen) => [number, number];

function drawCube(context: CanvasRenderingContext2D, see: See, at: At): void {
  context.strokeStyle = token('--line');
  context.lineWidth = 1;
  for (const from of CORNERS) {
    for (const to of CORNERS) {
      const steps = to.x - from.x + (to.y - from.y) + (to.z - from.z);
      const isEdge = steps === 1 && to.x >= from.x && to.y >= from.y && to.z >= from.z;
      if (isEdge) line(context, at(see(from)), at(see(to)));
    }
  }
  context.strokeStyle = token('--line-strong');
  for (const { from, to } of AXES) line(context, at(see(from)), at(see(to)));
}

function line(context: CanvasRenderingContext2D, from: [number, number], to: [number, number]): void {
  context.beginPath();
  context.moveTo(...from);
  context.lineTo(...to);
  context.stroke();
}

/** Farthest first, so that near ones are on top; those of other segments than the chosen one are faint. */
function drawPoints(context: CanvasRenderingContext2D, cloud: Cloud, see: See, at: At): void {
  const colours = new Map([...new Set(cloud.colours)].map((name) => [name, token(name)]));
  const seen = cloud.places.map((place, index) => ({ ...see(place), index }));
  for (const point of seen.toSorted((one, other) => one.near - other.near)) {
    const [x, y] = at(point);
    context.globalAlpha = cloud.isFaint[point.index] === true ? 0.07 : 0.62;
    context.fillStyle = colours.get(cloud.colours[point.index] ?? '') ?? '';
    context.beginPath();
    context.arc(x, y, 2.1 + point.near, 0, Math.PI * 2);
    context.fill();
  }
  context.globalAlpha = 1;
}

function drawLabels(context: CanvasRenderingContext2D, see: See, at: At): void {
  context.font = FONT;
  context.fillStyle = token('--text-soft');
  context.textAlign = 'center';
  for (const { to, label } of AXES) {
    const [x, y] = at(see({ x: to.x * 1.08, y: to.y * 1.06, z: to.z * 1.08 }));
    context.fillText(label, x, y);
  }
}
