import { createHash } from 'node:crypto';
import { existsSync, mkdirSync, renameSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { errorMessage } from '@ebb/core';
import type { InstallOptions, Jars } from './jars.ts';
import type { Java } from './java.ts';

export interface ArchiveSubject {
  /** Of the program, for messages. */
  title: string;
  java: Java;
  jars: Jars;
  options: InstallOptions;
}

export interface Training {
  /** An empty folder, removed afterwards. */
  directory: string;
  jvmOption: string;
}

/**
 * An archive of loaded classes (AppCDS) halves a JVM's start. It is written when a JVM ends in order, so the program is
 * started and stopped for it, once per machine and Java build. Without it everything works, only slower. The result is
 * the JVM option that uses it.
 */
export async function ensureClassArchive(
  subject: ArchiveSubject,
  startAndStop: (training: Training) => Promise<void>,
): Promise<string> {
  const { java, jars, options } = subject;
  const archive = classArchivePath(java, jars);
  const jvmOption = `-XX:SharedArchiveFile=${archive}`;
  if (existsSync(archive)) return jvmOption;
  options.onProgress?.(`preparing ${subject.title} for fast starts (once per machine)`);
  const directory = join(jars.directory, `.training-${process.pid}-${Date.now()}`);
  const draft = join(directory, 'classes.jsa');
  mkdirSync(directory, { recursive: true });
  try {
    await startAndStop({ directory, jvmOption: `-XX:ArchiveClassesAtExit=${draft}` });
    if (existsSync(draft)) renameSync(draft, archive);
  } catch (error) {
    if (options.signal?.aborted) throw error;
    options.onProgress?.(`${subject.title} will start slower: ${errorMessage(error)}`);
  } finally {
    rmSync(directory, { recursive: true, force: true });
  }
  return jvmOption;
}

/** One archive per build of Java: another cannot read it. */
export function classArchivePath(java: Java, jars: Jars): string {
  const build = createHash('sha256').update(java.fullVersion).digest('hex').slice(0, 12);
  return join(jars.directory, `classes-${build}.jsa`);
}
