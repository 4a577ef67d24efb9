export interface Edge {
  readonly from: string;
  readonly to: string;
}

/** Everything that a node comes from (`up`), or that comes from it (`down`), through whatever lies between; not itself. */
export function reach(edges: readonly Edge[], id: string, direction: 'up' | 'down'): Set<string> {
  const next = neighbours(edges, direction);
  const found = new Set<string>();
  const waiting = [id];
  for (let one = waiting.pop(); one !== undefined; one = waiting.pop()) {
    for (const other of next.get(one) ?? []) {
      if (found.has(other) || other === id) continue;
      found.add(other);
      waiting.push(other);
    }
  }
  return found;
}

/** Direct neighbours of every node that has any. */
export function neighbours(edges: readonly Edge[], direction: 'up' | 'down'): Map<string, string[]> {
  const found = new Map<string, string[]>();
  for (const { from, to } of edges) {
    const [key, other] = direction === 'up' ? [to, from] : [from, to];
    found.set(key, [...(found.get(key) ?? []), other]);
  }
  return found;
}
