import type { Pool } from '@ebb/postgres';
import type { About } from '../../api/about-schema.ts';
import { VERSION } from '../../version.ts';
import type { Warehouse } from '../../warehouse/warehouse.ts';

/** Versions of what this page can ask; a part that does not answer keeps none of the others back. */
export async function readVersions({ pool, warehouse }: { pool: Pool; warehouse: Warehouse }): Promise<About['parts']> {
  const asked: [string, Promise<string | null>][] = [
    ['Ebb', Promise.resolve(VERSION)],
    ['Node.js', Promise.resolve(process.versions.node)],
    ['PostgreSQL', postgresVersion(pool)],
    ['ClickHouse', clickhouseVersion(warehouse)],
    ['dbt, of the published build', dbtVersion(warehouse)],
  ];
  return Promise.all(asked.map(async ([name, version]) => ({ name, version: await version.catch(() => null) })));
}

async function postgresVersion(pool: Pool): Promise<string | null> {
  const { rows } = await pool.query<{ server_version: string }>('SHOW server_version');
  return rows[0]?.server_version ?? null;
}

async function clickhouseVersion(warehouse: Warehouse): Promise<string | null> {
  const [row] = await warehouse.query<{ version: string }>('SELECT version() AS version');
  return row?.version ?? null;
}

async function dbtVersion(warehouse: Warehouse): Promise<string | null> {
  const current = await warehouse.current();
  const [row] = await warehouse.query<{ version: string }>(
    'SELECT toString(any(n.dbt_version)) AS version FROM ops.build_nodes AS n WHERE n.build_id = {id: String}',
    { id: current?.id ?? '' },
  );
  return row?.version || null;
}
