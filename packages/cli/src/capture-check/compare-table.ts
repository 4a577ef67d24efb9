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

export type Row = Map<string, string | null>;
const MAX_NAMED = 20;

/** Compares the current state in ClickHouse with Postgres, column by column. Both should be at rest. */
export async function compareTable(pool: Pool, clickhouse: Clickhouse, name: TableName): Promise<TableDifference> {
  const shape = await tableShape(pool, name);
  const expected = await postgresRows(pool, name, shape);
  return { table: `${name.schema}.${name.table}`, rows: expected.size, differences: await differences() };

  async function differences(): Promise<string[]> {
    try {
      const columns = await describe(clickhouse, currentView(name));
      const found = await clickhouseRows(clickhouse, currentView(name), shape, columns);
      return [...differentColumns(columns, shape), ...differentRows(expected, keyed(found, shape))];
    } catch (error) {
      return [errorMessage(error)];
    }
  }
}

/** Where the current state of a captured table is read in ClickHouse. */
export function currentView({ schema, table }: TableName): string {
  return `raw.${quoteClickhouseName(`${schema}_${table}_current`)}`;
}

export async function describe(clickhouse: Clickhouse, view: string): Promise<string[]> {
  return (await clickhouse.query<{ name: string }>(`DESCRIBE TABLE ${view}`)).map(({ name }) => name);
}

function differentColumns(columns: readonly string[], shape: readonly ShapeColumn[]): string[] {
  const wanted = shape.map(({ name }) => name);
  const marks = wanted.map(nullMarkOf);
  const known = [...wanted, ...marks];
  const missing = wanted.filter((column) => !columns.includes(column)).map((column) => `column ${column} is missing`);
  const extra = columns
    .filter((column) => !known.includes(column) && !column.startsWith('_'))
    .map((column) => `column ${column} is too much`);
  return [...missing, ...extra];
}

/** ClickHouse's arrays cannot be null; a column beside says which are. */
function nullMarkOf(column: string): string {
  return `${column}__is_null`;
}

export async function postgresRows(pool: Pool, name: TableName, shape: ShapeColumn[]): Promise<Map<string, Row>> {
  const texts = shape.map(({ name, canon }, index) => `${postgresText(quoteIdentifier(name), canon)} AS c${index}`);
  const { rows } = await pool.query<Record<string, string | null>>(
    `SELECT ${texts.join(', ')} FROM ${postgresName(name)}`,
  );
  return keyed(rows, shape).byKey;
}

/** Texts of the shape's columns as `c0`, `c1` …, and our own `_meta_version` and `_meta_deleted`. */
export async function clickhouseRows(
  clickhouse: Clickhouse,
  view: string,
  shape: readonly ShapeColumn[],
  columns: readonly string[],
): Promise<Record<string, string | null>[]> {
  const texts = shape.map(({ name, canon }, index) => {
    const mark = nullMarkOf(name);
    const nullMark = columns.includes(mark) ? quoteClickhouseName(mark) : null;
    return `${clickhouseText(quoteClickhouseName(name), canon, nullMark)} AS c${index}`;
  });
  const metas = ['version', 'deleted'].flatMap((meta) => {
    // Beside a column of Postgres' own of that name ours has another.
    const name = [`_cdc_${meta}`, `_${meta}`].find((candidate) => columns.includes(candidate));
    return name === undefined ? [] : [`${name} AS _meta_${meta}`];
  });
  return clickhouse.query<Record<string, string | null>>(`SELECT ${[...texts, ...metas].join(', ')} FROM ${view}`);
}

export interface Keyed {
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

export function canonicalRow(values: Record<string, string | null>, shape: readonly ShapeColumn[]): Row {
  return new Map(shape.map(({ name, canon }, index) => [name, canonical(values[`c${index}`] ?? null, canon)]));
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

export function keyOf(row: Row, shape: readonly ShapeColumn[]): string {
  return shape.flatMap(({ name, isKey }) => (isKey ? [row.get(name) ?? 'NULL'] : [])).join('|');
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
