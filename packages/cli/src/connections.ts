import { type Clickhouse, createClickhouse } from '@ebb/clickhouse';
import {
  clickhouseOptions,
  envUrl,
  kafkaOptions,
  objectStoreOptions,
  loadConfig,
  option,
  postgresOptions,
  saslRule,
} from '@ebb/config';
import { CLICKHOUSE_READER } from '@ebb/local-stack';
import {
  createObjectStore,
  type ObjectStore,
  type ObjectStoreOptions,
  objectStoreOptionsFrom,
} from '@ebb/object-store';
import { createKafka, type KafkaHandle, kafkaOptionsFrom } from '@ebb/kafka';
import { createPool, type Pool } from '@ebb/postgres';
import type { CommandContext } from './context.ts';
import { clickhouseUserUrl } from './stack/clickhouse-part.ts';
import {
  runningClickhouse,
  runningKafka,
  runningObjectStore,
  runningPostgres,
  withAdminPool,
} from './stack/connection.ts';
import { roleUrl } from './stack/parts.ts';

const CLIENT = 'ebb-cli';
const lakeOptions = {
  lakePostgresUrl: option('EBB_LAKE_POSTGRES_URL', envUrl(['postgres', 'postgresql']), {
    description: 'Postgres connection of the lake, as the role ebb_lake',
    secret: true,
  }),
};

/** Calls `fn` with the database of the running stack, or the one that EBB_POSTGRES_URL (or …_FILE) names. */
export async function withDatabase<T>({ env, home }: CommandContext, fn: (pool: Pool) => Promise<T>): Promise<T> {
  if (!env['EBB_POSTGRES_URL'] && !env['EBB_POSTGRES_URL_FILE']) return withAdminPool(home, fn);
  const { postgresUrl } = loadConfig(postgresOptions, env);
  const pool = createPool({ url: postgresUrl, applicationName: CLIENT, max: 2 });
  try {
    return await fn(pool);
  } finally {
    await pool.end();
  }
}

/** Calls `fn` with the ClickHouse of the running stack, or the one that EBB_CLICKHOUSE_URL (or …_FILE) names. */
export async function withClickhouse<T>(
  context: CommandContext,
  fn: (clickhouse: Clickhouse) => Promise<T>,
): Promise<T> {
  return withWarehouse(context, fn);
}

/** As `withClickhouse`, for what hands the address on. */
export async function withWarehouse<T>(
  { env, home }: CommandContext,
  fn: (clickhouse: Clickhouse, url: string) => Promise<T>,
): Promise<T> {
  const isGiven = Boolean(env['EBB_CLICKHOUSE_URL'] ?? env['EBB_CLICKHOUSE_URL_FILE']);
  const url = isGiven ? loadConfig(clickhouseOptions, env).clickhouseUrl : (await runningClickhouse(home)).url;
  const clickhouse = createClickhouse({ url, applicationName: CLIENT });
  try {
    return await fn(clickhouse, url);
  } finally {
    await clickhouse.close();
  }
}

/** Where the running stack's ClickHouse is for who only reads, or the address that EBB_CLICKHOUSE_URL (or …_FILE) is. */
export async function readerUrl({ env, home }: CommandContext): Promise<string> {
  if (env['EBB_CLICKHOUSE_URL'] || env['EBB_CLICKHOUSE_URL_FILE']) {
    return loadConfig(clickhouseOptions, env).clickhouseUrl;
  }
  const { port, secrets } = await runningClickhouse(home);
  return clickhouseUserUrl(secrets, port, CLICKHOUSE_READER);
}

/** The lake's catalog in the running stack's Postgres, or the one that EBB_LAKE_POSTGRES_URL (or …_FILE) names. */
export async function catalogUrl({ env, home }: CommandContext): Promise<string> {
  if (env['EBB_LAKE_POSTGRES_URL'] || env['EBB_LAKE_POSTGRES_URL_FILE']) {
    return loadConfig(lakeOptions, env).lakePostgresUrl;
  }
  const { secrets, port } = await runningPostgres(home);
  return roleUrl(secrets, port, 'ebb_lake');
}

/** The object store of the running stack, or the one that EBB_OBJECT_STORE_URL names. */
export function openObjectStore(context: CommandContext): ObjectStore {
  return createObjectStore(objectStoreAt(context));
}

export function objectStoreAt({ env, home }: CommandContext): ObjectStoreOptions {
  if (!env['EBB_OBJECT_STORE_URL'] && !env['EBB_OBJECT_STORE_URL_FILE']) return runningObjectStore(home);
  return objectStoreOptionsFrom(loadConfig(objectStoreOptions, env));
}

/** The broker of the running stack, or the ones that EBB_KAFKA_BROKERS names. */
export async function openKafka({ env, home }: CommandContext): Promise<KafkaHandle> {
  if (!env['EBB_KAFKA_BROKERS']) {
    return createKafka({ brokers: [(await runningKafka(home)).brokers], clientId: CLIENT });
  }
  return createKafka(kafkaOptionsFrom(loadConfig(kafkaOptions, env, [saslRule]), CLIENT));
}
