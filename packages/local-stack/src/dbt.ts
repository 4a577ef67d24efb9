import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { existsSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { hostEnvironment } from '@ebb/config';
import { LocalStackError } from './errors.ts';

const REPOSITORY = resolve(import.meta.dirname, '../../..');
/** dbt's project: what `dbt/README.md` describes. */
export const DBT_PROJECT = join(REPOSITORY, 'dbt');
const VENV = join(REPOSITORY, '.venv', 'dbt');

export interface DbtOptions {
  /** Of a user that may create databases. */
  clickhouseUrl: string;
  /** Compiled SQL, manifest and logs go here; two runs at once need two. */
  workDirectory: string;
  /** Default: the repository's own. */
  project?: string;
  target?: 'embedded' | 'compose' | 'external';
  /** Models that are made at once; default: EBB_DBT_THREADS, else 4. */
  threads?: number;
}

export interface DbtRun {
  /** 0: all fine; 1: a model or a test failed; 2: dbt could not do what it was told. */
  code: number;
  output: string;
}

/** Arguments of one dbt command, such as `['build', '--select', 'retail']`. */
export type DbtCommand = readonly string[];

export interface RunDbtOptions extends DbtOptions {
  commands: readonly DbtCommand[];
  /** Output goes here as well, while dbt runs. */
  onOutput?: (text: string) => void;
  onStart?: (child: ChildProcess) => void;
}

/** The Python that dbt is installed in: EBB_DBT_PYTHON, else `.venv/dbt`. Raises DBT_MISSING. */
export function dbtPython(env = hostEnvironment()): string {
  const python = env['EBB_DBT_PYTHON'] || join(VENV, 'bin', 'python');
  if (existsSync(python)) return python;
  throw new LocalStackError('DBT_MISSING', `dbt is not installed (${python}); install it with: make dbt-venv`);
}

/** Runs the commands one after the other in one process of Python; a failure ends it, but for that of a `build`. */
export async function runDbt(options: RunDbtOptions): Promise<DbtRun> {
  const project = options.project ?? DBT_PROJECT;
  const child = spawn(dbtPython(), [join(DBT_PROJECT, 'steps.py')], {
    cwd: project,
    env: { ...hostEnvironment(), ...dbtEnvironment(options) },
    stdio: ['pipe', 'pipe', 'pipe'],
  });
  options.onStart?.(child);
  let output = '';
  const collect = (chunk: Buffer): void => {
    output += chunk.toString();
    options.onOutput?.(chunk.toString());
  };
  child.stdout.on('data', collect);
  child.stderr.on('data', collect);
  // It may end before it has read them; its exit code tells.
  child.stdin.on('error', () => undefined);
  child.stdin.end(JSON.stringify(options.commands));
  const [code] = await once(child, 'close');
  return { code: typeof code === 'number' ? code : 2, output };
}

/** What `profiles.yml` reads. */
export function dbtEnvironment(options: DbtOptions): Record<string, string> {
  const url = new URL(options.clickhouseUrl);
  const isSecure = url.protocol === 'https:';
  const project = options.project ?? DBT_PROJECT;
  return {
    EBB_DBT_TARGET: options.target ?? (isSecure ? 'external' : 'embedded'),
    EBB_CLICKHOUSE_HOST: url.hostname,
    EBB_CLICKHOUSE_PORT: url.port || (isSecure ? '8443' : '8123'),
    EBB_CLICKHOUSE_SECURE: String(isSecure),
    EBB_CLICKHOUSE_USER: decodeURIComponent(url.username) || 'default',
    DBT_ENV_SECRET_CLICKHOUSE_PASSWORD: decodeURIComponent(url.password),
    DBT_PROJECT_DIR: project,
    DBT_PROFILES_DIR: project,
    DBT_TARGET_PATH: join(options.workDirectory, 'target'),
    DBT_LOG_PATH: join(options.workDirectory, 'logs'),
    ...(options.threads === undefined ? {} : { EBB_DBT_THREADS: String(options.threads) }),
    // Colours are for terminals, and nobody is told who runs it.
    DBT_USE_COLORS: 'false',
    DO_NOT_TRACK: '1',
    PYTHONDONTWRITEBYTECODE: '1',
    PYTHONUNBUFFERED: '1',
  };
}
