import { execFile } from 'node:child_process';
import { readdirSync, renameSync, rmSync, statSync } from 'node:fs';
import { createRequire } from 'node:module';
import { dirname, join } from 'node:path';
import { promisify } from 'node:util';
import { hostEnvironment } from '@ebb/config';
import { errorMessage } from '@ebb/core';
import { StackError } from './errors.ts';
import { REPOSITORY } from './home.ts';
import type { PartContext } from './part.ts';

const run = promisify(execFile);
const DASHBOARD = join(REPOSITORY, 'services', 'dashboard');

/** Builds the pages when their sources are newer than what was built, or nothing was. */
export async function ensureWebBuilt({ progress, signal }: PartContext): Promise<void> {
  const target = join(DASHBOARD, 'dist');
  if (modifiedMs(join(target, 'index.html')) >= newestMs(join(DASHBOARD, 'web'))) return;
  progress('building the pages');
  // Beside, then renamed: a page is never served half built, and two stacks that build at once do not collide.
  const draft = join(DASHBOARD, `dist.${process.pid}`);
  try {
    const vite = join(
      dirname(createRequire(join(DASHBOARD, 'package.json')).resolve('vite/package.json')),
      'bin/vite.js',
    );
    const args = [vite, 'build', '--logLevel', 'warn', '--outDir', draft];
    await run(process.execPath, args, {
      cwd: DASHBOARD,
      env: { ...hostEnvironment(), NODE_ENV: 'production' },
      signal,
    });
    rmSync(target, { recursive: true, force: true });
    renameSync(draft, target);
  } catch (error) {
    if (signal.aborted) throw new StackError('INTERRUPTED', 'building the pages was given up');
    throw new StackError('START_FAILED', `the pages could not be built: ${errorMessage(error)}`, { cause: error });
  } finally {
    rmSync(draft, { recursive: true, force: true });
  }
}

function newestMs(folder: string): number {
  const entries = readdirSync(folder, { recursive: true, withFileTypes: true }).filter((entry) => entry.isFile());
  return Math.max(0, ...entries.map((entry) => modifiedMs(join(entry.parentPath, entry.name))));
}

function modifiedMs(file: string): number {
  try {
    return statSync(file).mtimeMs;
  } catch {
    return 0;
  }
}
