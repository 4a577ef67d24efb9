import { Readable } from 'node:stream';
import { text } from 'node:stream/consumers';
import { ClickHouseLogLevel, createClient, type ClickHouseClient, type ClickHouseSettings } from '@clickhouse/client';
import { fromDriver } from './driver-error.ts';
import { ClickhouseError } from './errors.ts';
import { quoteClickhouseName, quoteClickhouseText } from './quoting.ts';

export type Settings = Readonly<Record<string, string | number>>;

export interface ClickhouseOptions {
  /** `http(s)://user:password@host:port`, optionally with `/database`. */
  url: string;
  /** Shown as the client's name in the server's query log. */
  applicationName: string;
  /** Longest wait for an answer; default 60,000. */
  requestTimeoutMs?: number;
  /** Sent with every request. */
  settings?: Settings;
  /** Requests under way at once; default 8. */
  maxConnections?: number;
}

export interface QueryOptions {
  settings?: Settings;
  signal?: AbortSignal;
  /** Name by which the server and KILL QUERY know it; must be unique among running queries. */
  queryId?: string;
  /** Statements under one id share SET, USE and temporary tables; one at a time. */
  sessionId?: string;
}

export interface BytesOptions extends QueryOptions {
  params?: Record<string, unknown>;
}

export interface InsertOptions {
  /** Columns in the order of the body (RowBinary), or those it may hold (JSONEachRow). */
  columns: readonly string[];
  format: 'RowBinary' | 'JSONEachRow';
  body: Buffer | readonly Buffer[] | Readable;
  settings?: Settings;
  signal?: AbortSignal;
}

export interface InsertFromOptions {
  columns: readonly string[];
  /** One expression per column, over those of the structure. */
  select: readonly string[];
  /** Names and types of what is read of the file, `a Nullable(String), b UInt8`. */
  structure: string;
  format: 'Parquet';
  body: Readable;
  settings?: Settings;
  signal?: AbortSignal;
}

export interface Clickhouse {
  /** Rows as objects. Whole numbers of 64 bits and more, and decimals, are strings, so that nothing passes a float. */
  query<T>(sql: string, params?: Record<string, unknown>, options?: QueryOptions): Promise<T[]>;
  /** The same a block at a time, for results that do not fit in memory; ending the loop early cancels the query. */
  queryStream<T>(sql: string, params?: Record<string, unknown>, options?: QueryOptions): AsyncIterable<T[]>;
  /** The result as the server writes it, in this format unless the statement names another. */
  queryText(sql: string, format: string, options?: QueryOptions): Promise<string>;
  /** The same as it comes, for results that do not fit in memory. Whether it is whole is for the reader of the format to see. */
  queryBytes(sql: string, format: string, options?: BytesOptions): Promise<Readable>;
  /** A statement without a result. */
  command(sql: string, params?: Record<string, unknown>, options?: QueryOptions): Promise<void>;
  /** Resolves when the server has acknowledged every row: from then on they survive a killed server. */
  insert(table: string, options: InsertOptions): Promise<void>;
  /** The same of a file that the server reads by itself, through a SELECT. */
  insertFrom(table: string, options: InsertFromOptions): Promise<void>;
  /** Answers, and accepts our login. */
  ping(): Promise<void>;
  close(): Promise<void>;
}

const EXACT_JSON: ClickHouseSettings = {
  output_format_json_quote_64bit_integers: 1,
  output_format_json_quote_decimals: 1,
  output_format_json_quote_denormals: 1,
};
const IDLE_SOCKET_MS = 2_500;

export function createClickhouse(options: ClickhouseOptions): Clickhouse {
  const url = checkedUrl(options.url);
  const database = decodeURIComponent(url.pathname.slice(1));
  const client = createClient({
    url: url.origin,
    username: decodeURIComponent(url.username) || 'default',
    password: decodeURIComponent(url.password),
    ...(database === '' ? {} : { database }),
    application: options.applicationName,
    request_timeout: options.requestTimeoutMs ?? 60_000,
    max_open_connections: options.maxConnections ?? 8,
    // Shorter than any server's own: a request must not go out on a connection that is just being closed.
    keep_alive: { enabled: true, idle_socket_ttl: IDLE_SOCKET_MS },
    use_multipart_params_auto: true,
    clickhouse_settings: { ...EXACT_JSON, ...options.settings },
    log: { level: ClickHouseLogLevel.OFF },
  });
  return new DriverClickhouse(client);
}

class DriverClickhouse implements Clickhouse {
  readonly #client: ClickHouseClient;

  constructor(client: ClickHouseClient) {
    this.#client = client;
  }

  async query<T>(sql: string, params?: Record<string, unknown>, options?: QueryOptions): Promise<T[]> {
    try {
      const wanted = common(params, options);
      // The answer is sent when it is complete: an exception half way is then an exception, and not a shorter answer.
      const settings = { ...wanted.clickhouse_settings, wait_end_of_query: 1 as const };
      const result = await this.#client.query({
        ...wanted,
        clickhouse_settings: settings,
        query: sql,
        format: 'JSONEachRow',
      });
      return await result.json<T>();
    } catch (error) {
      throw fromDriver(error, sql, options?.signal);
    }
  }

  async *queryStream<T>(sql: string, params?: Record<string, unknown>, options?: QueryOptions): AsyncIterable<T[]> {
    try {
      const result = await this.#client.query({ ...common(params, options), query: sql, format: 'JSONEachRow' });
      for await (const rows of result.stream<T>()) yield rows.map((row) => row.json<T>());
    } catch (error) {
      throw fromDriver(error, sql, options?.signal);
    }
  }

  async queryText(sql: string, format: string, options?: QueryOptions): Promise<string> {
    try {
      const settings = { ...options?.settings, default_format: format, wait_end_of_query: 1 };
      const result = await this.#client.exec({ ...common(undefined, { ...options, settings }), query: sql });
      return await text(result.stream);
    } catch (error) {
      throw fromDriver(error, sql, options?.signal);
    }
  }

  async queryBytes(sql: string, format: string, options: BytesOptions = {}): Promise<Readable> {
    try {
      const settings = { ...options.settings, default_format: format };
      const result = await this.#client.exec({ ...common(options.params, { ...options, settings }), query: sql });
      return result.stream;
    } catch (error) {
      throw fromDriver(error, sql, options.signal);
    }
  }

  async command(sql: string, params?: Record<string, unknown>, options?: QueryOptions): Promise<void> {
    try {
      await this.#client.command({ ...common(params, options), query: sql });
    } catch (error) {
      throw fromDriver(error, sql, options?.signal);
    }
  }

  async insert(table: string, options: InsertOptions): Promise<void> {
    const columns = options.columns.map(quoteClickhouseName).join(', ');
    await this.#send(`INSERT INTO ${table} (${columns}) FORMAT ${options.format}`, options);
  }

  async insertFrom(table: string, options: InsertFromOptions): Promise<void> {
    const columns = options.columns.map(quoteClickhouseName).join(', ');
    const source = `input(${quoteClickhouseText(options.structure)}) FORMAT ${options.format}`;
    await this.#send(`INSERT INTO ${table} (${columns}) SELECT ${options.select.join(', ')} FROM ${source}`, options);
  }

  async #send(query: string, options: Pick<InsertOptions, 'body' | 'settings' | 'signal'>): Promise<void> {
    try {
      // Whatever the server's default: acknowledged means stored.
      const settings = { async_insert: 0 as const, ...options.settings };
      const result = await this.#client.exec({
        ...common(undefined, { ...options, settings }),
        query,
        values: readable(options.body),
      });
      for await (const _ of result.stream) {
        // An insert has no result; the answer has arrived when its stream ends.
      }
    } catch (error) {
      throw fromDriver(error, query, options.signal);
    }
  }

  async ping(): Promise<void> {
    const result = await this.#client.ping({ select: true });
    if (!result.success) throw fromDriver(result.error, 'ping');
  }

  async close(): Promise<void> {
    await this.#client.close();
  }
}

function common(params: Record<string, unknown> | undefined, options: QueryOptions | undefined) {
  return {
    ...(params === undefined ? {} : { query_params: params }),
    ...(options?.settings === undefined ? {} : { clickhouse_settings: { ...options.settings } }),
    ...(options?.signal === undefined ? {} : { abort_signal: options.signal }),
    ...(options?.sessionId === undefined ? {} : { session_id: options.sessionId }),
    ...(options?.queryId === undefined ? {} : { query_id: options.queryId }),
  };
}

function readable(body: Buffer | readonly Buffer[] | Readable): Readable {
  if (body instanceof Readable) return body;
  return Readable.from(Buffer.isBuffer(body) ? [body] : body);
}

function checkedUrl(text: string): URL {
  const url = URL.parse(text);
  if (url !== null && (url.protocol === 'http:' || url.protocol === 'https:')) return url;
  throw new ClickhouseError('BAD_URL', 'the ClickHouse URL must look like http://user:password@host:8123');
}
