import { mkdirSync, readFileSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { hostEnvironment } from '@ebb/config';
import {
  CLICKHOUSE_LOGIN_NAMES,
  CLICKHOUSE_LOGINS,
  type ClickhouseLogin,
  createClickhouse,
  type LoginRights,
} from '@ebb/clickhouse';
import { CLICKHOUSE_MAIN, engineLibrary, INSTANCE_FILE } from '@ebb/clickhouse-embedded';
import { type ExitInfo, spawnLogged } from './child.ts';
import { LocalStackError } from './errors.ts';
import { waitUntilReady } from './ready.ts';

export { engineLibrary } from '@ebb/clickhouse-embedded';

/** May do everything in the embedded ClickHouse. */
export const CLICKHOUSE_ADMIN = 'ebb';
/** May only read. */
export const CLICKHOUSE_READER = 'ebb_reader';

export interface ClickhouseUser {
  name: string;
  password: string;
  readonly: boolean;
  /** Nothing but these rights; without them everything, or all reading. */
  grants?: readonly string[];
}

/** Every login with its rights, the one that may do everything first. */
export function clickhouseUsers(passwords: Readonly<Record<ClickhouseLogin, string>>): ClickhouseUser[] {
  return CLICKHOUSE_LOGIN_NAMES.map((name) => {
    const { isReadonly, grants }: LoginRights = CLICKHOUSE_LOGINS[name];
    return { name, password: passwords[name], readonly: isReadonly, ...(grants === null ? {} : { grants }) };
  });
}

export interface ClickhouseServerOptions {
  /** Created when it is not there. */
  dataDir: string;
  port: number;
  /** The first one is used to see whether the server is ready. */
  users: readonly ClickhouseUser[];
  logFile: string;
  /** Memory beyond which it refuses queries. */
  memoryMb?: number;
  /** Further arguments of Node, e.g. a title by which the process is recognised. */
  nodeOptions?: readonly string[];
  startTimeoutMs?: number;
  signal?: AbortSignal;
}

export interface ClickhouseServer {
  /** Of the first user. */
  url: string;
  port: number;
  pid: number;
  exited: Promise<ExitInfo>;
  /** Running queries may end, then the engine closes its files. SIGKILL after 20 s. */
  stop(): Promise<void>;
}

/** Queries run on these; Node's default of four would let four run at once. */
const THREADS = '32';
const STOP_GRACE_MS = 20_000;

/** Starts ClickHouse's engine behind its HTTP interface on 127.0.0.1; resolves when it answers and is surely this one. */
export async function startClickhouse(options: ClickhouseServerOptions): Promise<ClickhouseServer> {
  // Its message says what to do; the process would only fail to start.
  engineLibrary();
  const dataDir = resolve(options.dataDir);
  mkdirSync(dataDir, { recursive: true });
  const [first] = options.users;
  if (first === undefined) throw new LocalStackError('SERVER_EXITED', 'ClickHouse needs at least one user');
  const url = clickhouseUrl(options.port, first);
  const child = await spawnLogged({
    command: process.execPath,
    args: [...(options.nodeOptions ?? []), CLICKHOUSE_MAIN],
    logFile: options.logFile,
    cwd: dataDir,
    env: {
      ...hostEnvironment(),
      UV_THREADPOOL_SIZE: THREADS,
      EBB_HOST: '127.0.0.1',
      EBB_CLICKHOUSE_PORT: String(options.port),
      EBB_CLICKHOUSE_DATA_DIR: dataDir,
      EBB_CLICKHOUSE_USERS: JSON.stringify(options.users),
      ...(options.memoryMb === undefined ? {} : { EBB_CLICKHOUSE_MEMORY_MB: String(options.memoryMb) }),
    },
  });
  await waitUntilReady({
    name: 'ClickHouse',
    child,
    logFile: options.logFile,
    timeoutMs: options.startTimeoutMs ?? 120_000,
    signal: options.signal,
    probe: async () => {
      await checkClickhouseIsOurs({ port: options.port, dataDir });
      await answers(url);
    },
  });
  return {
    url,
    port: options.port,
    pid: child.pid,
    exited: child.exited,
    stop: async () => {
      await child.stop({ signal: 'SIGTERM', graceMs: STOP_GRACE_MS });
    },
  };
}

export function clickhouseUrl(port: number, user: { name: string; password: string }): string {
  return `http://${user.name}:${encodeURIComponent(user.password)}@127.0.0.1:${port}`;
}

/**
 * Raises NOT_OURS when another server answers on the port. Asked before any password is sent; the proof is a random name
 * that stands in the data directory.
 */
export async function checkClickhouseIsOurs(at: { port: number; dataDir: string }): Promise<void> {
  const response = await fetch(`http://127.0.0.1:${at.port}/instance`, { signal: AbortSignal.timeout(5_000) });
  const told = response.ok ? await response.text() : '';
  const own = readFileSync(join(at.dataDir, INSTANCE_FILE), 'utf8').trim();
  if (own === '' || told !== own) {
    throw new LocalStackError('NOT_OURS', `another server answers on 127.0.0.1:${at.port}`);
  }
}

async function answers(url: string): Promise<void> {
  const clickhouse = createClickhouse({ url, applicationName: 'ebb-local-stack' });
  try {
    await clickhouse.ping();
  } finally {
    await clickhouse.close();
  }
}
