import { execFile } from 'node:child_process';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { hostEnvironment } from '@ebb/config';
import { LocalStackError } from './errors.ts';
import { installHint } from './requirements.ts';

const run = promisify(execFile);
export const MINIMUM_JAVA = 17;

export interface Java {
  command: string;
  major: number;
  /** What `java -version` prints; a class archive made by one build is useless to another. */
  fullVersion: string;
}

/** JAVA_HOME's Java, else the one on PATH. Raises JAVA_MISSING with what to install. */
export async function findJava(): Promise<Java> {
  const home = hostEnvironment()['JAVA_HOME'];
  const command = home ? join(home, 'bin', 'java') : 'java';
  const fullVersion = await run(command, ['-version']).then(
    ({ stderr, stdout }) => (stderr + stdout).trim(),
    () => null,
  );
  const major = fullVersion === null ? null : javaMajor(fullVersion);
  if (fullVersion === null || major === null) {
    throw new LocalStackError('JAVA_MISSING', `"${command}" does not run; ${installHint('java')}`);
  }
  if (major < MINIMUM_JAVA) {
    throw new LocalStackError('JAVA_MISSING', `"${command}" is Java ${major}, Kafka needs 17; ${installHint('java')}`);
  }
  return { command, major, fullVersion };
}

/** `openjdk version "17.0.15"` → 17; `"1.8.0_402"` → 8. */
export function javaMajor(versionText: string): number | null {
  const match = /version "(?:1\.)?(\d+)/.exec(versionText);
  return match?.[1] === undefined ? null : Number(match[1]);
}

/** Raises MAVEN_MISSING with what to install. */
export async function findMaven(): Promise<{ command: string; version: string }> {
  const output = await run('mvn', ['--version']).then(
    ({ stdout }) => stdout,
    () => null,
  );
  const version = output === null ? null : /Apache Maven (\S+)/.exec(output)?.[1];
  if (!version) throw new LocalStackError('MAVEN_MISSING', `"mvn" does not run; ${installHint('maven')}`);
  return { command: 'mvn', version: version.replaceAll(/[^\d.].*/g, '') };
}
