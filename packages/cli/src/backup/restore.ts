import { readdirSync } from 'node:fs';
import { chmod, copyFile, constants, mkdir, rename, rm, symlink } from 'node:fs/promises';
import { join, resolve } from 'node:path';
import { adoptPostgresData } from '@ebb/local-stack';
import { findOwnProcesses, findSupervisors } from '../stack/ownership.ts';
import type { StackHome } from '../stack/home.ts';
import { isRestoreUnfinished, markRestored, STAGE } from '../stack/restored.ts';
import { renewLogins } from '../stack/secrets.ts';
import { requireSpace } from './backup.ts';
import { isStackData } from './contents.ts';
import { BackupError } from './errors.ts';
import { checkBackup, DATA_FOLDER, type Manifest, type ManifestEntry, readManifest } from './manifest.ts';
import { byteProgress, formatBytes } from './progress.ts';
import { forEachAtOnce, topOf } from './tree.ts';

export interface RestoreOptions {
  home: StackHome;
  directory: string;
  print: (line: string) => void;
}

/**
 * Puts a backup into an empty stack. Every byte is checked before anything is written. The services' logins get new
 * passwords: the connector's stored settings still name the database of the stack that was backed up, which may run
 * beside, and must not be let in there. At its next start the stack begins a new epoch of change data capture.
 */
export async function runRestore(options: RestoreOptions): Promise<Manifest> {
  const { home, print } = options;
  const directory = resolve(options.directory);
  const manifest = readManifest(directory);
  refuseData(home);
  const bytes = manifest.entries.reduce((sum, entry) => (entry.kind === 'file' ? sum + entry.size : sum), 0);
  print(`checking ${formatBytes(bytes)} of ${manifest.createdAt}`);
  await checkBackup(directory, manifest, byteProgress('checked', bytes, { print }));
  await requireSpace(home.root, bytes);
  const stage = join(home.root, STAGE);
  await clear(home, stage);
  await copyEntries(join(directory, DATA_FOLDER), stage, {
    entries: manifest.entries,
    onCopied: byteProgress('restored', bytes, { print }),
  });
  await moveIntoPlace(home, stage, manifest);
  print(`restored into ${home.root}; start it with: ebb up`);
  return manifest;
}

/** A folder in which an earlier restore was cut short holds nothing of its own, and is emptied. */
function refuseData(home: StackHome): void {
  if (findSupervisors(home).length > 0 || findOwnProcesses(home).length > 0) {
    throw new BackupError('STACK_BUSY', `the stack in ${home.root} runs; a restore needs an empty one (EBB_HOME)`);
  }
  if (isRestoreUnfinished(home)) return;
  const data = readdirSync(home.root).filter((name) => isStackData(name));
  if (data.length === 0) return;
  throw new BackupError(
    'STACK_HAS_DATA',
    `${home.root} holds data (${data.join(', ')}), which a restore never overwrites: name an empty folder by EBB_HOME, or delete this one`,
  );
}

/** Begins anew, also where an earlier restore was cut short. */
async function clear(home: StackHome, stage: string): Promise<void> {
  for (const name of readdirSync(home.root).filter((name) => isStackData(name))) {
    await rm(join(home.root, name), { recursive: true, force: true });
  }
  await rm(stage, { recursive: true, force: true });
}

async function copyEntries(
  source: string,
  target: string,
  { entries, onCopied }: { entries: readonly ManifestEntry[]; onCopied: (bytes: number) => void },
): Promise<void> {
  await mkdir(target, { mode: 0o700 });
  for (const entry of entries) {
    if (entry.kind === 'directory') await mkdir(join(target, entry.path), { mode: 0o700 });
    if (entry.kind === 'link') await symlink(entry.target, join(target, entry.path));
  }
  await forEachAtOnce(entries, async (entry) => {
    if (entry.kind !== 'file') return;
    const path = join(target, entry.path);
    await copyFile(join(source, entry.path), path, constants.COPYFILE_FICLONE);
    await chmod(path, entry.mode);
    onCopied(entry.size);
  });
  for (const entry of entries) if (entry.kind === 'directory') await chmod(join(target, entry.path), entry.mode);
}

/**
 * As long as the stage is there the stack does not start, and what stands beside the stage may be replaced: a restore
 * that is cut short is simply done again.
 */
async function moveIntoPlace(home: StackHome, stage: string, manifest: Manifest): Promise<void> {
  for (const name of new Set(manifest.entries.map(({ path }) => topOf(path)))) {
    await rename(join(stage, name), join(home.root, name));
  }
  adoptPostgresData(home.postgres);
  renewLogins(home);
  markRestored(home, { backup: manifest.id, at: new Date().toISOString() });
  await rm(stage, { recursive: true, force: true });
}
