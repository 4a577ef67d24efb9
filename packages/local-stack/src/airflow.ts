import { execFile } from 'node:child_process';
import { mkdirSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { promisify } from 'node:util';
import { hostEnvironment } from '@ebb/config';
import { z } from 'zod';
import { commandFailure, type ExitInfo, spawnLogged } from './child.ts';
import { LocalStackError } from './errors.ts';
import { lakeEnvironment, type LakeServers } from './lake.ts';
import { waitUntilReady } from './ready.ts';

const run = promisify(execFile);
const REPOSITORY = resolve(import.meta.dirname, '../../..');
const FOLDER = join(REPOSITORY, 'airflow');
const PYTHON = join(REPOSITORY, '.venv', 'airflow', 'bin', 'python');
const VENVS = [
  { name: 'dbt', lock: 'dbt/requirements.txt' },
  { name: 'airflow', lock: 'airflow/requirements.txt' },
  { name: 'lake', lock: 'services/segmentation-worker/lake/requirements.txt' },
] as const;
/** Its tables are made first; on a busy machine that alone takes minutes. */
const START_TIMEOUT_MS = 900_000;
/** Longer than the launcher gives the three processes. */
const STOP_GRACE_MS = 25_000;

export interface AirflowOptions {
  /** Logs and caches; created when it is not there. */
  dataDir: string;
  port: number;
  /** By which the process is recognised in a list of processes. */
  title: string;
  /** Of Airflow's own database. */
  databaseUrl: string;
  /** Where its tasks ask for work. */
  postgresUrl: string;
  clickhouseUrl: string;
  /** Where its task that publishes the lake does so. */
  lake: LakeServers;
  smtpPort: number;
  secrets: { adminPassword: string; fernetKey: string; apiSecret: string; jwtSecret: string };
  logFile: string;
  env?: Readonly<Record<string, string | undefined>>;
  startTimeoutMs?: number;
  onProgress?: (message: string) => void;
  signal?: AbortSignal;
}

export interface AirflowServer {
  url: string;
  pid: number;
  exited: Promise<ExitInfo>;
  /** Running tasks are ended; the next start finds them failed or runs them again. */
  stop(): Promise<void>;
}

/** Starts Airflow's API server, scheduler and DAG processor; resolves when all three say that they are healthy. */
export async function startAirflow(options: AirflowOptions): Promise<AirflowServer> {
  await ensureVenvs(options);
  const dataDir = resolve(options.dataDir);
  mkdirSync(dataDir, { recursive: true });
  const child = await spawnLogged({
    command: PYTHON,
    args: [join(FOLDER, 'launch.py'), options.title],
    logFile: options.logFile,
    cwd: dataDir,
    env: { ...hostEnvironment(), ...options.env, ...settings(options, dataDir) },
  });
  const url = `http://127.0.0.1:${options.port}`;
  await waitUntilReady({
    name: 'Airflow',
    child,
    logFile: options.logFile,
    timeoutMs: options.startTimeoutMs ?? START_TIMEOUT_MS,
    signal: options.signal,
    probe: () => checkHealth(url),
  });
  return {
    url,
    pid: child.pid,
    exited: child.exited,
    stop: async () => {
      await child.stop({ signal: 'SIGTERM', graceMs: STOP_GRACE_MS });
    },
  };
}

function settings(options: AirflowOptions, dataDir: string): Record<string, string> {
  return {
    EBB_HOST: '127.0.0.1',
    EBB_AIRFLOW_HOME: dataDir,
    EBB_AIRFLOW_PORT: String(options.port),
    EBB_AIRFLOW_DATABASE_URL: options.databaseUrl,
    EBB_POSTGRES_URL: options.postgresUrl,
    ...lakeEnvironment(options.lake),
    EBB_CLICKHOUSE_URL: options.clickhouseUrl,
    EBB_SMTP_HOST: '127.0.0.1',
    EBB_SMTP_PORT: String(options.smtpPort),
    EBB_DBT_TARGET: 'embedded',
    EBB_AIRFLOW_ADMIN_PASSWORD: options.secrets.adminPassword,
    EBB_AIRFLOW_FERNET_KEY: options.secrets.fernetKey,
    EBB_AIRFLOW_API_SECRET: options.secrets.apiSecret,
    EBB_AIRFLOW_JWT_SECRET: options.secrets.jwtSecret,
    PYTHONUNBUFFERED: '1',
  };
}

/** Does nothing when the packages of the lock files are installed already. */
async function ensureVenvs({ signal, onProgress }: AirflowOptions): Promise<void> {
  onProgress?.('checking the Python packages of dbt, Airflow and the lake (the first time about 220 MB are fetched)');
  for (const { name, lock } of VENVS) {
    try {
      await run('sh', [join(REPOSITORY, 'dbt', 'make-venv.sh'), name, lock], { cwd: REPOSITORY, signal });
    } catch (error) {
      if (signal?.aborted) throw new LocalStackError('ABORTED', 'starting Airflow was given up');
      throw new LocalStackError('PYTHON_PACKAGES', `.venv/${name} could not be made: ${commandFailure(error)}`);
    }
  }
}

const part = z.object({ status: z.string().nullable() });
const health = z.object({ metadatabase: part, scheduler: part, dag_processor: part });

async function checkHealth(url: string): Promise<void> {
  const response = await fetch(`${url}/api/v2/monitor/health`, { signal: AbortSignal.timeout(10_000) });
  const states = Object.entries(health.parse(await response.json()));
  const ill = states.filter(([, { status }]) => status !== 'healthy');
  if (ill.length === 0) return;
  throw new LocalStackError(
    'NOT_READY',
    ill.map(([name, { status }]) => `${name} is ${status ?? 'not there'}`).join(', '),
  );
}
