import { hash } from 'node:crypto';
import { buffer } from 'node:stream/consumers';
import { type Clickhouse, type Publication, quoteClickhouseName } from '@ebb/clickhouse';
import type { KeptAnswers } from './kept-answers.ts';
import type { ModelRuns } from './model-run.ts';

/**
 * One publication and the runs of models that were published with or after it, as a reader sees them: whoever reads
 * everything through one edition never mixes two builds or two runs.
 */
export class Edition {
  readonly publication: Publication;
  readonly runs: ModelRuns;
  /** Of two editions with the same key everything is the same. */
  readonly key: string;
  readonly #clickhouse: Clickhouse;
  readonly #answers: KeptAnswers;

  constructor(clickhouse: Clickhouse, answers: KeptAnswers, publication: Publication, runs: ModelRuns) {
    this.publication = publication;
    this.runs = runs;
    this.key = digest([publication, runs]);
    this.#clickhouse = clickhouse;
    this.#answers = answers;
  }

  /** A mart of this publication, for SQL text. */
  mart(name: string): string {
    return `${quoteClickhouseName(this.publication.database)}.${quoteClickhouseName(name)}`;
  }

  /**
   * Rows of marts and of runs of models as objects; 64-bit numbers and decimals are texts. These rows never change, so they
   * are asked for once and belong to everybody: they are frozen.
   */
  query<T>(sql: string, params: Record<string, unknown> = {}): Promise<T[]> {
    return this.#answers.get(digest([this.key, sql, params]), async () => {
      const rows = await this.#clickhouse.query<T>(sql, params);
      for (const row of rows) Object.freeze(row);
      return Object.freeze(rows) as T[];
    });
  }

  /** Asked each time: rows that go on changing, such as events, or that are too much to keep. */
  queryAnew<T>(sql: string, params: Record<string, unknown> = {}): Promise<T[]> {
    return this.#clickhouse.query<T>(sql, params);
  }

  /** Rows as of `query`, of at most so many rows: for lists that are longer than a page. */
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

function digest(value: unknown): string {
  return hash('sha256', JSON.stringify(value), 'base64');
}
