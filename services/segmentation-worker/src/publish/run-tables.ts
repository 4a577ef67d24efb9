import { type Clickhouse, quoteClickhouseName, quoteClickhouseText, RowBinaryWriter } from '@ebb/clickhouse';
import { WorkerError } from '../errors.ts';

const FLUSH_BYTES = 16 * 1024 ** 2;

export interface RunTable {
  /** `ml.…_runs`. */
  readonly table: string;
  /** Without `run_id` and `write_id`, which come last by themselves. */
  readonly columns: readonly string[];
  readonly rows: number;
  /** Writes the cells of one row, in the order of the columns. */
  readonly writeRow: (cells: RowBinaryWriter, row: number) => void;
}

export interface WriteIdentity {
  readonly runId: string;
  readonly writeId: string;
}

/** Customers whose features an attempt wrote: 0 when its rows were swept away, or never all written. */
export async function storedCustomers(clickhouse: Clickhouse, writeId: string): Promise<number> {
  const [found] = await clickhouse.query<{ rows: string }>(
    'SELECT count() AS rows FROM ml.customer_features_runs WHERE write_id = {writeId: UUID}',
    { writeId },
  );
  return Number(found?.rows ?? 0);
}

/**
 * Writes the rows of a run's attempt and looks whether all of them stand there. Nobody sees them before the attempt is
 * published, so one that is interrupted leaves nothing to repair.
 */
export async function writeRunTable(
  clickhouse: Clickhouse,
  { table, columns, rows, writeRow }: RunTable,
  { runId, writeId }: WriteIdentity,
  signal: AbortSignal,
): Promise<void> {
  const cells = new RowBinaryWriter();
  const into = { columns: [...columns, 'run_id', 'write_id'], format: 'RowBinary' as const, signal };
  for (let row = 0; row < rows; row += 1) {
    writeRow(cells, row);
    cells.uuid(runId);
    cells.uuid(writeId);
    if (cells.byteLength < FLUSH_BYTES && row < rows - 1) continue;
    await clickhouse.insert(table, { ...into, body: cells.take() });
    cells.reset();
  }
  await expectRows(clickhouse, { table, rows, writeId });
}

async function expectRows(
  clickhouse: Clickhouse,
  { table, rows, writeId }: { table: string; rows: number; writeId: string },
): Promise<void> {
  const [found] = await clickhouse.query<{ rows: string }>(
    `SELECT count() AS rows FROM ${table} WHERE write_id = {writeId: UUID}`,
    { writeId },
  );
  if (Number(found?.rows) === rows) return;
  throw new WorkerError('ROWS_MISSING', `${table} has ${found?.rows} rows of this run where ${rows} were written`);
}

/** Deletes the rows of every attempt that is not to be kept; nobody may be writing meanwhile. Returns how many it dropped. */
export async function sweepRunTables(clickhouse: Clickhouse, kept: ReadonlySet<string>): Promise<number> {
  const parts = await clickhouse.query<{ tableName: string; partition: string; partitionId: string }>(
    `SELECT table AS tableName, partition, any(partition_id) AS partitionId FROM system.parts
     WHERE database = 'ml' AND active AND table LIKE '%\\_runs' GROUP BY table, partition`,
  );
  const left = parts.filter(({ partition }) => !kept.has(partition.replaceAll("'", '')));
  for (const { tableName, partitionId } of left) {
    const table = `ml.${quoteClickhouseName(tableName)}`;
    await clickhouse.command(`ALTER TABLE ${table} DROP PARTITION ID ${quoteClickhouseText(partitionId)}`);
  }
  return left.length;
}
