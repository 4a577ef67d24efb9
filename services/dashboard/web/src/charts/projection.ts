/** A point of the unit cube. */
export interface Point3 {
  readonly x: number;
  readonly y: number;
  readonly z: number;
}

export interface Turn {
  /** Degrees around the upright axis. */
  readonly turn: number;
  /** Degrees from the side (0) to the top (90). */
  readonly tilt: number;
}

/** Where a point is seen: right and up of the middle, and how near, in edges of the cube. */
export interface Seen {
  readonly right: number;
  readonly up: number;
  readonly near: number;
}

/** Seen from afar (orthographic): equal distances stay equal wherever they are. `y` is upright. */
export function seenFrom({ turn, tilt }: Turn): (point: Point3) => Seen {
  const [sinTurn, cosTurn] = sinCos(turn);
  const [sinTilt, cosTilt] = sinCos(tilt);
  return (point) => {
    const x = point.x - 0.5;
    const y = point.y - 0.5;
    const z = point.z - 0.5;
    const right = x * cosTurn + z * sinTurn;
    const depth = z * cosTurn - x * sinTurn;
    return { right, up: y * cosTilt - depth * sinTilt, near: depth * cosTilt + y * sinTilt };
  };
}

/** Places values from 0 to their greatest on 0 to 1; by logarithm where few are far above the others. */
export function unitScale(values: readonly number[], isLogarithmic: boolean): (value: number) => number {
  const place = (value: number): number => (isLogarithmic ? Math.log1p(Math.max(0, value)) : Math.max(0, value));
  const greatest = values.reduce((most, value) => Math.max(most, place(value)), 0);
  return (value) => (greatest === 0 ? 0 : place(value) / greatest);
}

function sinCos(degrees: number): [sin: number, cos: number] {
  const radians = (degrees * Math.PI) / 180;
  return [Math.sin(radians), Math.cos(radians)];
}
