import { type Lineage, type LineageInput, lineageOf } from '@ebb/contracts';
import type { Manifest } from './manifest.ts';

/** Lineage of the project as it stands, built or not. */
export function lineageOfManifest(manifest: Manifest): Lineage {
  return lineageOf(inputsOf(manifest));
}

function inputsOf(manifest: Manifest): LineageInput[] {
  const tests = testsByNode(manifest);
  const sources = Object.values(manifest.sources).map((source): LineageInput => ({
    ...common(source),
    kind: 'source',
    type: 'source',
    schema: source.schema,
  }));
  const built = Object.values(manifest.nodes).flatMap((node): LineageInput[] => {
    const { resource_type: kind, config, depends_on: dependsOn } = node;
    if (kind !== 'model' && kind !== 'seed') return [];
    // Marts have another database in every build; here they stand under the one that people read.
    const schema = config.schema ?? node.schema ?? '';
    const columns = Object.keys(node.columns).map((name) => ({ name }));
    const own = (tests.get(node.unique_id) ?? []).map((name) => ({ name }));
    const type = config.materialized ?? 'table';
    return [{ ...common(node), kind, type, schema, upstream: dependsOn.nodes, tests: own, columns }];
  });
  const exposures = Object.values(manifest.exposures).map((exposure): LineageInput => ({
    ...common(exposure),
    kind: 'exposure',
    type: exposure.type,
    schema: '',
    label: exposure.label ?? '',
    upstream: exposure.depends_on.nodes,
  }));
  return [...sources, ...built, ...exposures];
}

function common(one: {
  unique_id: string;
  name: string;
  description: string;
}): Omit<LineageInput, 'kind' | 'type' | 'schema'> {
  const { unique_id: id, name, description } = one;
  return { id, name, description, label: '', upstream: [], tests: [], columns: [] };
}

function testsByNode(manifest: Manifest): Map<string, string[]> {
  const found = new Map<string, string[]>();
  for (const test of Object.values(manifest.nodes).filter(({ resource_type: type }) => type === 'test')) {
    for (const id of test.depends_on.nodes) found.set(id, [...(found.get(id) ?? []), test.name]);
  }
  return found;
}
