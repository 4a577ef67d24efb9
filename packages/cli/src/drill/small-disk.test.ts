import { appendFileSync, existsSync, mkdtempSync, readdirSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { errorMessage } from '@ebb/core';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { SmallDisk } from './small-disk.ts';

let directory: string;

beforeEach(() => {
  directory = mkdtempSync(join(tmpdir(), 'ebb-small-disk-'));
});

afterEach(() => rmSync(directory, { recursive: true, force: true }));

/** What happened, or why there can be no such disk for this user. */
async function fillAndFree(): Promise<string> {
  const disk = await SmallDisk.mount(join(directory, 'disk'), 16).catch((error: unknown) => errorMessage(error));
  if (typeof disk === 'string') return disk;
  const file = join(disk.directory, 'data');
  const append = (): string => {
    try {
      appendFileSync(file, 'x'.repeat(5_000));
      return 'written';
    } catch (error) {
      return error instanceof Error && 'code' in error ? String(error.code) : 'failed';
    }
  };
  const steps = [append()];
  await disk.fill();
  steps.push(`${disk.freeBytes()} bytes free`, append());
  disk.free();
  steps.push(append());
  await disk.unmount();
  steps.push(existsSync(file) ? 'still there' : 'unmounted');
  return steps.join(', ');
}

test('a small disk runs full, refuses writes and is freed, or says why there can be none', async () => {
  expect(await fillAndFree()).toMatch(
    /^(written, 0 bytes free, ENOSPC, written, unmounted|no file system of its own could be mounted: .+)$/s,
  );
});

test('a disk that cannot be made leaves nothing behind', async () => {
  await expect(SmallDisk.mount(join(directory, 'disk'), 0)).rejects.toThrow('no file system of its own');
  expect(readdirSync(join(directory, 'disk'))).toEqual([]);
  expect(existsSync(join(directory, 'disk.img'))).toBe(false);
});
