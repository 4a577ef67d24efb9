import { type Clickhouse, RowBinaryWriter } from '@ebb/clickhouse';

const FLUSH_BYTES = 16 * 1024 ** 2;

export interface TableWriterOptions {
  clickhouse: Clickhouse;
  table: string;
  columns: readonly string[];
}

/** Rows on their way into a table, in pieces: what makes them visible is written when all have arrived. */
export class TableWriter {
  /** Values go in here; `endRow` counts them as a row. */
  readonly values = new RowBinaryWriter(FLUSH_BYTES + (1 << 20));
  readonly #options: TableWriterOptions;
  rows = 0;

  constructor(options: TableWriterOptions) {
    this.#options = options;
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
