export type LineageType =
  'SERVICE' | 'TOPIC' | 'PATH' | 'STREAMING_TABLE' | 'TABLE' | 'VIEW' | 'SEED' | 'DASHBOARD' | 'APPLICATION';

export interface LineageNode {
  /** `table:marts.daily_revenue`, `topic:website_events`, `service:cdc-sink`. */
  id: string;
  type: LineageType;
  name: string;
  description: string;
  /** `model.ebb.daily_revenue`; null for what dbt does not know: what comes before its sources. */
  dbtId: string | null;
  /** Tests of dbt that guard it. */
  tests: string[];
  columns: string[];
}

export interface LineageEdge {
  from: string;
  to: string;
}

export interface Lineage {
  nodes: LineageNode[];
  edges: LineageEdge[];
}

/** Collects nodes and edges, each once. */
export class LineageGraph {
  readonly #nodes = new Map<string, LineageNode>();
  readonly #edges = new Map<string, LineageEdge>();

  add(node: Pick<LineageNode, 'id' | 'type' | 'name'> & Partial<LineageNode>): string {
    if (!this.#nodes.has(node.id)) {
      this.#nodes.set(node.id, { description: '', dbtId: null, tests: [], columns: [], ...node });
    }
    return node.id;
  }

  connect(from: string, to: string): void {
    this.#edges.set(`${from} ${to}`, { from, to });
  }

  /** Sorted, so that two runs give the same text. */
  build(): Lineage {
    return {
      nodes: [...this.#nodes.values()].toSorted((a, b) => (a.id < b.id ? -1 : 1)),
      edges: [...this.#edges.entries()].toSorted(([a], [b]) => (a < b ? -1 : 1)).map(([, edge]) => edge),
    };
  }
}
