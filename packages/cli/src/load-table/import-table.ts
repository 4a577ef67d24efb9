import { type Clickhouse, ClickhouseError, quoteClickhouseName, quoteClickhouseText } from '@ebb/clickhouse';
import { LoadTableError } from './errors.ts';
import type { ForeignTable } from './foreign-table.ts';

export interface ImportResult {
  table: string;
  state: 'created' | 'replaced' | 'unchanged';
  rows: number;
  seconds: number;
}

const DATABASE = 'raw';
/** Begins the comment of every table this makes: only these are ever replaced. */
const MARK = 'Imported from ';
const TARGET = /^[a-z][a-z0-9_]{0,120}$/;

/**
 * Copies a foreign table into `raw.<target>` by ClickHouse's own reader. The rows are complete before they take the
 * place of the former import, in one step; equal rows change nothing. A killed import leaves the former one.
 */
export async function importTable(clickhouse: Clickhouse, from: ForeignTable, target: string): Promise<ImportResult> {
  if (!TARGET.test(target)) {
    throw new LoadTableError('BAD_TABLE', `${JSON.stringify(target)} cannot name a table here: a-z, 0-9 and _ only`);
  }
  const begun = performance.now();
  const known = await comment(clickhouse, target);
  if (known !== null && !known.startsWith(MARK)) {
    throw new LoadTableError(
      'NOT_AN_IMPORT',
      `${DATABASE}.${target} was not made by an import; choose another with --as`,
    );
  }
  const loading = `${target}__loading`;
  const drop = (): Promise<void> => clickhouse.command(`DROP TABLE IF EXISTS ${qualified(loading)} SYNC`);
  await drop();
  try {
    await copy(clickhouse, from, loading);
    const rows = Number((await digest(clickhouse, loading)).rows);
    const state = await putInPlace(clickhouse, { loading, target, isNew: known === null });
    return { table: `${DATABASE}.${target}`, state, rows, seconds: (performance.now() - begun) / 1000 };
  } finally {
    await drop();
  }
}

/** The login goes as parameters: the statement, which errors and logs repeat, holds names alone. */
async function copy(clickhouse: Clickhouse, from: ForeignTable, loading: string): Promise<void> {
  const { kind, schema, ...login } = from;
  const names = ['address', 'database', 'table', 'user', 'password', ...(schema === null ? [] : ['schema'])];
  const source = `${kind}(${names.map((name) => `{${name}:String}`).join(', ')})`;
  try {
    await clickhouse.command(
      `CREATE TABLE ${qualified(loading)} ENGINE = MergeTree ORDER BY tuple() AS SELECT * FROM ${source}`,
      { ...login, ...(schema === null ? {} : { schema }) },
    );
  } catch (error) {
    if (!(error instanceof ClickhouseError) || error.code !== 'REFUSED') throw error;
    const what = `${from.kind}://${from.address}/${from.database}, ${schema === null ? '' : `${schema}.`}${from.table}`;
    throw new LoadTableError('NO_ROWS_READ', `${what}: ${error.message}`);
  }
  const origin = `${MARK}${from.kind}://${from.address}/${from.database} ${schema === null ? '' : `${schema}.`}${from.table}`;
  await clickhouse.command(`ALTER TABLE ${qualified(loading)} MODIFY COMMENT ${quoteClickhouseText(origin)}`);
}

interface Tables {
  loading: string;
  target: string;
  isNew: boolean;
}

async function putInPlace(clickhouse: Clickhouse, { loading, target, isNew }: Tables): Promise<ImportResult['state']> {
  if (isNew) {
    await clickhouse.command(`RENAME TABLE ${qualified(loading)} TO ${qualified(target)}`);
    return 'created';
  }
  const [next, former] = [await digest(clickhouse, loading), await digest(clickhouse, target)];
  if (JSON.stringify(next) === JSON.stringify(former)) return 'unchanged';
  await clickhouse.command(`EXCHANGE TABLES ${qualified(loading)} AND ${qualified(target)}`);
  return 'replaced';
}

/** Equal for equal columns and rows, whatever the order of the rows. */
async function digest(clickhouse: Clickhouse, table: string): Promise<{ rows: string; sum: string; columns: string }> {
  const [content] = await clickhouse.query<{ rows: string; sum: string }>(
    `SELECT count() AS rows, toString(sum(cityHash64(toString(tuple(*))))) AS sum FROM ${qualified(table)}`,
  );
  const [shape] = await clickhouse.query<{ columns: string }>(
    `SELECT arrayStringConcat(groupArray(name || ' ' || type), ', ') AS columns
     FROM (SELECT name, type FROM system.columns
           WHERE database = {database:String} AND table = {table:String} ORDER BY position)`,
    { database: DATABASE, table },
  );
  return { rows: content?.rows ?? '0', sum: content?.sum ?? '', columns: shape?.columns ?? '' };
}

async function comment(clickhouse: Clickhouse, table: string): Promise<string | null> {
  const [row] = await clickhouse.query<{ comment: string }>(
    'SELECT comment FROM system.tables WHERE database = {database:String} AND name = {table:String}',
    { database: DATABASE, table },
  );
  return row?.comment ?? null;
}

function qualified(table: string): string {
  return `${DATABASE}.${quoteClickhouseName(table)}`;
}
