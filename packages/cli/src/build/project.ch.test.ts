import { METRICS } from '@ebb/contracts';
import { testDbt } from '@ebb/testing';
import { expect, test, vi } from 'vitest';
import { build } from './build.ts';
import { stackHome } from '../stack/home.ts';
import { readManifest } from '../lineage/manifest.ts';
import { lineageOf } from '../lineage/lineage.ts';
import { dirname, join } from 'node:path';

vi.setConfig({ testTimeout: 600_000 });

test('an empty warehouse builds and is published, every metric can be read, and lineage leaves nothing out', async () => {
  const { project, server } = await testDbt();
  const directory = join(dirname(project), 'home');
  const made = await build({
    home: stackHome({ EBB_HOME: directory }),
    clickhouse: server.clickhouse,
    clickhouseUrl: server.url,
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
  const { nodes, edges } = lineageOf(manifest);
  const ids = new Set(nodes.map((node) => node.id));
  expect(tables.filter(({ id }) => !ids.has(id))).toEqual([]);
  // Whatever lands comes from outside, and whatever is shown comes from something.
  const targets = new Set(edges.map(({ to }) => to));
  const ARRIVING = ['STREAMING_TABLE', 'TOPIC', 'DASHBOARD', 'APPLICATION'];
  const loose = nodes.filter(({ id, type }) => ARRIVING.includes(type) && !targets.has(id));
  expect(loose.map(({ id }) => id)).toEqual([]);
});
