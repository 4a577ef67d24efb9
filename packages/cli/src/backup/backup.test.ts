import {
  appendFileSync,
  existsSync,
  lstatSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  readlinkSync,
  realpathSync,
  rmSync,
  statSync,
  symlinkSync,
  utimesSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { isEbbError } from '@ebb/core';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { type StackHome, stackHome } from '../stack/home.ts';
import { refuseUnfinishedRestore, STAGE } from '../stack/restored.ts';
import { ensureSecrets, readSecrets } from '../stack/secrets.ts';
import { runBackup } from './backup.ts';
import { type BackupErrorCode } from './errors.ts';
import { runRestore } from './restore.ts';
import { listTree, TreeCopy } from './tree.ts';

let directory: string;
let home: StackHome;
let folder: string;
const print = (): void => {};

beforeEach(() => {
  directory = realpathSync(mkdtempSync(join(tmpdir(), 'ebb-backup-')));
  home = stackHome({ EBB_HOME: join(directory, 'first') });
  folder = join(directory, 'copy');
  ensureSecrets(home);
  write('postgres/PG_VERSION', '18\n');
  write('postgres/base/1/2', 'x'.repeat(5_000));
  write('postgres/postmaster.pid', '1');
  write('kafka/log/website_events-0/00.log', 'events');
  write('clickhouse/store/abc/data.bin', 'parts');
  write('logs/postgres.log', 'words');
  symlinkSync(join(home.root, 'clickhouse/store/abc'), join(home.root, 'clickhouse/link'));
});
afterEach(() => rmSync(directory, { recursive: true, force: true }));

function write(path: string, text: string): void {
  mkdirSync(join(home.root, path, '..'), { recursive: true });
  writeFileSync(join(home.root, path), text);
}

const backup = (): Promise<unknown> => runBackup({ home, env: {}, directory: folder, print });
const restoreInto = (target: StackHome): Promise<unknown> => runRestore({ home: target, directory: folder, print });
const second = (): StackHome => stackHome({ EBB_HOME: join(directory, 'second') });

function withCode(code: BackupErrorCode, text: RegExp): unknown {
  return expect.toSatisfy((error: Error) => isEbbError(error, code) && text.test(error.message)) as unknown;
}

describe('a backup of a stack at rest', () => {
  test('comes back as it was, with new logins and a note for the next start', async () => {
    const before = readSecrets(home);
    await backup();
    expect(statSync(folder).mode & 0o077).toBe(0);
    const target = second();
    await restoreInto(target);
    expect(readFileSync(join(target.root, 'postgres/base/1/2'), 'utf8')).toBe('x'.repeat(5_000));
    expect(readFileSync(join(target.root, 'clickhouse/link/data.bin'), 'utf8')).toBe('parts');
    expect(readlinkSync(join(target.root, 'clickhouse/link'))).toBe('store/abc');
    expect(existsSync(join(target.root, 'postgres/postmaster.pid'))).toBe(false);
    expect(existsSync(join(target.root, 'logs/postgres.log'))).toBe(false);
    expect(existsSync(join(target.root, STAGE))).toBe(false);
    expect(existsSync(join(target.root, 'restored.json'))).toBe(true);
    const after = readSecrets(target);
    expect(after?.superuserPassword).toBe(before?.superuserPassword);
    expect(after?.writeKey).toBe(before?.writeKey);
    const shared = Object.entries(after?.rolePasswords ?? {}).filter(([role, password]) =>
      Object.entries(before?.rolePasswords ?? {}).some(([name, old]) => name === role && old === password),
    );
    expect(shared).toEqual([]);
  });

  test('wants a new folder outside the stack, and something to copy', async () => {
    const inside = runBackup({ home, env: {}, directory: join(home.root, 'backup'), print });
    await expect(inside).rejects.toEqual(withCode('BACKUP_PLACE', /inside the stack/));
    mkdirSync(folder);
    writeFileSync(join(folder, 'mine'), '');
    await expect(backup()).rejects.toEqual(withCode('BACKUP_PLACE', /not empty/));
    const empty = runBackup({ home: second(), env: {}, directory: join(directory, 'other'), print });
    await expect(empty).rejects.toEqual(withCode('NOTHING_TO_BACK_UP', /ebb up/));
    expect(readdirSync(directory).toSorted()).toEqual(['copy', 'first', 'second']);
  });
});

describe('a damaged backup is refused before anything is written', () => {
  const damages: [string, () => void, RegExp][] = [
    ['a byte altered', () => alter(join(folder, 'data/kafka/log/website_events-0/00.log')), /00\.log: its content/],
    ['a file cut', () => writeFileSync(join(folder, 'data/postgres/base/1/2'), 'x'), /base\/1\/2: its content/],
    ['a file missing', () => rmSync(join(folder, 'data/clickhouse/store/abc/data.bin')), /data\.bin: it is missing/],
    [
      'a file added',
      () => writeFileSync(join(folder, 'data/postgres/standby.signal'), ''),
      /standby\.signal: it was added/,
    ],
    ['the manifest altered', () => replaceIn(join(folder, 'manifest.json'), /"size": 5000/, '"size": 4999'), /altered/],
    ['the manifest cut', () => writeFileSync(join(folder, 'manifest.json'), '{"form": 1'), /manifest\.json/],
    ['no manifest', () => rmSync(join(folder, 'manifest.json')), /manifest\.json/],
  ];

  test.each(damages)('%s', async (_name, damage, message) => {
    await backup();
    damage();
    const target = second();
    await expect(restoreInto(target)).rejects.toEqual(withCode('BACKUP_DAMAGED', message));
    expect(readdirSync(target.root)).toEqual(['logs']);
  });

  function alter(path: string): void {
    const content = readFileSync(path);
    content[0] = (content[0] ?? 0) ^ 1;
    writeFileSync(path, content);
  }

  function replaceIn(path: string, pattern: RegExp, text: string): void {
    const content = readFileSync(path, 'utf8');
    expect(content).toMatch(pattern);
    writeFileSync(path, content.replace(pattern, text));
  }
});

describe('a restore', () => {
  test('never overwrites data', async () => {
    await backup();
    await expect(restoreInto(home)).rejects.toEqual(withCode('STACK_HAS_DATA', /postgres/));
    const target = second();
    ensureSecrets(target);
    await expect(restoreInto(target)).rejects.toEqual(withCode('STACK_HAS_DATA', /secrets\.json/));
  });

  test('that was cut short keeps the stack from starting, and is done again', async () => {
    await backup();
    const target = second();
    mkdirSync(join(target.root, STAGE));
    mkdirSync(join(target.root, 'clickhouse'));
    writeFileSync(join(target.root, 'clickhouse', 'half'), '');
    expect(() => refuseUnfinishedRestore(target)).toThrow(/cut short/);
    await restoreInto(target);
    expect(existsSync(join(target.root, 'clickhouse', 'half'))).toBe(false);
    expect(() => refuseUnfinishedRestore(target)).not.toThrow();
  });

  test('refuses what a later version made', async () => {
    await backup();
    const path = join(folder, 'manifest.json');
    writeFileSync(path, readFileSync(path, 'utf8').replace('"form": 1', '"form": 2'));
    await expect(restoreInto(second())).rejects.toEqual(withCode('BACKUP_NEWER', /form 2/));
  });
});

describe('a copy in passes', () => {
  test('the last one copies what changed, appeared or vanished since, and leaves the rest', async () => {
    const source = home.root;
    const target = join(directory, 'passes');
    mkdirSync(target);
    const old = new Date(Date.now() - 60_000);
    for (const { path, kind } of await listTree(source, () => true)) {
      if (kind === 'file') utimesSync(join(source, path), old, old);
    }
    const copy = new TreeCopy({ source, target }, () => true);
    const none = (): boolean => false;
    const first = await copy.pass('first', none, print);
    expect(first.files).toBeGreaterThan(5);
    appendFileSync(join(source, 'kafka/log/website_events-0/00.log'), ' and more');
    write('kafka/log/website_events-0/01.log', 'new');
    rmSync(join(source, 'clickhouse/store'), { recursive: true });
    const last = await copy.pass('last', (path) => path.endsWith('PG_VERSION'), print);
    expect(last.files).toBe(3);
    expect(readFileSync(join(target, 'kafka/log/website_events-0/00.log'), 'utf8')).toBe('events and more');
    expect(existsSync(join(target, 'clickhouse/store'))).toBe(false);
    expect(lstatSync(join(target, 'kafka/log/website_events-0/01.log')).size).toBe(3);
  });

  test('copies again what changed so shortly before the first pass that its time may not show the next change', async () => {
    const target = join(directory, 'passes');
    mkdirSync(target);
    const copy = new TreeCopy({ source: home.root, target }, (path) => path.startsWith('kafka'));
    const path = join(home.root, 'kafka/log/website_events-0/00.log');
    const time = new Date();
    utimesSync(path, time, time);
    const none = (): boolean => false;
    await copy.pass('first', none, print);
    writeFileSync(path, 'EVENTS');
    utimesSync(path, time, time);
    await copy.pass('last', none, print);
    expect(readFileSync(join(target, 'kafka/log/website_events-0/00.log'), 'utf8')).toBe('EVENTS');
  });
});
