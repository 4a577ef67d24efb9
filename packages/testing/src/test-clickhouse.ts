import { randomBytes } from 'node:crypto';
import { cp, mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import {
  type Clickhouse,
  CLICKHOUSE_LOGIN_NAMES,
  type ClickhouseLogin,
  createClickhouse,
  migrateClickhouse,
} from '@ebb/clickhouse';
import {
  anyFreePort,
  CLICKHOUSE_READER,
  type ClickhouseServer,
  clickhouseUrl,
  clickhouseUsers,
  startClickhouse,
} from '@ebb/local-stack';
import { disposeAfterFile } from './disposal.ts';

export interface TestClickhouse {
  /** Of a user who may do everything. */
  url: string;
  /** Of a user who may only read. */
  readerUrl: string;
  /** Of each login that services have. */
  urlOf(login: ClickhouseLogin): string;
  clickhouse: Clickhouse;
  dataDir: string;
  pid(): number;
  /** SIGKILL; resolves when it is gone. */
  kill(): Promise<void>;
  /** Ends it in order; everything is in `dataDir` then. */
  stop(): Promise<void>;
  /** Starts it again, on the same port and data, after `kill` or `stop`. */
  start(): Promise<void>;
}

export interface TestClickhouseOptions {
  memoryMb?: number;
  /** Data of another one, which was stopped: this one starts with a copy. */
  dataFrom?: string;
}

const MIGRATIONS = join(import.meta.dirname, '../../../sql/clickhouse');

/** A ClickHouse of the test's own, migrated; it ends after the file. Half a second, 250 MB: one per file is enough. */
export async function testClickhouse({ dataFrom, ...options }: TestClickhouseOptions = {}): Promise<TestClickhouse> {
  const directory = await mkdtemp(join(tmpdir(), 'ebb-test-clickhouse-'));
  const dataDir = join(directory, 'data');
  // The engine's links between its own folders are absolute; it does without those that lead nowhere.
  if (dataFrom !== undefined) await cp(dataFrom, dataDir, { recursive: true, verbatimSymlinks: true });
  const port = await anyFreePort();
  const passwords = Object.fromEntries(CLICKHOUSE_LOGIN_NAMES.map((name) => [name, secret()]));
  const users = clickhouseUsers(passwords as Record<ClickhouseLogin, string>);
  const urlOf = (name: ClickhouseLogin): string => clickhouseUrl(port, { name, password: passwords[name] ?? '' });
  const startServer = (): Promise<ClickhouseServer> =>
    startClickhouse({
      dataDir,
      port,
      users,
      logFile: join(directory, 'clickhouse.log'),
      ...options,
    });
  let server = await startServer();
  const { url } = server;
  const clickhouse = createClickhouse({ url, applicationName: 'ebb-test' });
  disposeAfterFile(async () => {
    await clickhouse.close();
    await server.stop();
    await rm(directory, { recursive: true, force: true, maxRetries: 5 });
  });
  await migrateClickhouse({ url, directory: MIGRATIONS });
  return {
    url,
    readerUrl: urlOf(CLICKHOUSE_READER),
    urlOf,
    clickhouse,
    dataDir,
    pid: () => server.pid,
    kill: async () => {
      process.kill(server.pid, 'SIGKILL');
      await server.exited;
    },
    stop: () => server.stop(),
    start: async () => {
      server = await startServer();
    },
  };
}

function secret(): string {
  return randomBytes(16).toString('hex');
}
