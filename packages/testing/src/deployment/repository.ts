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
