import { glob } from 'node:fs/promises';
import { dirname, posix } from 'node:path';
import { expect, it } from 'vitest';
import { parse } from 'yaml';
import { z } from 'zod';
import { readRepositoryFile, repositoryRoot } from './repository.ts';

const update = z.object({
  'package-ecosystem': z.string(),
  directory: z.string().optional(),
  directories: z.array(z.string()).optional(),
  schedule: z.object({ interval: z.literal('weekly') }),
});
const { updates } = z
  .object({ updates: z.array(update) })
  .parse(parse(await readRepositoryFile('.github/dependabot.yml')));

/** Files that say which versions of others' work are used. */
const KINDS: [ecosystem: string, patterns: string[]][] = [
  ['npm', ['package-lock.json']],
  ['pip', ['{airflow,dbt,superset,services,packages,notebooks}/**/requirements.txt']],
  ['maven', ['packages/**/pom.xml']],
  ['docker', ['Dockerfile', '{airflow,superset,services,packages}/**/Dockerfile']],
  ['docker-compose', ['docker-compose.yml']],
];

async function foldersOf(patterns: readonly string[]): Promise<string[]> {
  const found = new Set<string>();
  for await (const file of glob(patterns, { cwd: repositoryRoot, exclude: isForeign })) {
    found.add(posix.join('/', dirname(file)));
  }
  return [...found].toSorted();
}

function isForeign(path: string): boolean {
  return /(^|\/)(node_modules|\.venv|\.ebb|dist|target)(\/|$)/.test(path);
}

it.each(KINDS)('%s: every file with versions is kept up to date', async (ecosystem, patterns) => {
  const folders = await foldersOf(patterns);
  expect(folders.length).toBeGreaterThan(0);
  const watched = updates
    .filter((one) => one['package-ecosystem'] === ecosystem)
    .flatMap((one) => one.directories ?? one.directory ?? []);
  expect(watched.toSorted()).toEqual(folders);
});

it('so are actions, also those that our own ones use', async () => {
  const actions = await foldersOf(['.github/actions/*/action.yml']);
  const watched = updates.find((one) => one['package-ecosystem'] === 'github-actions')?.directories;
  expect(watched).toEqual(['/', ...actions]);
});
