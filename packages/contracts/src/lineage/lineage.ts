import type { BuiltNode } from './built-node.ts';
import { type Lineage, LineageGraph, type LineageType } from './graph.ts';
import { addWay, waysInto } from './landing.ts';

/** What lineage is made of: nodes of dbt, from its manifest or from a build. */
export type LineageInput = Pick<
  BuiltNode,
  'id' | 'kind' | 'type' | 'schema' | 'name' | 'label' | 'description' | 'upstream'
> & { tests: readonly { name: string }[]; columns: readonly { name: string }[] };

const MATERIALIZED: Readonly<Record<string, LineageType>> = {
  view: 'VIEW',
  table: 'TABLE',
  incremental: 'TABLE',
  seed: 'SEED',
};

/** Everything between a sender or a file and a dashboard: dbt's nodes, and before them services, topics and tables. */
export function lineageOf(inputs: readonly LineageInput[]): Lineage {
  const graph = new LineageGraph();
  const ids = new Map(inputs.map((input) => [input.id, addNode(graph, input)]));
  for (const { id, upstream } of inputs) {
    for (const from of upstream) {
      const [fromId, toId] = [ids.get(from), ids.get(id)];
      if (fromId !== undefined && toId !== undefined) graph.connect(fromId, toId);
    }
  }
  return graph.build();
}

function addNode(graph: LineageGraph, input: LineageInput): string {
  const { id: dbtId, kind, schema, name, label, description } = input;
  const tests = input.tests.map((test) => test.name);
  const columns = input.columns.map((column) => column.name);
  const type = lineageType(input);
  if (kind === 'exposure') {
    return graph.add({ id: `${type.toLowerCase()}:${name}`, type, name: label || name, description, dbtId });
  }
  const relation = `${schema}.${name}`;
  const id = graph.add({ id: `table:${relation}`, type, name: relation, description, tests, columns, dbtId });
  if (kind === 'source') for (const way of waysInto(name)) addWay(graph, way, id);
  return id;
}

function lineageType({ kind, type }: LineageInput): LineageType {
  if (kind === 'source') return 'STREAMING_TABLE';
  if (kind === 'exposure') return type === 'dashboard' ? 'DASHBOARD' : 'APPLICATION';
  return MATERIALIZED[type] ?? 'TABLE';
}
