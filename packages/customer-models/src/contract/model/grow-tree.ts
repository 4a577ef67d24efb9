import {
  type BinnedFeature,
  bestSplit,
  type Derivatives,
  type FoundSplit,
  type SplitLimits,
  sumRows,
} from './split-search.ts';
import type { Tree, TreeNode } from './tree.ts';

export interface TreeProblem {
  readonly features: readonly BinnedFeature[];
  readonly derivatives: Derivatives;
  readonly limits: SplitLimits;
  /** Splits on the longest way: features that can act together. */
  readonly depth: number;
  /** Part of the best step that is taken. */
  readonly learningRate: number;
}

/**
 * One regression tree on the derivatives of the loss, grown greedily; a node's value is the Newton step −G / (H + λ)
 * (Chen & Guestrin 2016, equation 5) times the learning rate.
 */
export function growTree(problem: TreeProblem, rows: Uint32Array): Tree {
  const nodes: TreeNode[] = [];
  grow(problem, rows, problem.depth, nodes);
  return nodes;
}

/** Appends the node of these rows and all below it; returns its position. */
function grow(problem: TreeProblem, rows: Uint32Array, depth: number, nodes: TreeNode[]): number {
  const position = nodes.length;
  const { gradient, hessian } = sumRows(problem.derivatives, rows);
  const value = (-problem.learningRate * gradient) / (hessian + problem.limits.penalty);
  nodes.push({ value, split: null });
  const found = depth === 0 ? null : bestFeature(problem, rows);
  if (found === null) return position;
  const bins = problem.features[found.feature]?.bins;
  const goesLeft = new Set(found.leftBins);
  const isLeft = (row: number): boolean => goesLeft.has(bins?.[row] ?? 0);
  const left = grow(problem, rows.filter(isLeft), depth - 1, nodes);
  const right = grow(
    problem,
    rows.filter((row) => !isLeft(row)),
    depth - 1,
    nodes,
  );
  nodes[position] = { value, split: { feature: found.feature, leftBins: found.leftBins, left, right } };
  return position;
}

function bestFeature(problem: TreeProblem, rows: Uint32Array): (FoundSplit & { feature: number }) | null {
  let best: (FoundSplit & { feature: number }) | null = null;
  for (const [index, feature] of problem.features.entries()) {
    const found = bestSplit(feature, problem.derivatives, rows, problem.limits);
    if (found !== null && found.gain > (best?.gain ?? 0)) best = { ...found, feature: index };
  }
  return best;
}
