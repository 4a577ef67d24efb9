import { cp, mkdir, mkdtemp, readdir, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { findPublication, type Publication, splitStatements } from '@ebb/clickhouse';
import {
  DBT_PROJECT,
  type DbtCommand,
  type DbtRun,
  makeBuild,
  newBuildId,
  openBuild,
  publishBuild,
  runDbt,
} from '@ebb/local-stack';
import { disposeAfterFile } from './disposal.ts';
import { type TestClickhouse, testClickhouse } from './test-clickhouse.ts';

export interface TestDbtOptions {
  server?: TestClickhouse;
  /** These files, by path in the project, instead of its models, seeds and tests; macros and sources stay. */
  files?: Readonly<Record<string, string>>;
}

export interface TestBuildOptions {
  select?: readonly string[];
  asOf?: string;
  isFullRefresh?: boolean;
  /** Kills dbt when this comes true of what it has printed so far. */
  killWhen?: (output: string) => boolean;
}

export interface TestBuild extends DbtRun {
  id: string;
  /** Null when it was never opened. */
  publication: Publication | null;
}

export interface TestDbt {
  server: TestClickhouse;
  /** A copy of the repository's, of the test alone. */
  project: string;
  write(path: string, text: string): Promise<void>;
  /** Commands one after the other in one process; each reads the project in 1-3 s of processor time. */
  run(commands: readonly DbtCommand[]): Promise<DbtRun>;
  /** As `ebb build`: open a candidate, build, publish. */
  build(options?: TestBuildOptions): Promise<TestBuild>;
}

/** dbt's project on a migrated ClickHouse of the test's own, which also has every captured table, empty. */
export async function testDbt(options: TestDbtOptions = {}): Promise<TestDbt> {
  const server = options.server ?? (await testClickhouse());
  const directory = await mkdtemp(join(tmpdir(), 'ebb-test-dbt-'));
  disposeAfterFile(() => rm(directory, { recursive: true, force: true, maxRetries: 5 }));
  const project = join(directory, 'project');
  await cp(DBT_PROJECT, project, { recursive: true, filter: (path) => !/\/(target|logs|__pycache__)$/.test(path) });
  const write = async (path: string, text: string): Promise<void> => {
    await mkdir(dirname(join(project, path)), { recursive: true });
    await writeFile(join(project, path), text);
  };
  if (options.files !== undefined) await replaceModels(project, options.files, write);
  await createCapturedTables(server);
  // As in containers: with no more rights than dbt has.
  const base = { clickhouseUrl: server.urlOf('ebb_dbt'), workDirectory: directory, project };
  const run = (commands: readonly DbtCommand[]): Promise<DbtRun> => runDbt({ ...base, commands });
  const build = async (how: TestBuildOptions = {}): Promise<TestBuild> => {
    const id = newBuildId();
    const done = await runDbt({ ...base, commands: buildCommands(id, how), ...killer(how) });
    return { id, ...done, publication: await findPublication(server.clickhouse, id) };
  };
  return { server, project, write, run, build };
}

/** Every captured table and its views, as the sink makes them. */
export async function createCapturedTables(server: TestClickhouse): Promise<void> {
  const sql = await readFile(join(DBT_PROJECT, 'fixtures', 'captured_tables.sql'), 'utf8');
  for (const statement of splitStatements(`${sql}\n;`).statements) await server.clickhouse.command(statement);
}

/** As `ebb build` does it. */
export function buildCommands(id: string, how: TestBuildOptions): DbtCommand[] {
  return [openBuild(id, how), makeBuild(id, how), publishBuild(id, how)];
}

function killer({ killWhen }: TestBuildOptions): Partial<Parameters<typeof runDbt>[0]> {
  if (killWhen === undefined) return {};
  let seen = '';
  let started: { kill(signal: 'SIGKILL'): boolean } | null = null;
  return {
    onStart: (child) => {
      started = child;
    },
    onOutput: (text) => {
      seen += text;
      if (killWhen(seen)) started?.kill('SIGKILL');
    },
  };
}

async function replaceModels(
  project: string,
  files: Readonly<Record<string, string>>,
  write: (path: string, text: string) => Promise<void>,
): Promise<void> {
  for (const folder of ['models', 'seeds', 'tests']) {
    const inside = await readdir(join(project, folder)).catch(() => []);
    for (const name of inside.filter((one) => one !== 'sources.yml')) {
      await rm(join(project, folder, name), { recursive: true });
    }
  }
  for (const [path, text] of Object.entries(files)) await write(path, text);
}
