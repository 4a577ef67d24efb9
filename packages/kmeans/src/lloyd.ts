import type { Matrix } from './matrix.ts';

export interface LloydOptions {
  readonly maxIterations: number;
  /** The run ends once the squared shifts of all centroids add up to no more. 0: once nothing moves. */
  readonly tolerance: number;
}

export interface LloydRun {
  /** k × columns, one after the other. A cluster that lost all its rows keeps the centroid it had. */
  readonly centroids: Float64Array;
  /** Cluster of every row, as of the last assignment; the next run overwrites it. */
  readonly labels: Int32Array;
  readonly iterations: number;
  readonly isConverged: boolean;
}

/** Runs Lloyd's iteration (S. Lloyd: Least Squares Quantization in PCM, 1982) from start centroids, which stay as they are. */
export type Lloyd = (start: Float64Array, options: LloydOptions) => LloydRun;

/** Prepares the runs of one matrix for one k. */
export type LloydEngine = (matrix: Matrix, k: number) => Lloyd;
