import { RowBinaryWriter } from '@ebb/clickhouse';
import type { RowValues } from './envelope.ts';
import { hasMoved, type Layout, type RowMeta, writeRow } from './layout.ts';
import type { TableInsert } from './types.ts';

/** Rows of one chunk, by the columns they are written with. State and log take the same bytes. */
export class TableRows {
  readonly #writers = new Map<string, { layout: Layout; writer: RowBinaryWriter; rows: number }>();

  /** Writes the change as one row, or two where it moved the row to another key. Throws as writeRow, leaving nothing. */
  add(layout: Layout, change: { before: RowValues | null; after: RowValues | null }, meta: RowMeta): void {
    const target = this.#target(layout);
    const { before, after } = change;
    const values = meta.op === 'd' ? before : after;
    if (values === null) return;
    const mark = target.writer.mark();
    writeRow(target.writer, layout, values, meta);
    target.rows += 1;
    if (meta.op !== 'u' || before === null || !hasMoved(layout, before, values)) return;
    try {
      writeRow(target.writer, layout, before, { ...meta, op: 'd' });
      target.rows += 1;
    } catch (error) {
      target.writer.truncate(mark);
      target.rows -= 1;
      throw error;
    }
  }

  /** Everything added since the last call. */
  take(): TableInsert[] {
    const inserts: TableInsert[] = [];
    for (const target of this.#writers.values()) {
      const { layout, writer, rows } = target;
      if (rows === 0) continue;
      const body = [writer.take()];
      const { columns } = layout;
      inserts.push({ table: layout.state, columns, format: 'RowBinary', rows, body });
      inserts.push({ table: layout.log, columns, format: 'RowBinary', rows, body });
      target.rows = 0;
    }
    return inserts;
  }

  /** Forgets rows that were not taken, and writers of tables that have changed. */
  clear(): void {
    this.#writers.clear();
  }

  #target(layout: Layout): { layout: Layout; writer: RowBinaryWriter; rows: number } {
    let target = this.#writers.get(layout.id);
    if (target === undefined) {
      target = { layout, writer: new RowBinaryWriter(WRITER_BYTES), rows: 0 };
      this.#writers.set(layout.id, target);
    }
    return target;
  }
}

const WRITER_BYTES = 1 << 18;
