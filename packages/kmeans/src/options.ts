import { boundedLloyd } from './bounded-lloyd.ts';
import { KMeansError } from './errors.ts';
import type { LloydEngine } from './lloyd.ts';
import { mlKMeansLloyd } from './ml-kmeans-engine.ts';

const ENGINES = { ebb: boundedLloyd, 'ml-kmeans': mlKMeansLloyd } satisfies Record<string, LloydEngine>;

/** `ebb` is ours; `ml-kmeans` runs Lloyd's iteration by the npm package of that name, everything around it being the same. */
export type KMeansEngine = keyof typeof ENGINES;

export interface StartOptions {
  /** Decides every draw; the same seed gives the same bits. */
  seed: string | number;
  /** Starts, of which the best is kept. Default 10. */
  nInit?: number;
  /** Default 1,000. */
  maxIterations?: number;
  /**
   * A start is judged once its centroids' squared shifts add up to no more than this share of the columns' mean variance
   * (as in scikit-learn). The best start is then run on until nothing moves. Default 1e-4.
   */
  tolerance?: number;
  /** Default `ebb`. */
  engine?: KMeansEngine;
}

export interface KMeansOptions extends StartOptions {
  /** Number of clusters. */
  k: number;
}

export interface ResolvedOptions {
  readonly seed: string | number;
  readonly nInit: number;
  readonly maxIterations: number;
  readonly tolerance: number;
  readonly engine: LloydEngine;
}

/** Options with their defaults; raises BAD_OPTION. */
export function resolveOptions(options: StartOptions): ResolvedOptions {
  const { seed, nInit = 10, maxIterations = 1_000, tolerance = 1e-4, engine = 'ebb' } = options;
  wholeNumber('nInit', nInit, 1);
  wholeNumber('maxIterations', maxIterations, 1);
  if (!(tolerance >= 0 && tolerance < 1))
    throw new KMeansError('BAD_OPTION', `tolerance ${tolerance} is not from 0 up to 1`);
  if (!Object.hasOwn(ENGINES, engine))
    throw new KMeansError('BAD_OPTION', `no engine "${engine}"; one of ${Object.keys(ENGINES).join(', ')}`);
  return { seed, nInit, maxIterations, tolerance, engine: ENGINES[engine] };
}

/** Raises BAD_OPTION. */
export function wholeNumber(name: string, value: number, least: number): void {
  if (Number.isInteger(value) && value >= least) return;
  throw new KMeansError('BAD_OPTION', `${name} is ${value}; a whole number from ${least} on is needed`);
}
