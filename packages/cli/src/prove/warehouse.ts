import { randomBytes } from 'node:crypto';
import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import {
  type Clickhouse,
  createClickhouse,
  migrateClickhouse,
  quoteClickhouseName,
  splitStatements,
} from '@ebb/clickhouse';
import { anyFreePort, CLICKHOUSE_ADMIN, startClickhouse } from '@ebb/local-stack';
import { REPOSITORY } from '../stack/home.ts';
import type { RawRow } from './fixture/raw-log.ts';

/** A ClickHouse of the proof's own, with every table that a running stack has. */
export interface Warehouse {
  url: string;
  clickhouse: Clickhouse;
  close(): Promise<void>;
}

const REQUEST_TIMEOUT_MS = 600_000;
/** Below the dbt project. */
const CAPTURED_TABLES = 'fixtures/captured_tables.sql';

export async function openWarehouse(
  directory: string,
  dbtProject: string,
  options: { memoryMb?: number } = {},
): Promise<Warehouse> {
  const server = await startClickhouse({
    dataDir: join(directory, 'clickhouse'),
    port: await anyFreePort(),
    users: [{ name: CLICKHOUSE_ADMIN, password: randomBytes(16).toString('hex'), readonly: false }],
    logFile: join(directory, 'clickhouse.log'),
    ...options,
  });
  const { url } = server;
  const clickhouse = createClickhouse({ url, applicationName: 'ebb-prove', requestTimeoutMs: REQUEST_TIMEOUT_MS });
  const close = async (): Promise<void> => {
    await clickhouse.close();
    await server.stop();
  };
  try {
    await migrateClickhouse({ url, directory: join(REPOSITORY, 'sql/clickhouse') });
    for (const statement of splitStatements(await readFile(join(dbtProject, CAPTURED_TABLES), 'utf8')).statements) {
      await clickhouse.command(statement);
    }
  } catch (error) {
    await close();
    throw error;
  }
  return { url, clickhouse, close };
}

/** Inserts a step's rows, each table's in one part, as the sink and the loader do. */
export async function insertRows(
  clickhouse: Clickhouse,
  rowsByTable: ReadonlyMap<string, readonly RawRow[]>,
): Promise<void> {
  for (const [table, rows] of rowsByTable) {
    const [first] = rows;
    if (first === undefined) continue;
    const body = Buffer.from(rows.map((row) => JSON.stringify(row)).join('\n'));
    await clickhouse.insert(table, { columns: Object.keys(first), format: 'JSONEachRow', body });
  }
}

/** As the sink hides every row of a table that Postgres truncated. */
export async function truncateTable(clickhouse: Clickhouse, name: string): Promise<void> {
  await clickhouse.command(
    `INSERT INTO ops.barriers (table_oid, table_name, version, reason)
     SELECT toUInt32(extract(create_table_query, 'table_oid = (\\\\d+)')), {table: String},
       (SELECT max(_version) + 1 FROM ${rawTable(name)}), 'truncate'
     FROM system.tables WHERE database = 'raw' AND name = {view: String}`,
    { table: name.replace('_', '.'), view: `${name}_current` },
  );
}

function rawTable(name: string): string {
  return `raw.${quoteClickhouseName(name)}`;
}
