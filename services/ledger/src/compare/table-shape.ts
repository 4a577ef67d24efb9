import type { Clickhouse } from '@ebb/clickhouse';
import type { Pool } from '@ebb/postgres';
import { z } from 'zod';
import { bareType, columnText, type ColumnText, type PostgresColumn, quotePostgres } from '../canonical/column-text.ts';
import {
  type ComparedColumn,
  type KeyColumn,
  keySlot,
  keyText,
  rowHash,
  type RowSecret,
} from '../canonical/row-hash.ts';

/** A table both engines hold, with the SQL that makes equal texts of equal rows. */
export interface TableShape {
  /** `schema.table`, as Postgres names it. */
  readonly name: string;
  /** Quoted, for SQL in Postgres. */
  readonly postgres: string;
  /** Current state in ClickHouse, with database. */
  readonly clickhouse: string;
  readonly keys: readonly KeyColumn[];
  readonly keyTexts: readonly ColumnText[];
  readonly columns: readonly ComparedColumn[];
  /** Columns that have no common text, or that ClickHouse does not have. */
  readonly uncompared: readonly string[];
  /** 64 signed bits of a row. */
  readonly hash: ColumnText;
  /** 32 unsigned bits of a key. */
  readonly slot: ColumnText;
  /** Columns in ClickHouse that say where in its topic a row comes from; named otherwise where Postgres has such columns. */
  readonly position: Readonly<Record<'version' | 'partition' | 'offset' | 'kafkaTime', string>>;
}

const postgresColumn = z.object({
  name: z.string(),
  typname: z.string(),
  type: z.string(),
  is_array: z.boolean(),
  is_enum: z.boolean(),
  is_nullable: z.boolean(),
  key_position: z.number().nullable(),
});
type CatalogColumn = z.output<typeof postgresColumn>;

const COLUMNS_SQL = `SELECT a.attname AS name, coalesce(et.typname, b.typname) AS typname,
    format_type(b.oid, b.typmod) AS type, et.oid IS NOT NULL AS is_array,
    coalesce(et.typtype, b.typtype) = 'e' AS is_enum, NOT a.attnotnull AS is_nullable,
    (array_position(k.indkey::int2[], a.attnum) - array_lower(k.indkey::int2[], 1) + 1)::integer AS key_position
  FROM pg_attribute a
  CROSS JOIN LATERAL (
    WITH RECURSIVE base AS (
      SELECT t.oid, a.atttypmod AS typmod, t.typname, t.typtype, t.typbasetype, t.typtypmod, t.typelem, t.typsubscript
      FROM pg_type t WHERE t.oid = a.atttypid
      UNION ALL
      SELECT t.oid, base.typtypmod, t.typname, t.typtype, t.typbasetype, t.typtypmod, t.typelem, t.typsubscript
      FROM base JOIN pg_type t ON t.oid = base.typbasetype WHERE base.typtype = 'd'
    )
    SELECT base.* FROM base WHERE base.typtype <> 'd'
  ) b
  LEFT JOIN pg_type et ON et.oid = b.typelem AND b.typsubscript = 'array_subscript_handler'::regproc
  LEFT JOIN pg_index k ON k.indrelid = a.attrelid AND k.indisprimary
  WHERE a.attrelid = $1::regclass AND a.attnum > 0 AND NOT a.attisdropped AND a.attgenerated <> 'v'
  ORDER BY a.attnum`;

export interface TableNames {
  readonly schema: string;
  readonly table: string;
  readonly clickhouseDatabase: string;
  readonly clickhouseTable: string;
  /** Columns that tell rows apart; the primary key unless given. */
  readonly keys?: readonly string[];
  /** Columns that are each engine's own. */
  readonly ignored?: readonly string[];
}

/** Null while ClickHouse does not have the table, or a key column has no common text. */
export async function loadShape(
  stores: { readonly pool: Pick<Pool, 'query'>; readonly clickhouse: Clickhouse },
  names: TableNames,
  secret: RowSecret,
): Promise<TableShape | null> {
  const postgres = `${quotePostgres(names.schema)}.${quotePostgres(names.table)}`;
  const { rows } = await stores.pool.query(COLUMNS_SQL, [postgres]);
  const catalog = z.array(postgresColumn).parse(rows);
  const types = await clickhouseTypes(stores.clickhouse, names);
  return types.size === 0 ? null : buildShape(names, catalog, types, secret);
}

async function clickhouseTypes(clickhouse: Clickhouse, names: TableNames): Promise<Map<string, string>> {
  const rows = await clickhouse.query<{ name: string; type: string }>(
    'SELECT name, type FROM system.columns WHERE database = {database:String} AND table = {table:String}',
    { database: names.clickhouseDatabase, table: names.clickhouseTable },
  );
  return new Map(rows.map(({ name, type }) => [name, type]));
}

function buildShape(
  names: TableNames,
  catalog: readonly CatalogColumn[],
  types: ReadonlyMap<string, string>,
  secret: RowSecret,
): TableShape | null {
  const wanted = catalog.filter(({ name }) => names.ignored?.includes(name) !== true);
  const columns: ComparedColumn[] = [];
  const uncompared: string[] = [];
  for (const column of wanted) {
    const type = types.get(column.name);
    const text = type === undefined ? null : columnText(asColumn(column), type);
    if (text === null) uncompared.push(column.name);
    else columns.push(comparedColumn(column, text));
  }
  const keys = keyColumns(names, catalog, types);
  const keyTexts = keys.map(({ column, isEnum }) => keyText(column, isEnum)).filter((text) => text !== null);
  if (keys.length === 0 || keyTexts.length < keys.length) return null;
  return {
    name: `${names.schema}.${names.table}`,
    postgres: `${quotePostgres(names.schema)}.${quotePostgres(names.table)}`,
    clickhouse: `${names.clickhouseDatabase}.${names.clickhouseTable}`,
    keys: keys.map(({ column }) => column),
    keyTexts,
    columns,
    uncompared,
    hash: rowHash(columns, secret),
    slot: keySlot(keyTexts),
    position: positionOf(types),
  };
}

function positionOf(types: ReadonlyMap<string, string>): TableShape['position'] {
  const nameOf = (meta: string): string => (types.has(`_cdc_${meta}`) ? `_cdc_${meta}` : `_${meta}`);
  return {
    version: nameOf('version'),
    partition: nameOf('partition'),
    offset: nameOf('offset'),
    kafkaTime: nameOf('kafka_time'),
  };
}

function comparedColumn(column: CatalogColumn, text: ColumnText): ComparedColumn {
  const { name, type, typname } = column;
  return { name, type, typname, isNullable: column.is_nullable, isArray: column.is_array, text };
}

function asColumn(column: CatalogColumn): PostgresColumn {
  return {
    name: column.name,
    typname: column.typname,
    isArray: column.is_array,
    isEnum: column.is_enum,
    isNullable: column.is_nullable,
  };
}

function keyColumns(
  { keys }: TableNames,
  catalog: readonly CatalogColumn[],
  types: ReadonlyMap<string, string>,
): { column: KeyColumn; isEnum: boolean }[] {
  const named = keys?.flatMap((name) => catalog.filter((column) => column.name === name));
  const primary = catalog
    .filter(({ key_position: at }) => at !== null)
    .toSorted((a, b) => (a.key_position ?? 0) - (b.key_position ?? 0));
  return (named ?? primary).map((column) => ({
    column: {
      name: column.name,
      typname: column.typname,
      type: column.type,
      clickhouseType: bareType(types.get(column.name) ?? ''),
    },
    isEnum: column.is_enum,
  }));
}
