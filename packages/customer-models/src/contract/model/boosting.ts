import type { SeededRandom } from '@ebb/core';
import { binCount, type EncodedRows, type Encoder } from '../features/encoder.ts';
import { growTree } from './grow-tree.ts';
import { logistic } from './logistic-function.ts';
import type { BinnedFeature } from './split-search.ts';
import { type Tree, TreeWalker } from './tree.ts';

/** Three splits on a way: up to three features act together, and no more than that can be told from noise. */
const DEPTH = 3;
const LEARNING_RATE = 0.05;
/** Each tree sees half of the rows (Friedman 2002, Computational Statistics & Data Analysis 38:367-378). */
const SUBSAMPLE = 0.5;
const LEAF_PENALTY = 1;
const MIN_LEAF_ROWS = 20;

/**
 * Trees added one by one to log-odds that are already there (gradient boosting: Friedman 2001, Annals of Statistics
 * 29:1189-1232), here those of a regression, so that they learn what it cannot say: steps and features that act
 * together.
 */
export class Booster {
  /** Log-odds of all rows so far. */
  readonly scores: Float64Array;
  readonly trees: Tree[] = [];
  readonly #features: readonly BinnedFeature[];
  readonly #bins: readonly Uint8Array[];
  readonly #labels: Uint8Array;
  readonly #training: Uint32Array;
  readonly #random: SeededRandom;
  readonly #gradients: Float64Array;
  readonly #hessians: Float64Array;

  /** Learns from the training rows alone; `scores` are the log-odds to begin with, of all rows. */
  constructor(
    { encoder, encoded, labels }: { encoder: Encoder; encoded: EncodedRows; labels: Uint8Array },
    training: Uint32Array,
    scores: Float64Array,
    random: SeededRandom,
  ) {
    this.scores = scores.slice();
    this.#bins = encoded.bins;
    this.#labels = labels;
    this.#training = training;
    this.#random = random;
    this.#gradients = new Float64Array(labels.length);
    this.#hessians = new Float64Array(labels.length);
    this.#features = encoder.features.map((feature, index) => ({
      bins: encoded.bins[index] ?? new Uint8Array(labels.length),
      binCount: binCount(feature),
      isCategorical: feature.kind === 'categorical',
    }));
  }

  addTree(): void {
    const rows = this.#training.filter(() => this.#random.float() < SUBSAMPLE);
    for (const row of rows) {
      const probability = logistic(this.scores[row] ?? 0);
      this.#gradients[row] = probability - (this.#labels[row] ?? 0);
      this.#hessians[row] = probability * (1 - probability);
    }
    const tree = growTree(
      {
        features: this.#features,
        derivatives: { gradients: this.#gradients, hessians: this.#hessians },
        limits: { penalty: LEAF_PENALTY, minRows: MIN_LEAF_ROWS },
        depth: DEPTH,
        learningRate: LEARNING_RATE,
      },
      rows,
    );
    this.trees.push(tree);
    const walker = new TreeWalker(tree);
    for (const row of this.scores.keys()) this.scores[row] = (this.scores[row] ?? 0) + walker.walk(this.#bins, row);
  }
}
