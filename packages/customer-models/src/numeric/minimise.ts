import { inversePositiveDefinite, quadraticForm, type SquareMatrix } from './symmetric-matrix.ts';

/** Value of a smooth function at a point; writes its gradient. NaN or Infinity: the point is outside of its domain. */
export type Objective = (point: Float64Array, gradient: Float64Array) => number;

export interface MinimiseOptions {
  readonly maxIterations?: number;
  /** Ends when no component of the gradient exceeds this. */
  readonly gradientTolerance?: number;
  /** No step is longer than this in any coordinate. */
  readonly maxStep?: number;
  /** Coordinates beyond this size end the search: the function has no minimum nearby. */
  readonly bound?: number;
}

export interface Minimum {
  readonly point: Float64Array;
  readonly value: number;
  readonly gradient: Float64Array;
  readonly iterations: number;
  /** `gradient`: flat to the tolerance. `stalled`: no further descent in floating point. `bound`, `iterations`: given up. */
  readonly end: 'gradient' | 'stalled' | 'bound' | 'iterations';
}

interface State {
  point: Float64Array;
  gradient: Float64Array;
  value: number;
}

const SUFFICIENT_DECREASE = 1e-4;
const SMALLEST_STEP = 1e-14;

/**
 * BFGS with a backtracking line search and quadratic interpolation (Nocedal & Wright, Numerical Optimization, 2nd ed.,
 * algorithms 6.1 and 3.1, equation 3.57). Deterministic. Meant for a handful of parameters of order one, such as
 * logarithms.
 */
export function minimise(objective: Objective, start: ArrayLike<number>, options: MinimiseOptions = {}): Minimum {
  const { maxIterations = 500, gradientTolerance = 1e-9, maxStep = 2, bound = 30 } = options;
  const size = start.length;
  let state = evaluate(objective, Float64Array.from(start));
  let inverse = identity(size);
  for (let iterations = 0; ; iterations += 1) {
    const found = (end: Minimum['end']): Minimum => ({ ...state, iterations, end });
    if (largest(state.gradient) <= gradientTolerance) return found('gradient');
    if (iterations === maxIterations || !Number.isFinite(state.value)) return found('iterations');
    if (largest(state.point) > bound) return found('bound');
    let direction = descentDirection(inverse, state.gradient);
    if (dot(direction, state.gradient) >= 0) {
      inverse = identity(size);
      direction = state.gradient.map((slope) => -slope);
    }
    const next = lineSearch(objective, state, shortened(direction, maxStep));
    if (next === null) {
      if (isIdentity(inverse)) return found('stalled');
      // The curvature learnt so far may mislead: once more along the gradient itself.
      inverse = identity(size);
      continue;
    }
    inverse = updated(inverse, state, next);
    state = next;
  }
}

/** Central differences of the gradient, symmetrised (Nocedal & Wright, section 8.1). Step for coordinates of order one. */
export function hessianByDifferences(objective: Objective, point: ArrayLike<number>, step = 1e-5): number[][] {
  const size = point.length;
  const columns = Array.from({ length: size }, (_, index) => {
    const slope = (shift: number): Float64Array => {
      const moved = Float64Array.from(point);
      moved[index] = (moved[index] as number) + shift;
      return evaluate(objective, moved).gradient;
    };
    const [up, down] = [slope(step), slope(-step)];
    return Array.from(up, (value, row) => (value - (down[row] as number)) / (2 * step));
  });
  return columns.map((column, i) => column.map((value, j) => (value + ((columns[j] as number[])[i] as number)) / 2));
}

/**
 * What a Newton step would still gain: ½ gᵀ H⁻¹ g (Boyd & Vandenberghe, Convex Optimization, equation 9.30), in units of
 * the function; null where the Hessian is not positive definite, that is, at no minimum.
 */
export function newtonGain(hessian: SquareMatrix, gradient: ArrayLike<number>): number | null {
  const inverse = inversePositiveDefinite(hessian);
  return inverse === null ? null : quadraticForm(inverse, gradient) / 2;
}

function evaluate(objective: Objective, point: Float64Array): State {
  const gradient = new Float64Array(point.length);
  const value = objective(point, gradient);
  return { point, gradient, value };
}

function lineSearch(objective: Objective, from: State, direction: Float64Array): State | null {
  const slope = dot(direction, from.gradient);
  for (let step = 1; step > SMALLEST_STEP;) {
    const next = evaluate(
      objective,
      from.point.map((x, i) => x + step * (direction[i] as number)),
    );
    const isFinite = Number.isFinite(next.value) && next.gradient.every((g) => Number.isFinite(g));
    if (isFinite && next.value <= from.value + SUFFICIENT_DECREASE * step * slope && next.value < from.value) {
      return next;
    }
    const interpolated = isFinite ? (-slope * step * step) / (2 * (next.value - from.value - slope * step)) : 0;
    step = Math.min(Math.max(interpolated, step * 0.1), step * 0.5);
  }
  return null;
}

function updated(inverse: number[][], from: State, to: State): number[][] {
  const s = to.point.map((x, i) => x - (from.point[i] as number));
  const y = to.gradient.map((g, i) => g - (from.gradient[i] as number));
  const sy = dot(s, y);
  // Without curvature along the step the update would not stay positive definite.
  if (sy <= 1e-12 * Math.sqrt(dot(s, s) * dot(y, y))) return inverse;
  const base = isIdentity(inverse) ? scaledIdentity(s.length, sy / dot(y, y)) : inverse;
  const by = base.map((row) => dot(row, y));
  const factor = (1 + dot(by, y) / sy) / sy;
  return base.map((row, i) =>
    row.map((value, j) => {
      const [si, sj] = [s[i] as number, s[j] as number];
      return value + factor * si * sj - ((by[i] as number) * sj + si * (by[j] as number)) / sy;
    }),
  );
}

function descentDirection(inverse: readonly (readonly number[])[], gradient: Float64Array): Float64Array {
  return Float64Array.from(inverse, (row) => -dot(row, gradient));
}

function shortened(direction: Float64Array, maxStep: number): Float64Array {
  const longest = largest(direction);
  return longest <= maxStep ? direction : direction.map((value) => (value * maxStep) / longest);
}

function identity(size: number): number[][] {
  return scaledIdentity(size, 1);
}

function scaledIdentity(size: number, scale: number): number[][] {
  return Array.from({ length: size }, (_, i) => Array.from({ length: size }, (__, j) => (i === j ? scale : 0)));
}

function isIdentity(matrix: readonly (readonly number[])[]): boolean {
  return matrix.every((row, i) => row.every((value, j) => value === (i === j ? 1 : 0)));
}

function dot(a: ArrayLike<number>, b: ArrayLike<number>): number {
  let sum = 0;
  for (let i = 0; i < a.length; i += 1) sum += (a[i] as number) * (b[i] as number);
  return sum;
}

function largest(values: Float64Array): number {
  let most = 0;
  for (const value of values) most = Math.max(most, Math.abs(value));
  return most;
}
