import { spawnSync } from 'node:child_process';
import { chownSync, mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { runAs } from './postgres-user.ts';

let folder: string;

beforeEach(() => {
  // Mode 0700: as root, another user cannot enter.
  folder = mkdtempSync(join(tmpdir(), 'ebb-user-'));
});

afterEach(() => {
  rmSync(folder, { recursive: true, force: true });
});

test('the server is never root, reaches its program and owns its data, wherever the checkout is', () => {
  const program = join(folder, 'server');
  const dataDir = join(folder, 'data');
  // `test -x` asks as initdb does when it looks for its sibling.
  writeFileSync(program, '#!/bin/sh\ntest -x "$0" && touch "$1/made" && id -u\n', { mode: 0o755 });
  mkdirSync(dataDir, { mode: 0o700 });
  const user = runAs({ program, dataParent: folder, dataDir });
  if (user.owner !== null) chownSync(dataDir, user.owner.uid, user.owner.gid);
  const spec = user.wrap(program, [dataDir]);
  const result = spawnSync(spec.command, spec.args, { ...spec, cwd: '/', encoding: 'utf8' });
  expect({ status: result.status, error: result.stderr }).toEqual({ status: 0, error: '' });
  const uid = Number(result.stdout);
  expect(uid).toBeGreaterThan(0);
  expect(uid).toBe(user.owner?.uid ?? process.getuid?.());
  expect(runAs({ program, dataParent: folder, dataDir }).owner).toEqual(user.owner);
});
