import { readdir } from 'node:fs/promises';
import { join } from 'node:path';
import { expect, it } from 'vitest';
import { parseCompose } from './compose-file.ts';
import { unknownSettings } from './compose-settings.ts';
import { readRepositoryFile, repositoryRoot } from './repository.ts';

/** Names of all options in the sources: they stand there as `'EBB_…'`, in Python and dbt in either quotes. */
async function optionNames(): Promise<Set<string>> {
  const names = new Set<string>();
  for (const parent of ['packages', 'services', 'airflow', 'superset', 'dbt']) {
    const files = await readdir(join(repositoryRoot, parent), { recursive: true });
    for (const file of files.filter((name) => isSource(parent, name))) {
      const text = await readRepositoryFile(`${parent}/${file}`);
      for (const [, name = ''] of text.matchAll(/['"](EBB_[A-Z_]+)['"]/g)) names.add(name);
    }
  }
  return names;
}

function isSource(parent: string, file: string): boolean {
  if (file.includes('node_modules') || file.startsWith('tests/')) return false;
  if (file.endsWith('.py')) return parent !== 'dbt';
  if (parent === 'airflow' || parent === 'superset') return false;
  return parent === 'dbt' ? /^[\w-]+\.yml$/.test(file) : /^[\w-]+\/src\/.*(?<!\.test)\.ts$/.test(file);
}

it('sets only what some program reads', async () => {
  const file = parseCompose(await readRepositoryFile('docker-compose.yml'));
  const known = await optionNames();
  expect(known).toContain('EBB_KAFKA_BROKERS');
  expect(unknownSettings(file, known)).toEqual([]);
});

it('notices a misspelt name, also of a file or in a command', () => {
  const known = new Set(['EBB_A']);
  const check = (environment: Record<string, string>, command = ''): string[] =>
    unknownSettings({ services: { one: { environment, command } } }, known);
  expect(check({ EBB_A: '1' })).toEqual([]);
  expect(check({ EBB_A_FILE: '/x', PATH: '/bin' })).toEqual([]);
  expect(check({ EBB_B: '1' }, 'echo $$EBB_B')).toEqual([]);
  expect(check({ EBB_B: '1' })).toEqual(['one: EBB_B is read by nothing']);
  expect(check({ EBB_B_FILE: '/x' })).toEqual(['one: EBB_B_FILE is read by nothing']);
});
