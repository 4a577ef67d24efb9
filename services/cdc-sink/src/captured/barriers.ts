import { RowBinaryWriter } from '@ebb/clickhouse';
import type { Truncate } from './chunk-decoder.ts';
import { versionWords } from './position.ts';
import type { TableInsert } from './types.ts';

const BARRIER_COLUMNS = ['table_oid', 'table_name', 'version', 'reason'] as const;

/** Rows of ops.barriers: everything of the table below the version is gone. */
export function truncateBarriers(truncates: readonly Truncate[]): TableInsert[] {
  if (truncates.length === 0) return [];
  const writer = new RowBinaryWriter(256 * truncates.length);
  for (const { oid, name, position } of truncates) {
    writer.uint32(oid);
    writer.string(name);
    writer.uint128Words(...versionWords(position));
    writer.string('truncate');
  }
  return [insertOf('ops.barriers', BARRIER_COLUMNS, truncates.length, writer)];
}

function insertOf(table: string, columns: readonly string[], rows: number, writer: RowBinaryWriter): TableInsert {
  return { table, columns, format: 'RowBinary', rows, body: [writer.take()] };
}
