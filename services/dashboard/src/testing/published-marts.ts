import { rename } from 'node:fs/promises';
import { join } from 'node:path';
import {
  type Clickhouse,
  currentPublication,
  listPublications,
  type Publication,
  quoteClickhouseName,
} from '@ebb/clickhouse';
import { must } from '@ebb/core';
import { onceInRun, testClickhouse, type TestClickhouse, testDbt } from '@ebb/testing';
import { seedClusters } from './seed-clusters.ts';
import { seedModels } from './seed-models.ts';
import { seedBank, seedWhoIsGone } from './seed-people.ts';
import { AS_OF, seedLiveFigures, seedWarehouse } from './seed-warehouse.ts';

export interface PublishedMarts {
  server: TestClickhouse;
  publication: Publication;
}

type SeedRows = (clickhouse: Clickhouse) => Promise<void>;

/** What every page finds in the warehouse before the marts are built: all in one, so that one build serves all files. */
const SEEDS: readonly SeedRows[] = [seedWarehouse, seedModels, seedClusters, seedBank, seedWhoIsGone, seedLiveFigures];

/** Of the file that builds; others only wait for it. A minute on an idle machine, and many on one with much else to do. */
export const BUILD_MS = 1_200_000;

/**
 * The marts of everything seeded, as dbt builds, tests and publishes them, in an engine of the file's own. The first file of a run to ask builds
 * (a minute), the others start over a copy (a second); with rows of its own a file has a build of its own.
 */
export async function publishMarts(more?: SeedRows): Promise<PublishedMarts> {
  if (more !== undefined) return published(await build([...SEEDS, more]));
  const shared = await onceInRun('published-marts', async (directory) => {
    const server = await build(SEEDS);
    await server.stop();
    await rename(server.dataDir, join(directory, 'data'));
  });
  return published(await testClickhouse({ dataFrom: join(shared, 'data') }));
}

async function build(seeds: readonly SeedRows[]): Promise<TestClickhouse> {
  const dbt = await testDbt();
  for (const seed of seeds) await seed(dbt.server.clickhouse);
  const { publication, output } = await dbt.build({ asOf: AS_OF });
  if (publication?.state === 'published') return dbt.server;
  throw new Error(`the marts of the test were not published:\n${output}`);
}

async function published(server: TestClickhouse): Promise<PublishedMarts> {
  return { server, publication: must(await currentPublication(server.clickhouse), 'a publication') };
}

/** Publishes a build that has the rows of another, those of `mart`, if any, as `select` makes them. Returns its id. */
export async function publishChanged(marts: PublishedMarts, mart = '', select = '*'): Promise<string> {
  const { server, publication } = marts;
  const { clickhouse } = server;
  const builds = await listPublications(clickhouse, 100);
  const id = `${publication.id.slice(0, -4)}${builds.length.toString(16).padStart(4, '0')}`;
  const database = quoteClickhouseName(`marts_${id}`);
  const old = quoteClickhouseName(publication.database);
  await clickhouse.command(`CREATE DATABASE ${database}`);
  const tables = await clickhouse.query<{ name: string }>(
    'SELECT name FROM system.tables WHERE database = {database: String}',
    { database: publication.database },
  );
  for (const table of tables.map(({ name }) => quoteClickhouseName(name))) {
    const rows = table === quoteClickhouseName(mart) ? select : '*';
    await clickhouse.command(`CREATE VIEW ${database}.${table} AS SELECT ${rows} FROM ${old}.${table}`);
  }
  await clickhouse.command(
    // Within, or the condition would be about the new id.
    `INSERT INTO ops.build_nodes SELECT * REPLACE ({id: String} AS build_id)
     FROM (SELECT * FROM ops.build_nodes FINAL WHERE build_id = {from: String})`,
    { id, from: publication.id },
  );
  await changePublication(marts, `'${id}' AS id, now64(3) AS built_at, now64(3) AS started_at`);
  return id;
}

/** Writes the build's row anew with other values, in the words of ClickHouse's REPLACE; with another id it is another build. */
export async function changePublication({ server, publication }: PublishedMarts, replace: string): Promise<void> {
  await server.clickhouse.command(
    `INSERT INTO marts.publication SELECT * REPLACE (${replace}, toUInt64(toUnixTimestamp64Micro(now64(6))) AS _version)
     FROM (SELECT * FROM marts.publication FINAL WHERE id = {id: String})`,
    { id: publication.id },
  );
}
