import { mkdtemp, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { z } from 'zod';
import type { ComposeProject } from './compose-project.ts';
import { ensureNone } from './ensure.ts';

/** What speaks to each kind of server by itself, and the service that most depends on two of them. */
const SUITES = [
  'packages/postgres/src/',
  'packages/kafka/src/',
  'packages/clickhouse/src/protocol-',
  'services/stream-aggregator/src/',
];
const PROJECTS = ['pg', 'kafka', 'ch'];
const TIMEOUT_MS = 900_000;

const reportSchema = z.object({
  testResults: z.array(
    z.object({ name: z.string(), assertionResults: z.array(z.object({ status: z.string(), title: z.string() })) }),
  ),
});

/** Runs the suites of the servers on containers of the images that docker-compose.yml names; says how many tests passed. */
export async function checkContainerSuites(project: ComposeProject): Promise<string> {
  const directory = await mkdtemp(join(tmpdir(), 'ebb-container-suites-'));
  try {
    const report = join(directory, 'report.json');
    await runSuites(project, report);
    const left = await leftBehind(project);
    ensureNone(left.map((container) => `a test left container ${container} behind`));
    return countTests(await readFile(report, 'utf8'));
  } finally {
    const left = await leftBehind(project);
    if (left.length > 0) await project.docker(['rm', '--force', '--volumes', ...left]);
    await rm(directory, { recursive: true, force: true });
  }
}

async function runSuites(project: ComposeProject, report: string): Promise<void> {
  const vitest = join(project.root, 'node_modules/vitest/vitest.mjs');
  const reporters = ['--reporter=default', '--reporter=json', `--outputFile.json=${report}`];
  const projects = PROJECTS.map((name) => `--project=${name}`);
  await project.run(process.execPath, [vitest, 'run', ...reporters, ...projects, ...SUITES], {
    env: { ...project.env, EBB_TEST_STACK: 'containers', ...withoutRegistry(project) },
    timeoutMs: TIMEOUT_MS,
    isShown: true,
  });
}

/** The library would have a container of its own clean up, of an image that is on no such machine. */
function withoutRegistry(project: ComposeProject): Record<string, string> {
  return project.pull === 'never' ? { TESTCONTAINERS_RYUK_DISABLED: 'true' } : {};
}

async function leftBehind(project: ComposeProject): Promise<string[]> {
  const found = await project.docker(['ps', '--all', '--quiet', '--filter', 'label=org.ebb.test']);
  return found.split('\n').filter((id) => id !== '');
}

/** `pg 34, kafka 12, ch 90 tests`, by the suffix of the file; raises CHECK_FAILED if one was left out. */
export function countTests(report: string): string {
  const counts = new Map(PROJECTS.map((name) => [name, 0]));
  const problems: string[] = [];
  for (const { name, assertionResults } of reportSchema.parse(JSON.parse(report)).testResults) {
    const suffix = /\.(\w+)\.test\.ts$/.exec(name)?.[1] ?? '';
    for (const { status, title } of assertionResults) {
      if (status === 'passed') counts.set(suffix, (counts.get(suffix) ?? 0) + 1);
      else problems.push(`${name}, "${title}": ${status}`);
    }
  }
  for (const [name, count] of counts) if (count === 0) problems.push(`no test of ${name} has run`);
  ensureNone(problems);
  return `${[...counts].map(([name, count]) => `${name} ${count}`).join(', ')} tests`;
}
