import { hessianByDifferences, minimise, newtonGain, type Objective } from '../numeric/minimise.ts';
import { normalQuantile } from '../numeric/normal.ts';
import { inversePositiveDefinite } from '../numeric/symmetric-matrix.ts';

/** A parameter with its standard error and 90 % interval. */
export interface Estimate {
  readonly value: number;
  readonly standardError: number;
  readonly low: number;
  readonly high: number;
}

/** Share of repeated samples whose interval holds the true value. */
export const INTERVAL_LEVEL = 0.9;
export const INTERVAL_Z = normalQuantile(0.5 + INTERVAL_LEVEL / 2);

export interface LikelihoodProblem {
  /** Minus the mean log-likelihood per unit of weight, over the logarithms of the parameters. */
  readonly objective: Objective;
  readonly weight: number;
  readonly starts: readonly (readonly number[])[];
  /** Centre of the weak prior that takes over where the data decide nothing. */
  readonly priorMean: readonly number[];
  /** Goes to the prior at once, for this reason. */
  readonly penaliseBecause?: string;
}

export interface LikelihoodFit {
  /**
   * `converged`: the maximum of the likelihood, checked by gradient and Hessian. `penalised`: there is none that the data
   * decide; the maximum under a weak log-normal prior instead, its intervals from the curvature there.
   */
  readonly status: 'converged' | 'penalised';
  /** Why it is not the plain maximum. */
  readonly message: string | null;
  readonly logParameters: readonly number[];
  /** Of the logarithms of the parameters: the inverse of the observed information. */
  readonly covariance: readonly (readonly number[])[];
  /** Without the prior. */
  readonly logLikelihood: number;
  readonly iterations: number;
}

/** Standard deviation of the prior of each ln parameter: a factor of 4.5 up or down is nothing unusual. */
const PRIOR_SD = 1.5;
/** What a further Newton step might gain, in units of the log-likelihood, at a maximum worth the name. */
const LARGEST_GAIN = 1e-4;
/** A parameter known to a factor of e² only, one standard error either way, is not known. */
const LARGEST_LOG_ERROR = 2;

/**
 * Maximum likelihood over the logarithms of positive parameters, where the likelihood is nearer to a normal's and every
 * point is allowed. Standard errors from the observed information (Efron & Hinkley 1978). Where the search finds no
 * maximum, or a flat one, a penalised likelihood as in Fader & Hardie's successors (lifetimes, pymc-marketing's MAP) is
 * maximised and said so. Null when even that fails.
 */
export function maximiseLikelihood(problem: LikelihoodProblem): LikelihoodFit | null {
  if (problem.penaliseBecause !== undefined) return penalised(problem, problem.penaliseBecause);
  const plain = search(problem, problem.objective);
  const reason = whyNot(plain);
  return reason === null && plain.covariance !== null
    ? { ...plain, covariance: plain.covariance, status: 'converged', message: null }
    : penalised(problem, reason ?? 'no curvature');
}

interface Search {
  readonly logParameters: readonly number[];
  readonly covariance: readonly (readonly number[])[] | null;
  readonly gain: number | null;
  readonly isAtBound: boolean;
  readonly logLikelihood: number;
  readonly iterations: number;
}

function search(problem: LikelihoodProblem, objective: Objective): Search {
  const minima = problem.starts.map((start) => minimise(objective, start, { gradientTolerance: 1e-9, bound: 12 }));
  const best = minima.reduce((least, minimum) => (minimum.value < least.value ? minimum : least));
  const hessian = hessianByDifferences(objective, best.point).map((row) => row.map((value) => value * problem.weight));
  const gradient = best.gradient.map((value) => value * problem.weight);
  return {
    logParameters: Array.from(best.point),
    covariance: inversePositiveDefinite(hessian),
    gain: newtonGain(hessian, gradient),
    isAtBound: best.end === 'bound',
    logLikelihood: -problem.weight * problem.objective(best.point, new Float64Array(best.point.length)),
    iterations: minima.reduce((sum, { iterations }) => sum + iterations, 0),
  };
}

function whyNot({ covariance, gain, isAtBound }: Search): string | null {
  if (isAtBound) return 'the likelihood rises without end towards extreme parameters';
  if (covariance === null || gain === null) return 'the likelihood is flat in some direction';
  if (gain > LARGEST_GAIN) return 'the search ended before the maximum';
  const worst = Math.max(...covariance.map((row, index) => Math.sqrt(row[index] as number)));
  return worst > LARGEST_LOG_ERROR ? 'the data hardly tell the parameters apart' : null;
}

function penalised(problem: LikelihoodProblem, reason: string): LikelihoodFit | null {
  const { objective, weight, priorMean } = problem;
  const withPrior: Objective = (point, gradient) => {
    let value = objective(point, gradient);
    for (const [index, mean] of priorMean.entries()) {
      const distance = ((point[index] as number) - mean) / PRIOR_SD;
      value += (0.5 * distance * distance) / weight;
      gradient[index] = (gradient[index] as number) + distance / PRIOR_SD / weight;
    }
    return value;
  };
  const found = search({ ...problem, starts: [priorMean, ...problem.starts] }, withPrior);
  const { covariance, gain, isAtBound } = found;
  if (covariance === null || gain === null || gain > LARGEST_GAIN || isAtBound) return null;
  return { ...found, covariance, status: 'penalised', message: `${reason}; a weak prior decides instead` };
}

/**
 * `offset` + e^θ with standard error by the delta method (offset + e^θ has slope e^θ) and the interval of θ carried over,
 * which keeps it on the right side of the offset.
 */
export function estimateOf(fit: LikelihoodFit, index: number, offset = 0): Estimate {
  const log = fit.logParameters[index] as number;
  const error = Math.sqrt((fit.covariance[index] as readonly number[])[index] as number);
  return {
    value: offset + Math.exp(log),
    standardError: Math.exp(log) * error,
    low: offset + Math.exp(log - INTERVAL_Z * error),
    high: offset + Math.exp(log + INTERVAL_Z * error),
  };
}
