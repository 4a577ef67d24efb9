/**
 * Weights of many items with a running total: change one, or draw an item in proportion to its weight, in log n
 * (a Fenwick tree, P. Fenwick 1994).
 */
export class SumTree {
  readonly #nodes: Float64Array;
  readonly #top: number;

  constructor(size: number) {
    this.#nodes = new Float64Array(size + 1);
    this.#top = 2 ** Math.floor(Math.log2(Math.max(1, size)));
  }

  add(index: number, weight: number): void {
    for (let node = index + 1; node < this.#nodes.length; node += node & -node) {
      this.#nodes[node] = (this.#nodes[node] ?? 0) + weight;
    }
  }

  /** The item at which the running total of weights passes `target`, 0 ≤ target < total. */
  find(target: number): number {
    let left = target;
    let node = 0;
    for (let step = this.#top; step >= 1; step /= 2) {
      const next = node + step;
      const weight = this.#nodes[next];
      if (weight === undefined || weight > left) continue;
      left -= weight;
      node = next;
    }
    return Math.min(node, this.#nodes.length - 2);
  }
}
