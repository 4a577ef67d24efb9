import {
  Client as PgClient,
  type ClientConfig,
  type CustomTypesConfig,
  Pool as PgPool,
  type PoolClient as PgPoolClient,
  type QueryResultRow,
  types,
} from 'pg';

export type Pool = PgPool;
export type PoolClient = PgPoolClient;
export type Client = PgClient;
export type { QueryResultRow };

export interface PoolOptions {
  url: string;
  /** Shown in `pg_stat_activity`. */
  applicationName: string;
  max?: number;
  /** 0 or absent: no limit. */
  statementTimeoutMs?: number;
  connectTimeoutMs?: number;
  /** Called when an idle connection breaks; without a listener the driver would end the process. */
  onError?: (error: Error) => void;
}

const DATE_OID = 1082;
const DEFAULT_CONNECT_TIMEOUT_MS = 5_000;

/**
 * A connection pool. `numeric` and `int8` come back as strings, so that no amount passes through a float; dates come
 * back as `YYYY-MM-DD` text, since the driver's Date would shift them by the host's time zone.
 */
export function createPool(options: PoolOptions): Pool {
  const pool = new PgPool({ ...clientConfig(options), max: options.max ?? 4 });
  pool.on('error', (error) => options.onError?.(error));
  // A connection that breaks while checked out reports to its query; its own event must still have a listener.
  pool.on('connect', (client) => client.on('error', () => {}));
  return pool;
}

/** One connection of its own, connected; for LISTEN, long transactions and lanes. */
export async function connectClient(options: Omit<PoolOptions, 'max'>): Promise<Client> {
  const client = new PgClient(clientConfig(options));
  client.on('error', (error) => options.onError?.(error));
  await client.connect();
  return client;
}

function clientConfig(options: PoolOptions): ClientConfig {
  return {
    connectionString: options.url,
    application_name: options.applicationName,
    connectionTimeoutMillis: options.connectTimeoutMs ?? DEFAULT_CONNECT_TIMEOUT_MS,
    keepAlive: true,
    types: { getTypeParser: typeParser },
    ...(options.statementTimeoutMs ? { statement_timeout: options.statementTimeoutMs } : {}),
  };
}

/** Given to the driver for every column; the driver's own table stays as it is for other users of the process. */
const typeParser: CustomTypesConfig['getTypeParser'] = (oid, format) =>
  (oid as number) === DATE_OID ? (value: string) => value : types.getTypeParser(oid, format);
