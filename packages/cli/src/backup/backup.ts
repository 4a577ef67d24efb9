import { randomUUID } from 'node:crypto';
import { existsSync, readdirSync } from 'node:fs';
import { mkdir, rename, rm, statfs } from 'node:fs/promises';
import { basename, dirname, join, relative, resolve } from 'node:path';
import type { Environment } from '@ebb/config';
import { identifyProcess } from '@ebb/local-stack';
import type { StackHome } from '../stack/home.ts';
import { followStart, lastOptionalParts, launchSupervisor, stopStack } from '../stack/launch.ts';
import { findOwnProcesses, findSupervisors } from '../stack/ownership.ts';
import { isStackData, mayHideChanges } from './contents.ts';
import { BackupError } from './errors.ts';
import { DATA_FOLDER, type Manifest, writeManifest } from './manifest.ts';
import { byteProgress, formatBytes } from './progress.ts';
import { bytesOnDisk, type CopyCounts, listTree, TreeCopy } from './tree.ts';

export interface BackupOptions {
  home: StackHome;
  env: Environment;
  directory: string;
  print: (line: string) => void;
}

/**
 * Copies all data of a stack: database, broker, warehouse, secrets, as they stood at one moment. Most of it is copied
 * while everything runs; then the stack stops, what has changed is copied again, and it starts. All of its stores are
 * in the copy, so positions that one store keeps of another agree. The folder appears whole or not at all.
 */
export async function runBackup(options: BackupOptions): Promise<Manifest> {
  const { home, print } = options;
  const directory = resolve(options.directory);
  await checkPlace(home, directory);
  const draft = join(dirname(directory), `.${basename(directory)}.${process.pid}`);
  await mkdir(draft, { recursive: true, mode: 0o700 });
  try {
    const pauseMs = await copyData(options, join(draft, DATA_FOLDER));
    const bytes = await sizeOf(join(draft, DATA_FOLDER), () => true);
    const facts = {
      id: randomUUID(),
      createdAt: new Date().toISOString(),
      pauseSeconds: pauseMs === null ? null : pauseMs / 1_000,
    };
    const manifest = await writeManifest(draft, facts, byteProgress('checksums', bytes, { print }));
    // An empty folder may be there already.
    await rm(directory, { recursive: true, force: true });
    await rename(draft, directory);
    print(`${formatBytes(bytes)} in ${directory}, passwords included: keep it as safe as the stack.`);
    return manifest;
  } finally {
    await rm(draft, { recursive: true, force: true });
  }
}

/** How long the stack stood still, ms; null where it did not run. */
async function copyData(options: BackupOptions, target: string): Promise<number | null> {
  const { home, print } = options;
  await mkdir(target, { mode: 0o700 });
  const copy = new TreeCopy({ source: home.root, target }, isStackData);
  const bytes = await sizeOf(home.root, isStackData);
  const progress = byteProgress('copied', bytes, { print });
  if (findSupervisors(home).length === 0) {
    refuseOrphans(home);
    await copy.pass('last', mayHideChanges, progress);
    return null;
  }
  print(`copying ${formatBytes(bytes)} while the stack runs`);
  await copy.pass('first', mayHideChanges, progress);
  return copyStandingStill(options, copy);
}

async function copyStandingStill(options: BackupOptions, copy: TreeCopy): Promise<number> {
  const { home, print } = options;
  print('the stack pauses');
  const watch = stopwatch();
  await stopStack(home);
  const stopping = watch();
  let copied: CopyCounts;
  let copying: number;
  try {
    refuseOrphans(home);
    copied = await copy.pass('last', mayHideChanges, () => {});
  } finally {
    copying = watch() - stopping;
    await startAgain(options);
  }
  const all = watch();
  print(
    `the stack runs again; it paused for ${seconds(all)} s: ${seconds(stopping)} to stop, ${seconds(copying)} to copy ` +
      `${String(copied.files)} files (${formatBytes(copied.bytes)}) that had changed, ${seconds(all - stopping - copying)} to start`,
  );
  return all;
}

/** Ms since it was made. */
function stopwatch(): () => number {
  const beganMs = performance.now();
  return () => performance.now() - beganMs;
}

function seconds(ms: number): string {
  return (ms / 1_000).toFixed(1);
}

/** Detached from this process and its terminal: it stays up whatever becomes of the backup. */
async function startAgain({ home, env }: BackupOptions): Promise<void> {
  const child = launchSupervisor({ home, env, isAttached: false, parts: lastOptionalParts(home) });
  const identity = identifyProcess(child.pid ?? 0);
  if (identity === null) throw new BackupError('STACK_BUSY', 'the stack could not be started again; run: ebb up');
  await followStart(home, identity, () => {}, new AbortController().signal);
}

function refuseOrphans(home: StackHome): void {
  const pids = findOwnProcesses(home).map((one) => one.pid);
  if (pids.length === 0) return;
  throw new BackupError(
    'STACK_BUSY',
    `processes ${pids.join(', ')} of the stack run without a supervisor; end them with: ebb down`,
  );
}

async function checkPlace(home: StackHome, directory: string): Promise<void> {
  if (!existsSync(join(home.postgres, 'PG_VERSION'))) {
    throw new BackupError('NOTHING_TO_BACK_UP', `${home.root} holds no data yet; start the stack with: ebb up`);
  }
  if (!relative(home.root, directory).startsWith('..')) {
    throw new BackupError('BACKUP_PLACE', `${directory} lies inside the stack's own folder ${home.root}; take another`);
  }
  if (existsSync(directory) && readdirSync(directory).length > 0) {
    throw new BackupError('BACKUP_PLACE', `${directory} is not empty; give a new folder`);
  }
  await mkdir(dirname(directory), { recursive: true });
  await requireSpace(dirname(directory), await sizeOf(home.root, isStackData));
}

/** Raises NO_SPACE before anything is written. */
export async function requireSpace(place: string, bytes: number): Promise<void> {
  const { bavail, bsize } = await statfs(place);
  if (bavail * bsize > bytes) return;
  throw new BackupError(
    'NO_SPACE',
    `${place} has ${formatBytes(bavail * bsize)} free, and ${formatBytes(bytes)} are needed`,
  );
}

async function sizeOf(root: string, isWanted: (path: string) => boolean): Promise<number> {
  const entries = await listTree(root, isWanted);
  return entries.reduce((sum, { kind, stats }) => (kind === 'file' ? sum + bytesOnDisk(stats) : sum), 0);
}
