import { quoteClickhouseName, quoteClickhouseText } from '@ebb/clickhouse';
import { quoteIdentifier } from '@ebb/postgres';
import type { Warehouse } from '../../warehouse/warehouse.ts';
import type { Queryable } from '../rows.ts';
import { type KeyedTable, type Position, readPositions, searchedColumns, tableName, viewName } from './keyed-tables.ts';

/** Rows of a table, and changes of them, that are told of one id. */
export const MOST_ROWS = 10;
const MOST_CHANGES = 100;

export interface KeyedRow {
  /** As Postgres names it. */
  readonly table: string;
  /** Values of the key's columns, as text. */
  readonly key: readonly string[];
}

/** A change as the sink stored it; moments as ClickHouse writes them. */
export interface Change extends KeyedRow {
  readonly version: string;
  readonly op: string;
  readonly committedAt: string;
  readonly kafkaAt: string;
  readonly partition: number;
  readonly offset: string;
}

/** A row that is there now. */
export interface CurrentRow extends KeyedRow {
  readonly version: string;
}

/** What the warehouse holds of an id: changes of each row in their order, and the state of each. */
export interface CapturedSide {
  readonly changes: readonly Change[];
  readonly current: readonly CurrentRow[];
}

/** The change log and the current states of every table, each in one question. */
export async function findChanges(
  warehouse: Warehouse,
  tables: readonly KeyedTable[],
  id: string,
): Promise<CapturedSide> {
  const positions = await readPositions(warehouse);
  const there = tables.flatMap((table) => {
    const position = positions.get(viewName(table));
    return position === undefined ? [] : [{ table, position }];
  });
  if (there.length === 0) return { changes: [], current: [] };
  const ask = <T>(queries: readonly string[]): Promise<T[]> =>
    warehouse.query<T>(queries.map((sql) => `SELECT * FROM (${sql})`).join(' UNION ALL '), { id });
  const [changes, current] = await Promise.all([
    ask<Change>(there.map(({ table, position }) => changesSql(table, position))),
    ask<CurrentRow>(there.map(({ table }) => currentSql(table))),
  ]);
  return { changes, current };
}

function keySql(table: KeyedTable): string {
  const columns = table.keys.map(({ name }) => `toString(v.${quoteClickhouseName(name)})`);
  return `${quoteClickhouseText(tableName(table))} AS table, [${columns.join(', ')}] AS key`;
}

function isSearched(table: KeyedTable): string {
  return searchedColumns(table)
    .map((name) => `v.${quoteClickhouseName(name)} = {id: String}`)
    .join(' OR ');
}

function changesSql(table: KeyedTable, { partition, offset, kafkaTime }: Position): string {
  return `SELECT ${keySql(table)}, toString(v._version) AS version, toString(v._op) AS op,
      toString(v._commit_time) AS committedAt, toString(v.${kafkaTime}) AS kafkaAt, v.${partition} AS partition,
      toString(v.${offset}) AS offset
    FROM raw.${quoteClickhouseName(`${viewName(table)}_history`)} AS v WHERE ${isSearched(table)}
    ORDER BY v._version LIMIT ${MOST_CHANGES}`;
}

function currentSql(table: KeyedTable): string {
  return `SELECT ${keySql(table)}, toString(v._version) AS version
    FROM raw.${quoteClickhouseName(`${viewName(table)}_current`)} AS v WHERE ${isSearched(table)} LIMIT ${MOST_CHANGES}`;
}

/** A row as Postgres has it now. */
export interface StoredRow extends KeyedRow {
  readonly storedAt: Date | null;
}

/**
 * Rows whose first searched column is the id, which the index of the key finds, and those that the warehouse knows: other
 * columns have no index here, and their text is found there in a column of its own.
 */
export async function findRows(
  db: Queryable,
  tables: readonly KeyedTable[],
  { id, known }: { id: string; known: readonly KeyedRow[] },
): Promise<StoredRow[]> {
  const found: StoredRow[] = [];
  for (const table of tables) {
    const name = tableName(table);
    const keys = known.filter((row) => row.table === name).map(({ key }) => key);
    const columns = table.keys.map((_, index) => keys.map((key) => key[index] ?? ''));
    const { rows } = await db.query<{ key: string[]; stored_at: Date | null }>(rowsSql(table), [id, ...columns]);
    found.push(...rows.map((row) => ({ table: name, key: row.key, storedAt: row.stored_at })));
  }
  return found;
}

function rowsSql(table: KeyedTable): string {
  const { schema, keys, storedAt } = table;
  const columns = keys.map(({ name }) => `t.${quoteIdentifier(name)}`);
  const stored = storedAt === null ? 'NULL::timestamptz' : `t.${quoteIdentifier(storedAt)}`;
  const select = `SELECT ARRAY[${columns.map((column) => `${column}::text`).join(', ')}] AS key, ${stored} AS stored_at`;
  const from = `${quoteIdentifier(schema)}.${quoteIdentifier(table.table)} t`;
  // Only what is no text is cast: a cast text would not be found by the index.
  const isSame = keys.map(({ isText }, index) => `${columns[index]}${isText ? '' : '::text'} = k.k${index}`);
  const known = keys.map((_, index) => `$${index + 2}::text[]`).join(', ');
  return `SELECT * FROM (
      (${select} FROM ${from} WHERE t.${quoteIdentifier(searchedColumns(table)[0] ?? '')} = $1 LIMIT ${MOST_ROWS})
      UNION ${select} FROM unnest(${known}) AS k (${keys.map((_, index) => `k${index}`).join(', ')})
        JOIN ${from} ON ${isSame.join(' AND ')}
    ) found ORDER BY key LIMIT ${MOST_ROWS}`;
}
