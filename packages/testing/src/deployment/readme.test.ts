import { existsSync, readFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { describe, expect, it } from 'vitest';

const root = new URL('../../../../', import.meta.url);
const read = (path: string): string => readFileSync(fileURLToPath(new URL(path, root)), 'utf8');
const readme = read('README.md');

describe('README', () => {
  const verbs = [...read('Makefile').matchAll(/^([a-z_-]+):.*## /gm)].map((match) => match[1] ?? '');

  it.each(verbs.filter((verb) => verb !== 'help'))('names make %s', (verb) => {
    expect(readme).toContain(`make ${verb}\``);
  });

  it('links only to what is there', () => {
    const links = [...readme.matchAll(/\]\((?!https?:|#)([^)#]+)/g)].map((match) => match[1] ?? '');
    expect(links.length).toBeGreaterThan(1);
    expect(links.filter((link) => !existsSync(fileURLToPath(new URL(link, root))))).toEqual([]);
  });

  it('gives every dependency of a workspace its row', () => {
    const table = readme.slice(readme.indexOf('## Dependencies'), readme.indexOf('## Licence'));
    const manifests = ['package.json', ...workspaces().map((path) => `${path}/package.json`)];
    const names = manifests.flatMap((path) => {
      const { dependencies = {}, devDependencies = {} } = JSON.parse(read(path)) as Record<string, object>;
      return Object.keys({ ...dependencies, ...devDependencies });
    });
    const foreign = [...new Set(names)].filter((name) => !name.startsWith('@ebb/') && !name.startsWith('@types/'));
    expect(foreign.filter((name) => !table.includes(name))).toEqual([]);
  });
});

function workspaces(): string[] {
  const lock = JSON.parse(read('package-lock.json')) as { packages: Record<string, object> };
  return Object.keys(lock.packages).filter((path) => /^(packages|services)\/[a-z-]+$/.test(path));
}
