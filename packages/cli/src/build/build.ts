import { join } from 'node:path';
import {
  type Clickhouse,
  currentPublication,
  findPublication,
  type Publication,
  readBuildFailures,
} from '@ebb/clickhouse';
import { type DbtCommand, makeBuild, newBuildId, openBuild, publishBuild, runDbt } from '@ebb/local-stack';
import type { StackHome } from '../stack/home.ts';
import { takeBuildLock } from './build-lock.ts';
import { BuildError } from './errors.ts';

export interface BuildOptions {
  home: StackHome;
  clickhouse: Clickhouse;
  clickhouseUrl: string;
  /** Only these models, in dbt's syntax; all others are taken over from the current publication. */
  select?: readonly string[];
  isFullRefresh?: boolean;
  /** Business day, `YYYY-MM-DD`; default: today. */
  asOf?: string;
  /** Default: the repository's own. */
  project?: string;
  /** Gets dbt's output while it runs. */
  onOutput?: (text: string) => void;
}

/** Builds all models into a candidate, tests them and makes it the current publication. Raises NOT_PUBLISHED. */
export async function build(options: BuildOptions): Promise<Publication> {
  const id = newBuildId();
  const output = await dbt(options, [openBuild(id, options), makeBuild(id, options), publishBuild(id, options)]);
  return published(options.clickhouse, id, output);
}

/** Publishes a candidate that stands, or the views and the cleaning up of a published one anew. */
export async function publish(options: BuildOptions, id: string): Promise<Publication> {
  return published(options.clickhouse, id, await dbt(options, [publishBuild(id, options)]));
}

/** Runs dbt as the only build of this stack; gives its output. */
export async function dbt(options: BuildOptions, commands: readonly DbtCommand[]): Promise<string> {
  const lock = await takeBuildLock(options.home);
  try {
    const run = await runDbt({
      clickhouseUrl: options.clickhouseUrl,
      workDirectory: join(options.home.root, 'dbt'),
      commands,
      ...(options.project === undefined ? {} : { project: options.project }),
      ...(options.onOutput === undefined ? {} : { onOutput: options.onOutput }),
      onStart: (child) => {
        if (child.pid !== undefined) lock.noteDbt(child.pid);
      },
    });
    return run.output;
  } finally {
    lock.release();
  }
}

async function published(clickhouse: Clickhouse, id: string, output: string): Promise<Publication> {
  const row = await findPublication(clickhouse, id);
  if (row?.state === 'published') return row;
  // Building: dbt ended before it came to publish.
  const reason = row?.reason || lastLines(output) || 'dbt did not open it';
  throw new BuildError(
    row === null ? 'DBT_FAILED' : 'NOT_PUBLISHED',
    [
      `build ${id} is not published: ${reason}. ${await whatStays(clickhouse)}`,
      ...(await failures(clickhouse, id)),
    ].join('\n'),
  );
}

/** What the first failed models and tests said. */
async function failures(clickhouse: Clickhouse, id: string): Promise<string[]> {
  const found = await readBuildFailures(clickhouse, [id], 5);
  return found.map(({ node, message }) => `  ${node}: ${message}`);
}

async function whatStays(clickhouse: Clickhouse): Promise<string> {
  const current = await currentPublication(clickhouse);
  return current === null ? 'Nothing is published yet' : `The publication stays ${current.id}, as of ${current.asOf}`;
}

function lastLines(output: string): string {
  return output.trim().split('\n').slice(-10).join('\n');
}
