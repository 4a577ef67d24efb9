import { type Edge, neighbours } from './reach.ts';

export interface Place {
  /** From the left, 0 where nothing comes in. */
  readonly layer: number;
  /** From the top of its layer. */
  readonly row: number;
}

/** Looks along the edges and back this often; more changes little. */
const SWEEPS = 4;

/**
 * Places of nodes in layers: each behind everything it comes from (longest path), in an order that keeps what is joined
 * close together (barycentre heuristic of Sugiyama et al., 1981). An edge that closes a circle is not counted.
 */
export function layeredLayout(ids: readonly string[], edges: readonly Edge[]): Map<string, Place> {
  const layerOf = layersOf(ids, edges);
  const layers: string[][] = [];
  for (const id of ids) (layers[layerOf.get(id) ?? 0] ??= []).push(id);
  const up = neighbours(edges, 'up');
  const down = neighbours(edges, 'down');
  for (let sweep = 0; sweep < SWEEPS; sweep += 1) {
    for (let layer = 1; layer < layers.length; layer += 1) sortByNeighbours(layers, layer, up);
    for (let layer = layers.length - 2; layer >= 0; layer -= 1) sortByNeighbours(layers, layer, down);
  }
  return new Map(layers.flatMap((layer, index) => layer.map((id, row) => [id, { layer: index, row }])));
}

/** Length of the longest path that leads to each node. */
function layersOf(ids: readonly string[], edges: readonly Edge[]): Map<string, number> {
  const up = neighbours(edges, 'up');
  const found = new Map<string, number>();
  const onTheWay = new Set<string>();
  const layerOf = (id: string): number => {
    const known = found.get(id);
    if (known !== undefined) return known;
    onTheWay.add(id);
    const before = (up.get(id) ?? []).filter((other) => !onTheWay.has(other));
    const layer = Math.max(-1, ...before.map(layerOf)) + 1;
    onTheWay.delete(id);
    found.set(id, layer);
    return layer;
  };
  for (const id of ids) layerOf(id);
  return found;
}

function sortByNeighbours(layers: string[][], layer: number, next: ReadonlyMap<string, readonly string[]>): void {
  // Rows as shares of their layer: layers differ in length.
  const height = new Map(layers.flatMap((ids) => ids.map((id, row) => [id, (row + 0.5) / ids.length])));
  const wanted = new Map(
    (layers[layer] ?? []).map((id) => {
      const heights = (next.get(id) ?? []).flatMap((other) => height.get(other) ?? []);
      const mean = heights.reduce((sum, one) => sum + one, 0) / heights.length;
      return [id, heights.length === 0 ? (height.get(id) ?? 0) : mean];
    }),
  );
  layers[layer]?.sort((a, b) => (wanted.get(a) ?? 0) - (wanted.get(b) ?? 0));
}
