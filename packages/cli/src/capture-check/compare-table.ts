import { type Clickhouse, quoteClickhouseName } from '@ebb/clickhouse';
import { errorMessage } from '@ebb/core';
import { type Pool, quoteIdentifier } from '@ebb/postgres';
import { canonical, clickhouseText, postgresText } from './canonical.ts';
import { postgresName, type ShapeColumn, type TableName, tableShape } from './table-shape.ts';

export interface TableDifference {
  table: string;
  /** Rows in Postgres. */
  rows: number;
  /** In words, each with its key; empty when both engines agree on every column of every row. */
  differences: string[];
}

type Row = Map<string, string | null>;
const MAX_NAMED = 20;

/** Compares the current state in ClickHouse with Postgres, column by column. Both should be at rest. */
export async function compareTable(pool: Pool, clickhouse: Clickhouse, name: TableName): Promise<TableDifference> {
  const shape = await tableShape(pool, name);
  const label = `${name.schema}.${name.table}`;
  const expected = await postgresRows(pool, name, shape);
  try {
    const differences = [
      ...(await differentColumns(clickhouse, name, shape)),
      ...differentRows(expected, await clickhouseRows(clickhouse, name, shape)),
    ];
    return { table: label, rows: expected.size, differences };
  } catch (error) {
    return { table: label, rows: expected.size, differences: [errorMessage(error)] };
  }
}

/** Where the current state of a captured table is read in ClickHouse. */
export function currentView({ schema, table }: TableName): string {
  return `raw.${quoteClickhouseName(`${schema}_${table}_current`)}`;
}

async function differentColumns(clickhouse: Clickhouse, name: TableName, shape: ShapeColumn[]): Promise<string[]> {
  const described = await clickhouse.query<{ name: string }>(`DESCRIBE TABLE ${currentView(name)}`);
  const found = described.map((column) => column.name).filter((column) => !column.startsWith('_'));
  const wanted = shape.map((column) => column.name);
  const missing = wanted.filter((column) => !found.includes(column)).map((column) => `column ${column} is missing`);
  const extra = found.filter((column) => !wanted.includes(column)).map((column) => `column ${column} is too much`);
  return [...missing, ...extra];
}

async function postgresRows(pool: Pool, name: TableName, shape: ShapeColumn[]): Promise<Map<string, Row>> {
  const texts = shape.map(({ name, canon }, index) => `${postgresText(quoteIdentifier(name), canon)} AS c${index}`);
  const { rows } = await pool.query<Record<string, string | null>>(
    `SELECT ${texts.join(', ')} FROM ${postgresName(name)}`,
  );
  return keyed(rows, shape).byKey;
}

async function clickhouseRows(clickhouse: Clickhouse, name: TableName, shape: ShapeColumn[]): Promise<Keyed> {
  const texts = shape.map(
    ({ name, canon }, index) => `${clickhouseText(quoteClickhouseName(name), canon)} AS c${index}`,
  );
  const sql = `SELECT ${texts.join(', ')} FROM ${currentView(name)}`;
  return keyed(await clickhouse.query<Record<string, string | null>>(sql), shape);
}

interface Keyed {
  byKey: Map<string, Row>;
  /** Keys that came more than once. */
  repeated: string[];
}

export function keyed(rows: readonly Record<string, string | null>[], shape: readonly ShapeColumn[]): Keyed {
  const byKey = new Map<string, Row>();
  const repeated: string[] = [];
  for (const values of rows) {
    const row: Row = new Map();
    for (const [index, { name, canon }] of shape.entries())
      row.set(name, canonical(values[`c${index}`] ?? null, canon));
    const key = shape.flatMap(({ name, isKey }) => (isKey ? [row.get(name) ?? 'NULL'] : [])).join('|');
    if (byKey.has(key)) repeated.push(key);
    byKey.set(key, row);
  }
  return { byKey, repeated };
}

export function differentRows(expected: ReadonlyMap<string, Row>, found: Keyed): string[] {
  const differences = found.repeated.map((key) => `${key}: more than once`);
  for (const [key, row] of expected) {
    const other = found.byKey.get(key);
    if (other === undefined) differences.push(`${key}: missing`);
    else differences.push(...differentValues(key, row, other));
  }
  for (const key of found.byKey.keys()) if (!expected.has(key)) differences.push(`${key}: should not be there`);
  if (differences.length <= MAX_NAMED) return differences;
  return [...differences.slice(0, MAX_NAMED), `and ${differences.length - MAX_NAMED} more`];
}

function differentValues(key: string, row: Row, other: Row): string[] {
  return [...row].flatMap(([column, value]) => {
    const found = other.get(column) ?? null;
    return found === value ? [] : [`${key}: ${column} is ${shown(found)} instead of ${shown(value)}`];
  });
}

function shown(value: string | null): string {
  const text = JSON.stringify(value);
  return text.length <= 120 ? text : `${text.slice(0, 100)}… (${text.length} characters)`;
}
