import { readdir, readFile } from 'node:fs/promises';
import { fileURLToPath } from 'node:url';

const ROOT = new URL('../../../../', import.meta.url);

/** Root folder of the repository. */
export const repositoryRoot = fileURLToPath(ROOT);

/** Text of a file of the repository, by its path from the root. */
export function readRepositoryFile(path: string): Promise<string> {
  return readFile(new URL(path, ROOT), 'utf8');
}

/** `packages/cli`, `services/collector`, …: every folder with a manifest. */
export async function listWorkspaces(): Promise<string[]> {
  const found: string[] = [];
  for (const parent of ['packages', 'services']) {
    for (const entry of await readdir(new URL(parent, ROOT))) {
      const files = await readdir(new URL(`${parent}/${entry}`, ROOT));
      if (files.includes('package.json')) found.push(`${parent}/${entry}`);
    }
  }
  return found.toSorted();
}

/** The workspaces that run in production: every service, and the packages they reach through their dependencies. */
export async function listRuntimeWorkspaces(): Promise<string[]> {
  const all = await listWorkspaces();
  const paths = new Map(all.map((path) => [`@ebb/${path.split('/')[1]}`, path]));
  const found = new Set<string>();
  const visit = async (path: string): Promise<void> => {
    if (found.has(path)) return;
    found.add(path);
    const manifest = JSON.parse(await readRepositoryFile(`${path}/package.json`)) as {
      dependencies?: Record<string, string>;
    };
    for (const name of Object.keys(manifest.dependencies ?? {})) {
      const dependency = paths.get(name);
      if (dependency !== undefined) await visit(dependency);
    }
  };
  for (const path of all.filter((candidate) => candidate.startsWith('services/'))) await visit(path);
  return [...found].toSorted();
}
