import {
  checkClickhouseIsOurs,
  CLICKHOUSE_ADMIN,
  checkKafkaIsOurs,
  checkPostgresIsOurs,
  isRunning,
  listensOn,
  LocalStackError,
  OBJECT_STORE_BUCKET,
  postgresUrl,
} from '@ebb/local-stack';
import { createPool, type Pool } from '@ebb/postgres';
import type { ObjectStoreOptions } from '@ebb/object-store';
import { clickhouseUserUrl } from './clickhouse-part.ts';
import { StackError } from './errors.ts';
import type { StackHome } from './home.ts';
import type { PartName } from './part.ts';
import { readSecrets, type Secrets } from './secrets.ts';
import { readState } from './state.ts';

export interface RunningServer {
  port: number;
  secrets: Secrets;
}

/** The stack's own Postgres; raises NOT_RUNNING, or NOT_OURS should a stranger answer on its port. */
export async function runningPostgres(home: StackHome): Promise<RunningServer & { url: string }> {
  const server = runningServer(home, 'postgres');
  await checkPostgresIsOurs({ ...server, password: server.secrets.superuserPassword, dataDir: home.postgres });
  return { ...server, url: postgresUrl({ port: server.port, password: server.secrets.superuserPassword }) };
}

/** The stack's own broker; raises NOT_RUNNING or NOT_OURS. */
export async function runningKafka(home: StackHome): Promise<RunningServer & { brokers: string }> {
  const server = runningServer(home, 'kafka');
  await checkKafkaIsOurs({ port: server.port, dataDir: home.kafka });
  return { ...server, brokers: `127.0.0.1:${server.port}` };
}

/** The stack's own ClickHouse; raises NOT_RUNNING or NOT_OURS. */
export async function runningClickhouse(home: StackHome): Promise<RunningServer & { url: string }> {
  const server = runningServer(home, 'clickhouse');
  await checkClickhouseIsOurs({ port: server.port, dataDir: home.clickhouse });
  return { ...server, url: clickhouseUserUrl(server.secrets, server.port, CLICKHOUSE_ADMIN) };
}

/** How to reach the stack's own object store; raises NOT_RUNNING or NOT_OURS. */
export function runningObjectStore(home: StackHome): ObjectStoreOptions {
  const { port, secrets, pid } = runningServer(home, 'object-store');
  // Its secret is never sent, but what is uploaded would be.
  if (listensOn(pid, port) === false) {
    throw new LocalStackError('NOT_OURS', `another program answers on 127.0.0.1:${port}`);
  }
  return { url: `http://127.0.0.1:${port}`, ...secrets.objectStore, bucket: OBJECT_STORE_BUCKET };
}

/** Calls `fn` with a connection of the stack's superuser. */
export async function withAdminPool<T>(home: StackHome, fn: (pool: Pool) => Promise<T>): Promise<T> {
  const { url } = await runningPostgres(home);
  const pool = createPool({ url, applicationName: 'ebb-cli', max: 2 });
  try {
    return await fn(pool);
  } finally {
    await pool.end();
  }
}

function runningServer(home: StackHome, name: PartName): RunningServer & { pid: number } {
  const record = readState(home)?.parts[name];
  const secrets = readSecrets(home);
  const isUp = record?.process !== undefined && record.process !== null && isRunning(record.process);
  if (!isUp || record.port === null || secrets === null) {
    throw new StackError('NOT_RUNNING', `${name} does not run in ${home.root}; start the stack with: ebb up`);
  }
  return { port: record.port, secrets, pid: record.process?.pid ?? 0 };
}
