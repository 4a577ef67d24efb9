import { linkSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { sleep } from '@ebb/core';
import { identifyProcess, isRunning, signalProcess } from '@ebb/local-stack';
import { z } from 'zod';
import type { StackHome } from '../stack/home.ts';
import { readJsonFile, writeJsonFile } from '../stack/json-file.ts';
import { BuildError } from './errors.ts';

const identity = z.object({ pid: z.number().int(), startToken: z.string() });
const record = z.object({ owner: identity, dbt: identity.nullable() });

export interface BuildLock {
  /** Whoever finds the lock of a dead owner ends this process first. */
  noteDbt(pid: number): void;
  release(): void;
}

/**
 * One build at a time per stack: incremental tables are rebuilt in place. A killed owner's lock is taken over, after the
 * dbt that it may have left running was ended.
 */
export async function takeBuildLock(home: StackHome): Promise<BuildLock> {
  const file = join(home.root, 'build.lock');
  const owner = identifyProcess(process.pid);
  while (!createFile(file, { owner, dbt: null })) await clearDeadLock(file);
  return {
    noteDbt: (pid) => {
      writeJsonFile(file, { owner, dbt: identifyProcess(pid) });
    },
    release: () => {
      rmSync(file, { force: true });
    },
  };
}

/** Appears with its content or not at all. */
function createFile(file: string, content: unknown): boolean {
  const draft = `${file}.${process.pid}`;
  writeJsonFile(draft, content);
  try {
    linkSync(draft, file);
    return true;
  } catch (error) {
    if (error instanceof Error && 'code' in error && error.code === 'EEXIST') return false;
    throw error;
  } finally {
    rmSync(draft, { force: true });
  }
}

async function clearDeadLock(file: string): Promise<void> {
  const found = readJsonFile(file, record);
  if (found !== null && isRunning(found.owner)) {
    throw new BuildError('BUILD_RUNNING', `a build runs already (process ${found.owner.pid}); wait for its end`);
  }
  const dbt = found?.dbt ?? null;
  if (dbt !== null) {
    signalProcess(dbt, 'SIGKILL');
    while (isRunning(dbt)) await sleep(50);
  }
  rmSync(file, { force: true });
}
