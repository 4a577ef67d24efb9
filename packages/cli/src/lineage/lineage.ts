import { type Lineage, LineageGraph, type LineageType } from './graph.ts';
import { addWay, waysInto } from './landing.ts';
import type { Manifest, ManifestNode } from './manifest.ts';

const MATERIALIZED: Readonly<Record<string, LineageType>> = {
  view: 'VIEW',
  table: 'TABLE',
  incremental: 'TABLE',
  seed: 'SEED',
};

/** Everything between a sender or a file and a dashboard: dbt's manifest, and before it services, topics and tables. */
export function lineageOf(manifest: Manifest): Lineage {
  const graph = new LineageGraph();
  const ids = new Map<string, string>();
  for (const source of Object.values(manifest.sources)) {
    const id = `table:${source.schema}.${source.name}`;
    ids.set(source.unique_id, id);
    graph.add({
      id,
      type: 'STREAMING_TABLE',
      name: `${source.schema}.${source.name}`,
      description: source.description,
    });
    for (const way of waysInto(source.name)) addWay(graph, way, id);
  }
  const built = Object.values(manifest.nodes).filter(({ resource_type: type }) => type === 'model' || type === 'seed');
  const tests = testsByNode(manifest);
  for (const node of built) ids.set(node.unique_id, addBuilt(graph, node, tests.get(node.unique_id) ?? []));
  for (const exposure of Object.values(manifest.exposures)) {
    const type = exposure.type === 'dashboard' ? 'DASHBOARD' : 'APPLICATION';
    const id = `${type.toLowerCase()}:${exposure.name}`;
    ids.set(exposure.unique_id, id);
    graph.add({ id, type, name: exposure.label ?? exposure.name, description: exposure.description });
  }
  for (const one of [...built, ...Object.values(manifest.exposures)]) connect(graph, ids, one);
  return graph.build();
}

/** Marts have another database in every build; here they stand under the one that people read. */
function addBuilt(graph: LineageGraph, node: ManifestNode, tests: string[]): string {
  const name = `${node.config.schema ?? node.schema ?? ''}.${node.name}`;
  const type = MATERIALIZED[node.config.materialized ?? ''] ?? 'TABLE';
  return graph.add({
    id: `table:${name}`,
    type,
    name,
    description: node.description,
    tests,
    columns: Object.keys(node.columns),
  });
}

function connect(
  graph: LineageGraph,
  ids: ReadonlyMap<string, string>,
  one: { unique_id: string; depends_on: { nodes: string[] } },
): void {
  const to = ids.get(one.unique_id);
  for (const upstream of one.depends_on.nodes) {
    const from = ids.get(upstream);
    if (from !== undefined && to !== undefined) graph.connect(from, to);
  }
}

function testsByNode(manifest: Manifest): Map<string, string[]> {
  const found = new Map<string, string[]>();
  for (const test of Object.values(manifest.nodes).filter(({ resource_type: type }) => type === 'test')) {
    for (const id of test.depends_on.nodes) found.set(id, [...(found.get(id) ?? []), test.name]);
  }
  return found;
}
