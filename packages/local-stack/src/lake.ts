import { type ChildProcess, spawn } from 'node:child_process';
import { existsSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { hostEnvironment } from '@ebb/config';
import type { ObjectStoreOptions } from '@ebb/object-store';
import { LocalStackError } from './errors.ts';

const REPOSITORY = resolve(import.meta.dirname, '../../..');
/** Python that publishes exports as Iceberg tables: a module `ebb_lake`. */
export const LAKE_FOLDER = join(REPOSITORY, 'services', 'segmentation-worker', 'lake');
const VENV = join(REPOSITORY, '.venv', 'lake');
const PYTHON = { PYTHONPATH: LAKE_FOLDER, PYTHONDONTWRITEBYTECODE: '1', PYTHONUNBUFFERED: '1' };

/** Where catalog, warehouse and files are. */
export interface LakeServers {
  /** Of the role `ebb_lake`. */
  postgresUrl: string;
  /** Of a user that may create views. */
  clickhouseUrl: string;
  store: ObjectStoreOptions;
}

export interface StartLakeOptions {
  servers: LakeServers;
  /** `publish` or `show` and what belongs to it. */
  args: readonly string[];
  /** Counts more than the servers. */
  env?: Readonly<Record<string, string | undefined>>;
  stdio?: 'inherit' | 'pipe';
}

/** The Python that pyiceberg is installed in: EBB_LAKE_PYTHON, else `.venv/lake`. Raises LAKE_MISSING. */
export function lakePython(env = hostEnvironment()): string {
  const python = env['EBB_LAKE_PYTHON'] || join(VENV, 'bin', 'python');
  if (existsSync(python)) return python;
  throw new LocalStackError('LAKE_MISSING', `pyiceberg is not installed (${python}); install it with: make lake-venv`);
}

/** Starts one command of the lake; its exit code tells how it ended. */
export function startLake({ servers, args, env, stdio = 'pipe' }: StartLakeOptions): ChildProcess {
  return spawn(lakePython(), ['-m', 'ebb_lake', ...args], {
    env: { ...hostEnvironment(), ...PYTHON, ...lakeEnvironment(servers), ...env },
    stdio,
  });
}

/** What `ebb_lake/settings.py` reads. */
export function lakeEnvironment({ postgresUrl, clickhouseUrl, store }: LakeServers): Record<string, string> {
  return {
    EBB_LAKE_POSTGRES_URL: postgresUrl,
    EBB_CLICKHOUSE_URL: clickhouseUrl,
    EBB_OBJECT_STORE_URL: store.url,
    EBB_OBJECT_STORE_ACCESS_KEY: store.accessKey,
    EBB_OBJECT_STORE_SECRET_KEY: store.secretKey,
    EBB_OBJECT_STORE_BUCKET: store.bucket,
    ...(store.region === undefined ? {} : { EBB_OBJECT_STORE_REGION: store.region }),
  };
}
