import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { eventually } from '@ebb/testing';
import { expect, test } from 'vitest';
import {
  clockToSeconds,
  descendants,
  findProcesses,
  identifyProcess,
  isRunning,
  processArguments,
  processTreeUsage,
  processUsage,
  signalProcess,
} from './processes.ts';

const MARK = `-Debb.owner=/nowhere/${process.pid}`;

function sleeper(): ReturnType<typeof spawn> {
  return spawn(process.execPath, ['-e', 'setInterval(() => {}, 1000)', '--', MARK, 'two words'], { stdio: 'ignore' });
}

test('a process is found by an argument, recognised, and gone after its end', async () => {
  const child = sleeper();
  const found = await eventually(() => {
    const list = findProcesses((argv) => argv.includes(MARK));
    expect(list).toHaveLength(1);
    return list[0];
  });
  expect(found).toEqual(identifyProcess(child.pid ?? 0));
  expect(processArguments(child.pid ?? 0)).toContain('two words');
  expect(descendants(process.pid)).toContain(child.pid);
  expect(found && signalProcess(found, 'SIGKILL')).toBe(true);
  await once(child, 'exit');
  expect(found && isRunning(found)).toBe(false);
  expect(found && signalProcess(found, 'SIGKILL')).toBe(false);
});

test('a later process with the same pid is not taken for the earlier one', () => {
  const self = identifyProcess(process.pid);
  expect(self && isRunning(self)).toBe(true);
  expect(isRunning({ pid: process.pid, startToken: 'another boot:1' })).toBe(false);
  expect(signalProcess({ pid: process.pid, startToken: 'another boot:1' }, 'SIGKILL')).toBe(false);
});

test.for([0, -1, 1.5, Number.NaN, 4_194_305])('pid %s is nobody', (pid) => {
  expect(identifyProcess(pid)).toBeNull();
  expect(processUsage(pid)).toBeNull();
});

test('a zombie counts as gone', async () => {
  // The shell forks, the fork ends, and nobody waits for it.
  const parent = spawn('/bin/sh', ['-c', 'sleep 0 & echo $!; exec sleep 30'], { stdio: ['ignore', 'pipe', 'ignore'] });
  const [chunk] = (await once(parent.stdout, 'data')) as [Buffer];
  const pid = Number(chunk.toString());
  await eventually(() => {
    expect(identifyProcess(pid)).toBeNull();
  });
  parent.kill('SIGKILL');
  await once(parent, 'exit');
});

test('usage of a tree is at least that of its root', () => {
  const own = processUsage(process.pid);
  const tree = processTreeUsage(process.pid);
  expect(own?.rssBytes).toBeGreaterThan(1_000_000);
  expect(own?.cpuSeconds).toBeGreaterThan(0);
  expect(tree?.cpuSeconds).toBeGreaterThanOrEqual(own?.cpuSeconds ?? Infinity);
});

test.for([
  ['00:05', 5],
  ['1:02:03', 3723],
  ['2-00:00:01', 172_801],
  ['0:01.50', 1.5],
] as const)('ps writes %s for %s seconds', ([text, seconds]) => {
  expect(clockToSeconds(text)).toBe(seconds);
});
