import { UNKNOWN_BIN } from '../features/encoder.ts';

export interface TreeSplit {
  /** Position of the feature in the encoder. */
  readonly feature: number;
  /** Bins that go left; all others go right. */
  readonly leftBins: readonly number[];
  /** Positions of the children in the tree. */
  readonly left: number;
  readonly right: number;
}

export interface TreeNode {
  /** Log-odds to add if the way ended here. */
  readonly value: number;
  readonly split: TreeSplit | null;
}

/** The root is node 0; plain data, kept with the model. */
export type Tree = readonly TreeNode[];

/** Ways of a tree, for many rows. */
export class TreeWalker {
  readonly #nodes: Tree;
  /** Per node: 1 for bins that go left. */
  readonly #goesLeft: readonly Uint8Array[];

  constructor(tree: Tree) {
    this.#nodes = tree;
    this.#goesLeft = tree.map(({ split }) => {
      const mask = new Uint8Array(UNKNOWN_BIN + 1);
      for (const bin of split?.leftBins ?? []) mask[bin] = 1;
      return mask;
    });
  }

  /** The value at the end of a row's way; on each split of it `visit` gets the feature and what the value gained. */
  walk(bins: readonly Uint8Array[], row: number, visit?: (feature: number, gained: number) => void): number {
    let at = 0;
    for (;;) {
      const node = this.#nodes[at];
      if (node === undefined) return 0;
      if (node.split === null) return node.value;
      const bin = bins[node.split.feature]?.[row] ?? UNKNOWN_BIN;
      at = this.#goesLeft[at]?.[bin] === 1 ? node.split.left : node.split.right;
      visit?.(node.split.feature, (this.#nodes[at]?.value ?? 0) - node.value);
    }
  }
}
