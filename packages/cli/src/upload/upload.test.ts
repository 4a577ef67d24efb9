import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { exitCodeOf } from '../commands/upload.ts';
import { uploadLog } from './upload-log.ts';

const done = { days: 3, uploaded: 1, replaced: 0, unchanged: 2, failed: 0, lastDay: '2025-06-28', hasUntil: true };

test.each([
  ['all is in the store', {}, 0],
  ['a file failed', { failed: 1 }, 1],
  ['a file failed, and the day asked for has none', { failed: 1, hasUntil: false }, 1],
  ['the day asked for has no file', { hasUntil: false }, 3],
  ['there is no file at all', { days: 0, unchanged: 0, lastDay: null }, 3],
])('when %s the exit code says so', (_name, change, code) => {
  expect(exitCodeOf({ ...done, ...change })).toBe(code);
});

test('every entry is in the log before the next step, after those of earlier runs', () => {
  const folder = mkdtempSync(join(tmpdir(), 'ebb-upload-log-'));
  try {
    const path = join(folder, 'logs', 'upload.log');
    const read = (): unknown[] =>
      readFileSync(path, 'utf8')
        .trimEnd()
        .split('\n')
        .map((line) => JSON.parse(line) as unknown);
    const now = (): Date => new Date(0);
    uploadLog(path, now)({ event: 'started' });
    expect(read()).toEqual([{ at: '1970-01-01T00:00:00.000Z', event: 'started' }]);
    uploadLog(path, now)({ event: 'failed', problem: 'line\nbreak' });
    expect(read()).toHaveLength(2);
  } finally {
    rmSync(folder, { recursive: true });
  }
});
