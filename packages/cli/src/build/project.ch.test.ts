import type { Clickhouse, Publication } from '@ebb/clickhouse';
import { builtNodeSchema, METRICS } from '@ebb/contracts';
import { testDbt } from '@ebb/testing';
import { expect, test, vi } from 'vitest';
import { build } from './build.ts';
import { stackHome } from '../stack/home.ts';
import { type Manifest, readManifest } from '../lineage/manifest.ts';
import { lineageOfManifest } from '../lineage/lineage.ts';
import { dirname, join } from 'node:path';

vi.setConfig({ testTimeout: 600_000 });

test('an empty warehouse builds and is published, every metric can be read, and lineage leaves nothing out', async () => {
  const { project, server } = await testDbt();
  const directory = join(dirname(project), 'home');
  const made = await build({
    home: stackHome({ EBB_HOME: directory }),
    clickhouse: server.clickhouse,
    clickhouseUrl: server.urlOf('ebb_dbt'),
    project,
  });
  expect(made.state).toBe('published');
  for (const { mart, sql, name } of METRICS) {
    if (mart === null) continue;
    await expect(server.clickhouse.query(`SELECT ${sql} AS value FROM marts.${mart}`), name).resolves.toHaveLength(1);
  }
  const tables = await server.clickhouse.query<{ id: string }>(
    `SELECT concat('table:marts.', name) AS id FROM system.tables WHERE database = '${made.database}'`,
  );
  const manifest = await readManifest(join(directory, 'dbt', 'target', 'manifest.json'));
  const { nodes, edges } = lineageOfManifest(manifest);
  const ids = new Set(nodes.map((node) => node.id));
  expect(tables.filter(({ id }) => !ids.has(id))).toEqual([]);
  // Whatever lands comes from outside, and whatever is shown comes from something.
  const targets = new Set(edges.map(({ to }) => to));
  const ARRIVING = ['STREAMING_TABLE', 'TOPIC', 'DASHBOARD', 'APPLICATION'];
  const loose = nodes.filter(({ id, type }) => ARRIVING.includes(type) && !targets.has(id));
  expect(loose.map(({ id }) => id)).toEqual([]);
  await expectToldAsPlanned(server.clickhouse, made, manifest);
});

/** What the build left for readers is the manifest's, node by node and edge by edge, and the warehouse's. */
async function expectToldAsPlanned(clickhouse: Clickhouse, made: Publication, manifest: Manifest): Promise<void> {
  const rows = await clickhouse.query<{ document: string }>(
    `SELECT document FROM ops.build_nodes FINAL WHERE build_id = '${made.id}'`,
  );
  const told = rows.map(({ document }) => builtNodeSchema.parse(JSON.parse(document)));
  const built = Object.values(manifest.nodes).filter(
    ({ resource_type: type }) => type !== 'test' && type !== 'operation',
  );
  const planned = [...Object.values(manifest.sources), ...built, ...Object.values(manifest.exposures)];
  expect(told.map(({ id }) => id).toSorted()).toEqual(planned.map((node) => node.unique_id).toSorted());
  const edges = [...built, ...Object.values(manifest.exposures)].flatMap((node) =>
    node.depends_on.nodes.map((from) => `${from} ${node.unique_id}`),
  );
  expect(told.flatMap(({ id, upstream }) => upstream.map((from) => `${from} ${id}`)).toSorted()).toEqual(
    edges.toSorted(),
  );
  const tests = Object.values(manifest.nodes).filter(({ resource_type: type }) => type === 'test');
  const passed = told.flatMap((node) => node.tests.filter(({ kind }) => kind !== 'unit'));
  expect([...new Set(passed.map(({ name }) => name))].toSorted()).toEqual(tests.map(({ name }) => name).toSorted());
  expect(passed.filter(({ status }) => status === 'pass')).not.toEqual([]);

  const there = await clickhouse.query<{ column: string }>(
    `SELECT concat(table, ' ', name, ' ', type) AS column FROM system.columns
     WHERE database = '${made.database}' ORDER BY table, position`,
  );
  const marts = told.filter(({ kind, schema }) => kind === 'model' && schema === 'marts');
  const columns = marts
    .toSorted((a, b) => (a.name < b.name ? -1 : 1))
    .flatMap((mart) => mart.columns.map(({ name, type }) => `${mart.name} ${name} ${type}`));
  expect(columns).toEqual(there.map(({ column }) => column));
  const unexplained = marts.flatMap((mart) =>
    mart.columns.filter(({ description }) => description === '').map(({ name }) => `${mart.name}.${name}`),
  );
  expect(unexplained).toEqual([]);
  for (const mart of marts.filter(({ isEnforced }) => isEnforced)) {
    const declared = manifest.nodes[mart.id]?.columns ?? {};
    expect(
      mart.columns.map(({ name, description }) => [name, description]),
      mart.id,
    ).toEqual(Object.entries(declared).map(([name, { description }]) => [name, description.trim()]));
  }
  expect(marts.filter(({ isEnforced }) => isEnforced).length).toBeGreaterThan(marts.length / 2);
}
