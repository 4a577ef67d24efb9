import { execFile } from 'node:child_process';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { hostEnvironment } from '@ebb/config';
import { EbbError } from '@ebb/core';
import { anyFreePort, lakeEnvironment, startMailCatcher } from '@ebb/local-stack';
import { ensureDatabase, type JobHandler, workJobs } from '@ebb/postgres';
import { testDbt, testObjectStore, testPostgres, uniqueName } from '@ebb/testing';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { REPOSITORY } from '../stack/home.ts';
import { modelHandlers, publishSomeCustomers } from './testing/stand-in-models.ts';

const run = promisify(execFile);
const FOLDER = join(REPOSITORY, 'airflow');
const PYTHON = join(REPOSITORY, '.venv', 'airflow', 'bin', 'python');
/** Some minute on two idle cores. */
const TIMEOUT_MS = 900_000;

/** Instead of all models: one per layer, two tests, and the figures the report reads. */
const FILES = {
  'models/staging/stg_one.sql': `select 1 as one`,
  'models/intermediate/int_one.sql': `select one from {{ ref('stg_one') }}`,
  'models/marts/retail_figures.sql': `select 'gross_revenue' as figure, '12.50' as value, 'GBP' as unit from {{ ref('int_one') }}`,
  'tests/one_is_one.sql': `select one from {{ ref('stg_one') }} where one != 1`,
  'tests/figures_are_there.sql': `select 1 from (select count() as n from {{ ref('retail_figures') }}) where n = 0`,
};

let directory: string;
let env: NodeJS.ProcessEnv;
let undo: (() => Promise<unknown>)[] = [];

beforeAll(async () => {
  directory = mkdtempSync(join(tmpdir(), 'ebb-airflow-'));
  const [postgres, dbt] = [await testPostgres(), await testDbt({ files: FILES })];
  const objects = await testObjectStore();
  const { clickhouse } = dbt.server;
  await publishSomeCustomers(clickhouse, objects);
  const name = uniqueName('ebb_airflow');
  await ensureDatabase({ url: postgres.url, name, owner: 'ebb_airflow' });
  const database = new URL(postgres.url);
  database.pathname = `/${name}`;
  undo.push(() => postgres.pool.query(`DROP DATABASE ${name} WITH (FORCE)`));
  const stop = new AbortController();
  const working = workJobs(
    postgres.pool,
    { workerId: 'test', handlers: { ...handlers(), ...modelHandlers(clickhouse, objects.store) }, pollMs: 100 },
    stop.signal,
  );
  undo.push(() => (stop.abort(), working));
  const mailPort = await anyFreePort();
  const smtpPort = await anyFreePort();
  const mail = await startMailCatcher({
    dataDir: join(directory, 'mail'),
    port: mailPort,
    smtpPort,
    logFile: join(directory, 'mail.log'),
  });
  undo.push(() => mail.stop());
  env = {
    ...hostEnvironment(),
    EBB_AIRFLOW_HOME: directory,
    EBB_AIRFLOW_DATABASE_URL: database.href,
    EBB_POSTGRES_URL: postgres.roleUrl('ebb_airflow'),
    ...lakeEnvironment({
      postgresUrl: postgres.roleUrl('ebb_lake'),
      clickhouseUrl: dbt.server.urlOf('ebb_dbt'),
      store: objects,
    }),
    EBB_DBT_PROJECT: dbt.project,
    EBB_DBT_MANIFEST: join(dbt.project, '..', 'target', 'manifest.json'),
    EBB_SMTP_PORT: String(smtpPort),
    EBB_AIRFLOW_FERNET_KEY: `${'0'.repeat(43)}=`,
    EBB_AIRFLOW_API_SECRET: 'a secret of this test alone',
    EBB_AIRFLOW_JWT_SECRET: 'a secret of this test alone, which must be as long as a hash: 64 bytes',
    EBB_AIRFLOW_RETRY_DELAY_SECONDS: '0',
    // The tasks have the rights they have in a stack; what a test lays out for them is put there by others.
    AIRFLOW_CONN_EBB_TEST: clickhouseConnection(dbt.server.url),
    AIRFLOW_CONN_EBB_TEST_POSTGRES: postgres.url,
    EBB_TEST_MAILS: `http://127.0.0.1:${mailPort}`,
  };
  // What the grain "model" is drawn from.
  await dbt.run([['--quiet', 'parse']]);
  await inAirflow(['-m', 'airflow', 'db', 'migrate']);
}, TIMEOUT_MS);

afterAll(async () => {
  for (const step of undo.toReversed()) await step();
  rmSync(directory, { recursive: true, force: true });
}, TIMEOUT_MS);

function clickhouseConnection(url: string): string {
  const { hostname, port, username, password } = new URL(url);
  return JSON.stringify({ conn_type: 'clickhouse', host: hostname, port: Number(port), login: username, password });
}

/** A worker whose store fails once. */
function handlers(): Record<string, JobHandler> {
  let uploads = 0;
  return {
    'files.upload': () => {
      uploads += 1;
      if (uploads === 1) return Promise.reject(new EbbError('STORE', 'the store does not answer'));
      return Promise.resolve({ days: 1, files: 1 });
    },
    'files.load': () => Promise.resolve({ files: 0, rows: 0, rejected: 0 }),
  };
}

async function inAirflow(args: readonly string[]): Promise<string> {
  try {
    const { stdout } = await run(PYTHON, [join(FOLDER, 'environment.py'), PYTHON, ...args], {
      env,
      cwd: directory,
      maxBuffer: 1e9,
    });
    return stdout;
  } catch (error) {
    const said = error instanceof Error && 'stdout' in error ? String(error.stdout) : '';
    throw new Error(`python ${args.join(' ')}:\n${said.slice(-20_000)}`, { cause: error });
  }
}

test(
  'the DAGs load, keep their contract, publish, stop at a failure, and send their mails',
  async () => {
    const output = await inAirflow(['-m', 'pytest', '-q', '-p', 'no:cacheprovider', join(FOLDER, 'tests')]);
    expect(output).toMatch(/\d+ passed/);
    expect(output).not.toMatch(/skipped|xfailed/);
  },
  TIMEOUT_MS,
);
