import { CLICKHOUSE_LOGIN_NAMES } from '@ebb/clickhouse';
import { mkdirSync, mkdtempSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { once } from 'node:events';
import { createServer } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { anyFreePort } from '@ebb/local-stack';
import { ROLE_NAMES } from '@ebb/postgres';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { logFileOf, type StackHome, stackHome } from './home.ts';
import { rotateLogs } from './log-files.ts';
import { PortPlan } from './port-plan.ts';
import { ensureSecrets, readSecrets } from './secrets.ts';
import { newState, readState, writeState } from './state.ts';

let home: StackHome;

beforeEach(() => {
  home = stackHome({ EBB_HOME: mkdtempSync(join(tmpdir(), 'ebb-files-')) });
});

afterEach(() => {
  rmSync(home.root, { recursive: true, force: true });
});

test('state comes back as written, and damaged state is no state', () => {
  expect(readState(home)).toBeNull();
  const state = newState({ pid: 1, startToken: 'b:1' }, ['postgres', 'kafka']);
  writeState(home, state);
  expect(readState(home)).toEqual(state);
  for (const damaged of ['', '{', 'null', '{"version":2}', JSON.stringify({ ...state, phase: 'dancing' })]) {
    writeFileSync(home.stateFile, damaged);
    expect(readState(home)).toBeNull();
  }
});

test('secrets are made once, for the owner alone', () => {
  const made = ensureSecrets(home);
  expect(ensureSecrets(home)).toEqual(made);
  expect(statSync(home.secretsFile).mode & 0o777).toBe(0o600);
  const { superuserPassword, rolePasswords, clickhousePasswords } = made;
  const passwords = [superuserPassword, ...Object.values(rolePasswords), ...Object.values(clickhousePasswords)];
  expect(new Set(passwords).size).toBe(1 + ROLE_NAMES.length + CLICKHOUSE_LOGIN_NAMES.length);
  expect(made.writeKey).toMatch(/^ebb_wk_/);
});

test('secrets of an earlier version keep theirs and get the logins they lack', () => {
  const { clickhousePasswords: _, objectStore: ___, ...earlier } = ensureSecrets(home);
  const { ebb_sink: __, ...roles } = earlier.rolePasswords;
  writeFileSync(home.secretsFile, JSON.stringify({ ...earlier, rolePasswords: roles }));
  mkdirSync(home.postgres);
  writeFileSync(join(home.postgres, 'PG_VERSION'), '18\n');
  const completed = ensureSecrets(home);
  expect(completed).toMatchObject({ ...earlier, rolePasswords: roles });
  expect(completed.rolePasswords.ebb_sink).toMatch(/^\S{20,}$/);
  expect(Object.keys(completed.clickhousePasswords)).toEqual([...CLICKHOUSE_LOGIN_NAMES]);
  expect(completed.objectStore.secretKey).toMatch(/^\S{20,}$/);
  expect(readSecrets(home)).toEqual(completed);
});

test('secrets that are lost while their database is there stop the start instead of locking it', () => {
  mkdirSync(home.postgres);
  writeFileSync(join(home.postgres, 'PG_VERSION'), '18\n');
  writeFileSync(home.secretsFile, '{"superuserPassword": ""}');
  expect(readSecrets(home)).toBeNull();
  expect(() => ensureSecrets(home)).toThrow(/cannot be opened without it/);
});

test('a port is kept, unless it is taken, unless another is asked for', async () => {
  const wanted = await anyFreePort();
  const env = { EBB_COLLECTOR_PORT: String(wanted) };
  expect(await new PortPlan(home, env).reserve('collector')).toBe(wanted);
  // Without being asked again, the kept port counts, not the default.
  expect(await new PortPlan(home, {}).reserve('collector')).toBe(wanted);
  const server = createServer().listen(wanted, '127.0.0.1');
  await once(server, 'listening');
  const next = await new PortPlan(home, {}).reserve('collector');
  server.close();
  await once(server, 'close');
  expect(next).toBeGreaterThan(wanted);
  expect(new PortPlan(home, {}).current('collector')).toBe(next);
  expect(await new PortPlan(home, env).reserve('collector')).toBe(wanted);
});

test('two parts never share a port', async () => {
  const wanted = String(await anyFreePort());
  const plan = new PortPlan(home, { EBB_COLLECTOR_PORT: wanted, EBB_DASHBOARD_PORT: wanted });
  const [dashboard, collector] = await Promise.all([plan.reserve('dashboard'), plan.reserve('collector')]);
  expect(dashboard).not.toBe(collector);
});

test('a damaged ports file is forgotten', async () => {
  writeFileSync(home.portsFile, '{"collector": "none"}');
  expect(new PortPlan(home, {}).current('collector')).toBeNull();
});

test('a long log is set aside and emptied in place', () => {
  const file = logFileOf(home, 'kafka');
  writeFileSync(file, 'x'.repeat(100));
  rotateLogs(home, 100);
  expect(statSync(file).size).toBe(100);
  rotateLogs(home, 99);
  expect([statSync(file).size, readFileSync(`${file}.1`, 'utf8').length]).toEqual([0, 100]);
});
