import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { existsSync, mkdtempSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { identifyProcess, newBuildId } from '@ebb/local-stack';
import { expect, test } from 'vitest';
import { stackHome } from '../stack/home.ts';
import { takeBuildLock } from './build-lock.ts';

const emptyHome = () => stackHome({ EBB_HOME: mkdtempSync(join(tmpdir(), 'ebb-lock-')) });

test('one build at a time; the next may begin when it is over', async () => {
  const home = emptyHome();
  const lock = await takeBuildLock(home);
  await expect(takeBuildLock(home)).rejects.toMatchObject({ code: 'BUILD_RUNNING' });
  lock.release();
  (await takeBuildLock(home)).release();
});

test('the lock of a killed build is taken over, and the dbt it left running is ended first', async () => {
  const home = emptyHome();
  const file = join(home.root, 'build.lock');
  const dbt = spawn('sleep', ['600']);
  await once(dbt, 'spawn');
  const ended = once(dbt, 'exit');
  const owner = { pid: 1, startToken: 'of another life' };
  writeFileSync(file, JSON.stringify({ owner, dbt: identifyProcess(dbt.pid ?? 0) }));
  const lock = await takeBuildLock(home);
  expect(await ended).toEqual([null, 'SIGKILL']);
  lock.release();
  expect(existsSync(file)).toBe(false);
});

test('a damaged lock is nobody’s', async () => {
  const home = emptyHome();
  writeFileSync(join(home.root, 'build.lock'), '{"own');
  await expect(takeBuildLock(home)).resolves.toBeDefined();
});

test('the id of a build sorts by time and is what dbt accepts', () => {
  const id = newBuildId(new Date('2026-11-21T18:45:00Z'), Buffer.from([0x1a, 0x2b]));
  expect(id).toBe('p20261121184500_1a2b');
  expect(newBuildId()).toMatch(/^p\d{14}_[0-9a-f]{4}$/);
});
