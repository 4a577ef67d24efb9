import { spawnSync } from 'node:child_process';
import { mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { madeOnce } from './made-once.ts';

let place: string;
beforeEach(() => {
  place = mkdtempSync(join(tmpdir(), 'ebb-made-once-'));
});
afterEach(() => rmSync(place, { recursive: true, force: true }));

const made: string[] = [];
const writing =
  (text: string) =>
  async (directory: string): Promise<void> => {
    made.push(text);
    await sleep(50);
    await writeFile(join(directory, 'text'), text);
  };

test('of several who ask at once one makes it, and all get it whole', async () => {
  const paths = await Promise.all(['a', 'b', 'c'].map((text) => madeOnce(join(place, 'one'), writing(text))));
  expect(paths).toEqual(Array.from({ length: 3 }, () => join(place, 'one')));
  expect([readFileSync(join(place, 'one', 'text'), 'utf8')]).toEqual(made);
  expect(readdirSync(place)).toEqual(['one']);
});

test('a failure goes to the one who made it, and the next one tries anew', async () => {
  const failing = (): Promise<void> => Promise.reject(new Error('no room'));
  await expect(madeOnce(join(place, 'one'), failing)).rejects.toThrow('no room');
  expect(readdirSync(place)).toEqual([]);
  await madeOnce(join(place, 'one'), writing('second'));
  expect(readFileSync(join(place, 'one', 'text'), 'utf8')).toBe('second');
});

test('the lock of a process that died is given up', async () => {
  const { pid } = spawnSync(process.execPath, ['--version']);
  writeFileSync(join(place, 'one.lock'), String(pid));
  await madeOnce(join(place, 'one'), writing('heir'));
  expect(readFileSync(join(place, 'one', 'text'), 'utf8')).toBe('heir');
});
