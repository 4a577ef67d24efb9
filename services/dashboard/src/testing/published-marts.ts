import { type Clickhouse, type Publication, quoteClickhouseName } from '@ebb/clickhouse';
import { type TestClickhouse, testDbt } from '@ebb/testing';
import { AS_OF, seedWarehouse } from './seed-warehouse.ts';

export interface PublishedMarts {
  server: TestClickhouse;
  publication: Publication;
}

/** The marts of the seeded fortnight as dbt builds, tests and publishes them. */
export async function publishMarts(more?: (clickhouse: Clickhouse) => Promise<void>): Promise<PublishedMarts> {
  const dbt = await testDbt();
  await seedWarehouse(dbt.server.clickhouse);
  await more?.(dbt.server.clickhouse);
  const { publication, output } = await dbt.build({ asOf: AS_OF });
  if (publication?.state === 'published') return { server: dbt.server, publication };
  throw new Error(`the marts of the test were not published:\n${output}`);
}

/** Publishes a copy of a build in which `mart` is what `select` makes of its rows. Returns its id. */
export async function publishChanged(
  { server: { clickhouse }, publication }: PublishedMarts,
  mart: string,
  select: string,
): Promise<string> {
  const id = `${publication.id.slice(0, -4)}ffff`;
  const database = quoteClickhouseName(`marts_${id}`);
  const old = quoteClickhouseName(publication.database);
  await clickhouse.command(`CREATE DATABASE ${database}`);
  const tables = await clickhouse.query<{ name: string }>(
    'SELECT name FROM system.tables WHERE database = {database: String}',
    { database: publication.database },
  );
  for (const table of tables.map(({ name }) => quoteClickhouseName(name))) {
    const rows = table === quoteClickhouseName(mart) ? select : '*';
    await clickhouse.command(
      `CREATE TABLE ${database}.${table} ENGINE = MergeTree ORDER BY tuple() AS SELECT ${rows} FROM ${old}.${table}`,
    );
  }
  await clickhouse.command(
    `INSERT INTO marts.publication SELECT * REPLACE ({id: String} AS id, built_at + 1 AS built_at,
       started_at + 1 AS started_at, _version + 1 AS _version)
     FROM (SELECT * FROM marts.publication FINAL WHERE id = {from: String})`,
    { id, from: publication.id },
  );
  return id;
}
