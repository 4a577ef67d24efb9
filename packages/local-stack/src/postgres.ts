import { execFile } from 'node:child_process';
import {
  chownSync,
  existsSync,
  mkdirSync,
  readFileSync,
  realpathSync,
  rmSync,
  statfsSync,
  writeFileSync,
} from 'node:fs';
import { dirname, join, resolve } from 'node:path';
import { promisify } from 'node:util';
import { hostEnvironment } from '@ebb/config';
import { createPool } from '@ebb/postgres';
import { commandFailure, type ExitInfo, spawnLogged } from './child.ts';
import { LocalStackError } from './errors.ts';
import { machineMemoryMb } from './machine-memory.ts';
import { type PostgresBinaries, postgresBinaries } from './postgres-binaries.ts';
import { type RunAs, runAs } from './postgres-user.ts';
import { processArguments } from './processes.ts';
import { waitUntilReady } from './ready.ts';

export const POSTGRES_SUPERUSER = 'ebb';
const DATABASE = 'ebb';
const MIB = 1024 ** 2;
const run = promisify(execFile);

export interface PostgresOptions {
  /** Created and initialised when it is not there. */
  dataDir: string;
  port: number;
  /** Password of the superuser `ebb`; fixed when the data directory is initialised. */
  password: string;
  logFile: string;
  /** Default 1024, at most a quarter of the machine's (or container's) memory. */
  sharedBuffersMb?: number;
  /** False only for tests: a power cut may then lose everything. Killing the server never does. */
  fsync?: boolean;
  /** Further server settings; they count more than the usual ones. */
  settings?: Readonly<Record<string, string>>;
  startTimeoutMs?: number;
  signal?: AbortSignal;
}

export interface PostgresServer {
  /** Superuser URL of the database `ebb`. */
  url: string;
  port: number;
  pid: number;
  exited: Promise<ExitInfo>;
  /** Fast shutdown: open transactions are rolled back, data is flushed. SIGKILL after 20 s. */
  stop(): Promise<void>;
}

/** Starts PostgreSQL 18 on 127.0.0.1 and resolves when it answers, is surely this one, and has the database `ebb`. */
export async function startPostgres(options: PostgresOptions): Promise<PostgresServer> {
  const dataDir = resolve(options.dataDir);
  mkdirSync(dirname(dataDir), { recursive: true });
  const binaries = postgresBinaries();
  const user = runAs({ program: binaries.postgres, dataParent: dirname(dataDir), dataDir });
  if (!existsSync(join(dataDir, 'PG_VERSION'))) await initialise({ ...options, dataDir }, binaries, user);
  removeStaleLock(dataDir);
  const spec = user.wrap(binaries.postgres, serverArguments({ ...options, dataDir }));
  const env = { ...hostEnvironment(), TZ: 'UTC', LC_ALL: 'C' };
  const child = await spawnLogged({ ...spec, logFile: options.logFile, env, cwd: '/' });
  await waitUntilReady({
    name: 'PostgreSQL',
    child,
    logFile: options.logFile,
    timeoutMs: options.startTimeoutMs ?? 600_000,
    signal: options.signal,
    probe: () => probe({ port: options.port, password: options.password, dataDir }),
  });
  return {
    url: postgresUrl(options, DATABASE),
    port: options.port,
    pid: child.pid,
    exited: child.exited,
    stop: async () => {
      await child.stop({ signal: 'SIGINT', graceMs: 20_000 });
    },
  };
}

export function postgresUrl(options: { port: number; password: string }, database = DATABASE): string {
  return `postgres://${POSTGRES_SUPERUSER}:${encodeURIComponent(options.password)}@127.0.0.1:${options.port}/${database}`;
}

/**
 * Raises NOT_OURS when another server answers on the port; its data directory is the proof, because two stacks on
 * one machine would otherwise migrate each other's database.
 */
export async function checkPostgresIsOurs(at: { port: number; password: string; dataDir: string }): Promise<void> {
  const pool = createPool({ url: postgresUrl(at, 'postgres'), max: 1, applicationName: 'ebb-local-stack' });
  try {
    const { rows } = await pool.query<{ dir: string }>(`select current_setting('data_directory') as dir`);
    const dir = rows[0]?.dir ?? '';
    if (dir !== realpathSync(at.dataDir) && dir !== at.dataDir) {
      throw new LocalStackError('NOT_OURS', `another PostgreSQL (data in ${dir}) answers on 127.0.0.1:${at.port}`);
    }
    const { rowCount } = await pool.query('select from pg_database where datname = $1', [DATABASE]);
    if (rowCount === 0) await pool.query(`create database ${DATABASE}`);
  } finally {
    await pool.end();
  }
}

async function probe(at: { port: number; password: string; dataDir: string }): Promise<void> {
  try {
    await checkPostgresIsOurs(at);
  } catch (error) {
    const code = (error as { code?: unknown }).code;
    // Our own server knows the password: a refusal can only be a stranger's.
    if (code === '28P01' || code === '28000') {
      throw new LocalStackError('NOT_OURS', `another PostgreSQL answers on 127.0.0.1:${at.port}`, { cause: error });
    }
    throw error;
  }
}

async function initialise(options: PostgresOptions, binaries: PostgresBinaries, user: RunAs): Promise<void> {
  const { dataDir } = options;
  // A directory without PG_VERSION is what a killed initdb left behind.
  rmSync(dataDir, { recursive: true, force: true });
  mkdirSync(dataDir, { mode: 0o700 });
  const passwordFile = join(dirname(dataDir), `.initdb-${process.pid}`);
  writeFileSync(passwordFile, options.password, { mode: 0o600 });
  if (user.owner !== null) {
    chownSync(dataDir, user.owner.uid, user.owner.gid);
    chownSync(passwordFile, user.owner.uid, user.owner.gid);
  }
  const locale = ['--encoding=UTF8', '--locale-provider=builtin', '--builtin-locale=C.UTF-8', '--locale=C'];
  const access = ['--auth=scram-sha-256', `--pwfile=${passwordFile}`, `--username=${POSTGRES_SUPERUSER}`];
  const sync = options.fsync === false ? ['--no-sync'] : [];
  const spec = user.wrap(binaries.initdb, ['-D', dataDir, ...locale, ...access, ...sync]);
  try {
    const env = { ...hostEnvironment(), LC_ALL: 'C' };
    await run(spec.command, spec.args, { ...spec, env, cwd: '/', signal: options.signal });
  } catch (error) {
    if (options.signal?.aborted) throw new LocalStackError('ABORTED', 'initialising PostgreSQL was given up');
    throw new LocalStackError('SERVER_EXITED', `initdb failed: ${commandFailure(error)}`);
  } finally {
    rmSync(passwordFile, { force: true });
  }
}

/** After a kill -9 the lock file stays; should its pid by now belong to something else, the server would not start. */
function removeStaleLock(dataDir: string): void {
  const lockFile = join(dataDir, 'postmaster.pid');
  if (!existsSync(lockFile)) return;
  const pid = Number(readFileSync(lockFile, 'utf8').split('\n')[0]);
  if (processArguments(pid)?.includes(dataDir) !== true) rmSync(lockFile, { force: true });
}

function serverArguments(options: PostgresOptions): string[] {
  const settings: Record<string, string> = {
    listen_addresses: '127.0.0.1',
    unix_socket_directories: '',
    max_connections: '200',
    wal_level: 'logical',
    max_wal_senders: '10',
    max_replication_slots: '10',
    max_slot_wal_keep_size: '4GB',
    shared_buffers: `${sharedBuffersMb(options.sharedBuffersMb)}MB`,
    max_wal_size: '4GB',
    checkpoint_timeout: '15min',
    wal_buffers: '16MB',
    random_page_cost: '1.1',
    jit: 'off',
    password_encryption: 'scram-sha-256',
    timezone: 'UTC',
    log_timezone: 'UTC',
    log_checkpoints: 'off',
    dynamic_shared_memory_type: dynamicSharedMemory(),
    ...(options.fsync === false ? { fsync: 'off', full_page_writes: 'off' } : {}),
    ...options.settings,
  };
  const flags = Object.entries(settings).flatMap(([name, value]) => ['-c', `${name}=${value}`]);
  return ['-D', options.dataDir, '-p', String(options.port), ...flags];
}

function sharedBuffersMb(wanted = 1024): number {
  return Math.max(32, Math.min(wanted, Math.floor(machineMemoryMb() / 4)));
}

/** Containers often have 64 MB of /dev/shm, too little for one parallel hash join; files do as well there. */
function dynamicSharedMemory(): string {
  if (process.platform !== 'linux') return 'posix';
  try {
    const { bavail, bsize } = statfsSync('/dev/shm');
    return bavail * bsize >= 256 * MIB ? 'posix' : 'mmap';
  } catch {
    return 'mmap';
  }
}
