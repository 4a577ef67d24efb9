import { mkdirSync, renameSync } from 'node:fs';
import { dirname } from 'node:path';
import { type ColumnSource, fileWriter, ParquetWriter } from 'hyparquet-writer';

export type SchemaElement = ConstructorParameters<typeof ParquetWriter>[0]['schema'][number];

const ROWS_PER_GROUP = 100_000;

export interface ParquetTable {
  schema: SchemaElement[];
  /** Columns of rows `from` to `to` − 1, in the schema's order. */
  columns: (from: number, to: number) => ColumnSource[];
  rows: number;
  metadata?: Record<string, string>;
}

/** Writes a table in Snappy-compressed row groups, so that memory does not grow with it; the file appears whole. */
export function writeParquet(path: string, table: ParquetTable): void {
  mkdirSync(dirname(path), { recursive: true });
  const next = `${path}.${process.pid}.tmp`;
  const writer = new ParquetWriter({
    writer: fileWriter(next),
    schema: table.schema,
    codec: 'SNAPPY',
    createdBy: 'ebb',
    kvMetadata: Object.entries(table.metadata ?? {}).map(([key, value]) => ({ key, value })),
  });
  for (let from = 0; from < table.rows; from += ROWS_PER_GROUP) {
    const to = Math.min(from + ROWS_PER_GROUP, table.rows);
    void writer.write({ columnData: table.columns(from, to), rowGroupSize: ROWS_PER_GROUP });
  }
  void writer.finish();
  renameSync(next, path);
}

export function root(children: number): SchemaElement {
  return { name: 'root', num_children: children };
}

export function required(name: string, element: Omit<SchemaElement, 'name' | 'repetition_type'>): SchemaElement {
  return { name, repetition_type: 'REQUIRED', ...element };
}
