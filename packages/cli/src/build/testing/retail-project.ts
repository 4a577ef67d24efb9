import { readdir, readFile } from 'node:fs/promises';
import { join, relative } from 'node:path';
import { DBT_PROJECT } from '@ebb/local-stack';

/** The retailer's models and tests alone, by path in the project. */
export async function retailProject(): Promise<Record<string, string>> {
  const found: Record<string, string> = {};
  for (const folder of ['models', 'tests']) {
    const entries = await readdir(join(DBT_PROJECT, folder), { recursive: true, withFileTypes: true });
    for (const entry of entries.filter((one) => one.isFile() && one.parentPath.endsWith('/retail'))) {
      const path = join(entry.parentPath, entry.name);
      found[relative(DBT_PROJECT, path)] = await readFile(path, 'utf8');
    }
  }
  return found;
}
