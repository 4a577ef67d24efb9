import { dotRow, type SparseRows } from '../features/sparse-rows.ts';
import { solveCholesky } from './cholesky.ts';
import { logistic, logOddsLoss, shareLogOdds } from './logistic-function.ts';

export interface RidgeProblem {
  readonly design: SparseRows;
  readonly labels: Uint8Array;
  /** Rows of the design to learn from. */
  readonly rows: Uint32Array;
}

export interface RidgeFit {
  /** Per column of the design. */
  readonly weights: Float64Array;
  readonly iterations: number;
  readonly isConverged: boolean;
}

const MAX_ITERATIONS = 50;
const MAX_HALVINGS = 20;
/** Of the Newton decrement, in nats of the whole table: what a further step could gain. */
const TOLERANCE = 1e-6;
/** Keeps the matrix definite where a column is constant in these rows. */
const JITTER = 1e-9;

/**
 * Logistic regression with a ridge on all columns but the constant: minimises Σ −log-likelihood + λ/2 Σ β² (le Cessie &
 * van Houwelingen 1992, Applied Statistics 41:191-201) by Newton's method, which is iteratively reweighted least
 * squares (Hastie, Tibshirani & Friedman 2009, section 4.4.1), the step halved while the objective rises.
 */
export function fitRidgeLogistic(problem: RidgeProblem, penalty: number, start?: Float64Array): RidgeFit {
  let weights = start === undefined ? constantOnly(problem) : start.slice();
  let objective = objectiveOf(problem, weights, penalty);
  for (let iteration = 1; iteration <= MAX_ITERATIONS; iteration += 1) {
    const { step, decrement } = newtonStep(problem, weights, penalty);
    if (decrement < TOLERANCE) return { weights, iterations: iteration, isConverged: true };
    const next = lineSearch(problem, { weights, step, objective }, penalty);
    if (next === null) return { weights, iterations: iteration, isConverged: decrement < Math.sqrt(TOLERANCE) };
    ({ weights, objective } = next);
  }
  return { weights, iterations: MAX_ITERATIONS, isConverged: false };
}

function constantOnly({ design, labels, rows }: RidgeProblem): Float64Array {
  const weights = new Float64Array(design.columns);
  let positives = 0;
  for (const row of rows) positives += labels[row] ?? 0;
  weights[0] = shareLogOdds(positives, rows.length);
  return weights;
}

function objectiveOf({ design, labels, rows }: RidgeProblem, weights: Float64Array, penalty: number): number {
  let sum = 0;
  for (const row of rows) sum += logOddsLoss(dotRow(design, row, weights), labels[row] ?? 0);
  return weights.reduce((all, weight, index) => (index === 0 ? all : all + (penalty / 2) * weight * weight), sum);
}

interface Position {
  readonly weights: Float64Array;
  readonly objective: number;
}

function lineSearch(problem: RidgeProblem, from: Position & { step: Float64Array }, penalty: number): Position | null {
  for (let halving = 0, size = 1; halving < MAX_HALVINGS; halving += 1, size /= 2) {
    const weights = from.weights.map((weight, index) => weight - size * (from.step[index] ?? 0));
    const objective = objectiveOf(problem, weights, penalty);
    if (objective <= from.objective) return { weights, objective };
  }
  return null;
}

/** H⁻¹ g, and ½ gᵀ H⁻¹ g. */
function newtonStep(
  problem: RidgeProblem,
  weights: Float64Array,
  penalty: number,
): { step: Float64Array; decrement: number } {
  const columns = weights.length;
  const gradient = new Float64Array(columns);
  const hessian = new Float64Array(columns * columns);
  for (const row of problem.rows) addRow(problem, row, weights, { gradient, hessian });
  for (let column = 0; column < columns; column += 1) {
    const ridge = column === 0 ? 0 : penalty;
    gradient[column] = (gradient[column] ?? 0) + ridge * (weights[column] ?? 0);
    hessian[column * columns + column] = (hessian[column * columns + column] ?? 0) + ridge + JITTER;
  }
  const step = gradient.slice();
  // Not definite only by rounding: a step along the gradient is then a step all the same.
  if (!solveCholesky(hessian, step)) step.set(gradient.map((value) => value / problem.rows.length));
  const decrement = step.reduce((sum, value, index) => sum + (value * (gradient[index] ?? 0)) / 2, 0);
  return { step, decrement };
}

interface Derivatives {
  readonly gradient: Float64Array;
  /** Lower half, row-major. */
  readonly hessian: Float64Array;
}

/** Columns of a row rise, so the lower half is what comes earlier in it. */
function addRow(
  { design, labels }: RidgeProblem,
  row: number,
  weights: Float64Array,
  { gradient, hessian }: Derivatives,
): void {
  const { offsets, indices, values } = design;
  const probability = logistic(dotRow(design, row, weights));
  const residual = probability - (labels[row] ?? 0);
  const curvature = probability * (1 - probability);
  const [from, to] = [offsets[row] ?? 0, offsets[row + 1] ?? 0];
  for (let at = from; at < to; at += 1) {
    const column = indices[at] ?? 0;
    const value = values[at] ?? 0;
    gradient[column] = (gradient[column] ?? 0) + residual * value;
    const line = column * weights.length;
    const weighted = curvature * value;
    for (let other = from; other <= at; other += 1) {
      const index = line + (indices[other] ?? 0);
      hessian[index] = (hessian[index] ?? 0) + weighted * (values[other] ?? 0);
    }
  }
}
