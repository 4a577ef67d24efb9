import { buffer } from 'node:stream/consumers';
import { type Clickhouse, type Publication, quoteClickhouseName } from '@ebb/clickhouse';

/** One publication as a reader sees it: whoever reads everything through one edition never mixes two builds. */
export class Edition {
  readonly publication: Publication;
  readonly #clickhouse: Clickhouse;

  constructor(clickhouse: Clickhouse, publication: Publication) {
    this.#clickhouse = clickhouse;
    this.publication = publication;
  }

  /** A mart of this publication, for SQL text. */
  mart(name: string): string {
    return `${quoteClickhouseName(this.publication.database)}.${quoteClickhouseName(name)}`;
  }

  /** Rows as objects; 64-bit numbers and decimals are texts. */
  query<T>(sql: string, params: Record<string, unknown> = {}): Promise<T[]> {
    return this.#clickhouse.query<T>(sql, params);
  }

  /** The same of at most so many rows: for lists that are longer than a page. */
  list<T>(sql: string, params: Record<string, unknown>, maxRows: number): Promise<T[]> {
    return this.#clickhouse.query<T>(sql, params, { settings: { max_result_rows: maxRows } });
  }

  /** At most so many rows as a Parquet file, whole: a failure half way is a failure, and no shorter file. */
  async parquet(sql: string, params: Record<string, unknown>, maxRows: number): Promise<Buffer> {
    const settings = {
      max_result_rows: maxRows,
      wait_end_of_query: 1,
      // The one that every reader knows.
      output_format_parquet_compression_method: 'snappy',
    };
    return buffer(await this.#clickhouse.queryBytes(sql, 'Parquet', { params, settings }));
  }
}
