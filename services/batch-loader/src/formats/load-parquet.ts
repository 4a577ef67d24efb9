import { Readable } from 'node:stream';
import { ClickhouseError, quoteClickhouseText } from '@ebb/clickhouse';
import { errorMessage } from '@ebb/core';
import type { ParquetColumn } from '../datasets/dataset.ts';
import { FileRefused } from '../errors.ts';
import type { LoadFacts } from '../load/load-columns.ts';
import type { FormatLoad } from './format.ts';
import { checkParquetSchema } from './parquet-schema.ts';

/** In the order of the file, so that line_no is a row's place in it. */
const IN_ORDER = { max_threads: 1, max_insert_threads: 1, input_format_parquet_preserve_order: 1 };

/** A Parquet file, read by the warehouse itself: every codec and encoding, and no row passes through here. */
export async function loadParquet(load: FormatLoad, columns: readonly ParquetColumn[]): Promise<number> {
  await checkParquetSchema(load.content, columns);
  const { facts, clickhouse } = load;
  const { table } = facts.claim.dataset;
  const constants = factExpressions(facts);
  try {
    await clickhouse.insertFrom(table, {
      columns: [...columns.map(({ column }) => column), 'line_no', ...Object.keys(constants)],
      select: [...columns.map(valueOf), 'toUInt32(rowNumberInAllBlocks() + 1)', ...Object.values(constants)],
      structure: columns.map(({ column, readAs }) => `${column} ${readAs}`).join(', '),
      format: 'Parquet',
      body: Readable.from(load.content.stream()),
      settings: IN_ORDER,
    });
  } catch (error) {
    throw isFileFault(error) ? damaged(error) : error;
  }
  for (const column of columns) if (column.isRequired === true) await quarantineMissing(load, column.column);
  return countRows(load);
}

function valueOf({ column, isRequired }: ParquetColumn): string {
  return isRequired === true ? `ifNull(${column}, '')` : column;
}

function factExpressions({ loadId, claim, processingDay, loadedAtMs }: LoadFacts): Record<string, string> {
  return {
    source_file: quoteClickhouseText(claim.name),
    load_id: `toUInt64(${loadId})`,
    processing_date: `toDate('${processingDay}')`,
    ingestion_timestamp: `fromUnixTimestamp64Milli(toInt64(${loadedAtMs}), 'UTC')`,
  };
}

/** Rows are not visible yet, so those that break a rule can still be taken out. */
async function quarantineMissing(load: FormatLoad, column: string): Promise<void> {
  const { table } = load.facts.claim.dataset;
  const where = `load_id = ${load.facts.loadId} AND ${column} = ''`;
  const rows = await load.clickhouse.query<{ line_no: number; raw: string }>(
    `SELECT line_no, toJSONString(tuple(* EXCEPT (source_file, load_id, processing_date, ingestion_timestamp))) AS raw
     FROM ${table} WHERE ${where} ORDER BY line_no`,
  );
  if (rows.length === 0) return;
  const broken = { rule: `required_${column}`, detail: `${column} is missing` };
  for (const { line_no: lineNo, raw } of rows) load.quarantine.line(lineNo, [broken], raw);
  await load.clickhouse.command(`DELETE FROM ${table} WHERE ${where}`);
}

async function countRows({ clickhouse, facts }: FormatLoad): Promise<number> {
  const sql = `SELECT count() AS rows FROM ${facts.claim.dataset.table} WHERE load_id = ${facts.loadId}`;
  const [counted] = await clickhouse.query<{ rows: string }>(sql);
  return Number(counted?.rows ?? 0);
}

/** The server answered, and repeating changes nothing. */
function isFileFault(error: unknown): boolean {
  return error instanceof ClickhouseError && error.code === 'REFUSED' && !error.retryable;
}

function damaged(error: unknown): FileRefused {
  const detail = `the warehouse cannot read the file: ${errorMessage(error).slice(0, 500)}`;
  return new FileRefused([{ rule: 'file_format', detail }]);
}
