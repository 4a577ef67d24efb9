import { execFile } from 'node:child_process';
import { mkdirSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { promisify } from 'node:util';
import { hostEnvironment } from '@ebb/config';
import { commandFailure, type ExitInfo, spawnLogged } from './child.ts';
import { LocalStackError } from './errors.ts';
import { waitUntilReady } from './ready.ts';

const run = promisify(execFile);
const REPOSITORY = resolve(import.meta.dirname, '../../..');
/** Its tables are made first; on a busy machine that alone takes minutes. */
const START_TIMEOUT_MS = 900_000;
/** Longer than the launchers give their processes. */
const STOP_GRACE_MS = 25_000;

/** What is the same for every server in Python that a folder of the repository holds. */
export interface PythonServerOptions {
  /** Logs and caches; created when it is not there. */
  dataDir: string;
  port: number;
  /** By which the process is recognised in a list of processes. */
  title: string;
  logFile: string;
  env?: Readonly<Record<string, string | undefined>>;
  startTimeoutMs?: number;
  onProgress?: (message: string) => void;
  signal?: AbortSignal;
}

export interface PythonServer {
  url: string;
  pid: number;
  exited: Promise<ExitInfo>;
  /** What runs is ended; the next start finds it failed or runs it again. */
  stop(): Promise<void>;
}

interface PythonProgram {
  /** In words. */
  name: string;
  /** Folder of the repository that holds `launch.py`. */
  folder: string;
  /** Of `launch.py`, after the title. */
  args?: readonly string[];
  /** Virtual environments it needs, with their lock files; it runs in the last. */
  venvs: readonly { name: string; lock: string }[];
  /** About how much the first start fetches. */
  downloadMb: number;
  /** Counts more than `env`. */
  settings: (dataDir: string) => Record<string, string>;
  /** Raises while the server at this address cannot do its work. */
  probe: (url: string) => Promise<void>;
}

/** One after the other: programs that start together may run in the same environment. */
let installs: Promise<void> = Promise.resolve();

/** Installs what the program needs, starts its launcher, and resolves when its probe does. */
export async function startPythonServer(program: PythonProgram, options: PythonServerOptions): Promise<PythonServer> {
  const installed = installs.then(() => ensureVenvs(program, options));
  installs = installed.catch(() => {});
  await installed;
  const dataDir = resolve(options.dataDir);
  mkdirSync(dataDir, { recursive: true });
  const child = await spawnLogged({
    command: join(REPOSITORY, '.venv', program.venvs.at(-1)?.name ?? '', 'bin', 'python'),
    args: [join(REPOSITORY, program.folder, 'launch.py'), options.title, ...(program.args ?? [])],
    logFile: options.logFile,
    cwd: dataDir,
    env: { ...hostEnvironment(), ...options.env, PYTHONUNBUFFERED: '1', ...program.settings(dataDir) },
  });
  const url = `http://127.0.0.1:${options.port}`;
  await waitUntilReady({
    name: program.name,
    child,
    logFile: options.logFile,
    timeoutMs: options.startTimeoutMs ?? START_TIMEOUT_MS,
    signal: options.signal,
    probe: () => program.probe(url),
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

/** Does nothing when the packages of the lock files are installed already. */
async function ensureVenvs(program: PythonProgram, { signal, onProgress }: PythonServerOptions): Promise<void> {
  onProgress?.(
    `checking the Python packages of ${program.name} (the first time about ${program.downloadMb} MB are fetched)`,
  );
  for (const { name, lock } of program.venvs) {
    try {
      await run('sh', [join(REPOSITORY, 'dbt', 'make-venv.sh'), name, lock], { cwd: REPOSITORY, signal });
    } catch (error) {
      if (signal?.aborted) throw new LocalStackError('ABORTED', `starting ${program.name} was given up`);
      throw new LocalStackError('PYTHON_PACKAGES', `.venv/${name} could not be made: ${commandFailure(error)}`);
    }
  }
}
