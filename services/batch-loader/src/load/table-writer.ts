import { type Clickhouse, RowBinaryWriter } from '@ebb/clickhouse';

const FLUSH_BYTES = 16 * 1024 ** 2;
/** For what a piece of the file adds before it is looked whether there is enough; it grows where that is too little. */
const ROOM_BYTES = 1024 ** 2;

export interface TableWriterOptions {
  clickhouse: Clickhouse;
  table: string;
  columns: readonly string[];
  /** Of the file: a small one needs little room. */
  fileBytes: number;
}

/** Rows on their way into a table, in pieces: what makes them visible is written when all have arrived. */
export class TableWriter {
  /** Values go in here; `endRow` counts them as a row. */
  readonly values: RowBinaryWriter;
  readonly #options: TableWriterOptions;
  rows = 0;

  constructor(options: TableWriterOptions) {
    this.#options = options;
    this.values = new RowBinaryWriter(Math.min(FLUSH_BYTES, options.fileBytes) + ROOM_BYTES);
  }

  endRow(): void {
    this.rows += 1;
  }

  /** Sends what there is once it is worth a request. */
  async flushIfFull(): Promise<void> {
    if (this.values.byteLength >= FLUSH_BYTES) await this.flush();
  }

  /** Resolves when every row so far survives a killed server. */
  async flush(): Promise<void> {
    if (this.values.byteLength === 0) return;
    const { clickhouse, table, columns } = this.#options;
    await clickhouse.insert(table, { columns, format: 'RowBinary', body: this.values.take() });
    this.values.reset();
  }
}
