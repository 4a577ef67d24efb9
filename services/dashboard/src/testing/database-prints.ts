import type { Clickhouse } from '@ebb/clickhouse';
import type { Pool } from '@ebb/postgres';

/** What a database holds, by name; two prints are equal where nothing was changed. */
export type Print = Readonly<Record<string, string>>;

const USER_SCHEMAS = "NOT IN ('pg_catalog', 'information_schema', 'pg_toast')";
/** Beside the tables: what could have been made or changed. */
const POSTGRES_OBJECTS: Readonly<Record<string, string>> = {
  relations: '(relnamespace::regnamespace, relname, relkind, relacl) AS one FROM pg_class',
  routines: '(pronamespace::regnamespace, proname, prosrc, proacl) AS one FROM pg_proc',
  // The server is shared with other tests, whose roles come and go.
  roles: "one FROM pg_roles AS one WHERE rolname LIKE 'ebb\\_%' AND rolname NOT LIKE 'ebb\\_test%'",
  extensions: '(extname, extversion) AS one FROM pg_extension',
  settings: "(name, setting) AS one FROM pg_settings WHERE source NOT IN ('session', 'client')",
  largeObjects: 'oid AS one FROM pg_largeobject_metadata',
};

export async function postgresPrint(pool: Pool): Promise<Print> {
  const { rows: tables } = await pool.query<{ name: string }>(
    `SELECT format('%I.%I', schemaname, tablename) AS name FROM pg_tables WHERE schemaname ${USER_SCHEMAS} ORDER BY 1`,
  );
  const parts = tables.map(({ name }) => [name, `one FROM ${name} AS one`] as const);
  const prints: Record<string, string> = {};
  for (const [name, sql] of [...Object.entries(POSTGRES_OBJECTS), ...parts]) {
    const { rows } = await pool.query<{ print: string }>(
      `SELECT count(*) || ' ' || coalesce(md5(string_agg(one::text, E'\\n' ORDER BY one::text)), '') AS print
       FROM (SELECT ${sql}) AS all_of_it`,
    );
    prints[name] = rows[0]?.print ?? '';
  }
  return prints;
}

const CLICKHOUSE_OBJECTS = [
  'users',
  'roles',
  'settings_profiles',
  'quotas',
  'row_policies',
  'grants',
  'databases',
  'dictionaries',
];

export async function clickhousePrint(clickhouse: Clickhouse): Promise<Print> {
  // What replaces rows when parts are merged is read as if it had been.
  const tables = await clickhouse.query<{ table: string; ddl: string; rows: string }>(
    `SELECT concat('\`', database, '\`.\`', name, '\`') AS table, create_table_query AS ddl,
       multiIf(engine = 'MergeTree', table, engine LIKE '%MergeTree', concat(table, ' FINAL'), '') AS rows
     FROM system.tables WHERE database NOT IN ('system', 'information_schema', 'INFORMATION_SCHEMA') ORDER BY table`,
  );
  const prints: Record<string, string> = {};
  for (const { table, ddl, rows } of tables) {
    prints[table] = rows === '' ? ddl : `${ddl}\n${await contents(clickhouse, rows)}`;
  }
  for (const name of CLICKHOUSE_OBJECTS) prints[name] = await contents(clickhouse, `system.${name}`);
  prints['functions'] = await contents(clickhouse, `(SELECT name FROM system.functions WHERE origin != 'System')`);
  return prints;
}

async function contents(clickhouse: Clickhouse, from: string): Promise<string> {
  const [row] = await clickhouse.query<{ print: string }>(
    `SELECT concat(toString(count()), ' ', toString(sum(sipHash64(toString(tuple(*)))))) AS print FROM ${from}`,
  );
  return row?.print ?? '';
}
