import { type Clickhouse, quoteClickhouseName, readColumns } from '@ebb/clickhouse';
import type { TextTable } from '@ebb/customer-models';
import { WorkerError } from '../errors.ts';

/** A model of more customers is trained on a sample of them, which whoever makes the table draws. */
const MAX_CELLS = 10_000_000;

export interface LabelledRequest {
  /** `database.table`. */
  readonly table: string;
  /** Names the rows, and orders them: the same table gives the same folds whatever its parts are. */
  readonly id: string;
  /** Columns that must be there. */
  readonly needed: readonly string[];
  readonly leaveOut: readonly string[];
  readonly signal: AbortSignal;
}

/** A table as text, cell by cell; a NULL is blank. Raises BAD_TABLE where it, or a column of it, is not there, or is too large. */
export async function readLabelled(clickhouse: Clickhouse, request: LabelledRequest): Promise<TextTable> {
  const { table, id, needed, leaveOut, signal } = request;
  const [database = '', name = ''] = table.split('.');
  const known = await clickhouse.query<{ name: string }>(
    'SELECT name FROM system.columns WHERE database = {database: String} AND table = {name: String} ORDER BY position',
    { database, name },
  );
  const names = known.map((column) => column.name);
  if (names.length === 0) throw new WorkerError('BAD_TABLE', `there is no table ${table} that this worker may read`);
  const missing = [...needed, ...leaveOut].find((column) => !names.includes(column));
  if (missing !== undefined) {
    throw new WorkerError('BAD_TABLE', `${table} has no column "${missing}"; it has ${names.join(', ')}`);
  }
  const columns = names.filter((column) => !leaveOut.includes(column) || needed.includes(column));
  const from = `${quoteClickhouseName(database)}.${quoteClickhouseName(name)}`;
  await expectSize(clickhouse, from, columns.length);
  // Aliases of its own: a column's name as an alias would be read as the text in the rest of the statement.
  const selected = columns.map((column, at) => `ifNull(toString(${quoteClickhouseName(column)}), '') AS cell_${at}`);
  const read = await readColumns(
    clickhouse,
    `SELECT ${selected.join(', ')} FROM ${from} ORDER BY cell_${columns.indexOf(id)}`,
    { signal },
  );
  const cells = columns.map((_, at) => read.texts.get(`cell_${at}`) ?? []);
  return { columns, rows: Array.from({ length: read.rows }, (_, row) => cells.map((column) => column[row] ?? '')) };
}

async function expectSize(clickhouse: Clickhouse, from: string, columns: number): Promise<void> {
  const [found] = await clickhouse.query<{ rows: string }>(`SELECT count() AS rows FROM ${from}`);
  const rows = Number(found?.rows ?? 0);
  if (rows * columns <= MAX_CELLS) return;
  throw new WorkerError(
    'BAD_TABLE',
    `${from} has ${rows} rows of ${columns} columns, more than ${MAX_CELLS} cells: name a view of a sample of it`,
  );
}
