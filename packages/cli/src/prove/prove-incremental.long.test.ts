import { mkdtempSync, readdirSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { must } from '@ebb/core';
import { DBT_PROJECT, descendants, identifyProcess, isRunning } from '@ebb/local-stack';
import { expect, test } from 'vitest';
import { outcome, printed, TestStack } from '../stack/test-stack.ts';
import { formatProof, isProved } from './proof.ts';
import { proveIncremental } from './prove-incremental.ts';

test.for([
  { seed: 'a', timezone: 'UTC' },
  { seed: 'b', timezone: 'Europe/Berlin' },
  { seed: 'c', timezone: 'America/New_York' },
])('seed $seed in $timezone: builds equal full refreshes, also after being killed', async ({ seed, timezone }) => {
  const proof = await proveIncremental({
    project: DBT_PROJECT,
    seed,
    steps: 26,
    kills: 12,
    threads: 4,
    isWhole: true,
    timezone,
    onProgress: () => {},
  });
  expect(isProved(proof), formatProof(proof)).toBe(true);
  expect(proof.steps.filter(({ killed }) => killed !== null).length).toBeGreaterThanOrEqual(8);
});

test('Ctrl-C leaves no process and no file', async () => {
  const folder = mkdtempSync(join(tmpdir(), 'ebb-interrupted-'));
  const command = new TestStack({ TMPDIR: folder }).start(['prove', 'incremental']);
  const ended = outcome(command);
  await printed(command, 'models are compared');
  const processes = descendants(command.pid ?? 0).map((pid) => must(identifyProcess(pid), 'a process that runs'));
  expect(processes.length).toBeGreaterThanOrEqual(3);
  command.kill('SIGINT');
  expect((await ended).output).toContain('the proof is given up');
  expect(processes.filter(isRunning)).toEqual([]);
  expect(readdirSync(folder)).toEqual([]);
  rmSync(folder, { recursive: true });
});
