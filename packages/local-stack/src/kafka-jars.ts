import { spawn } from 'node:child_process';
import { createHash } from 'node:crypto';
import { existsSync, mkdirSync, readdirSync, readFileSync, renameSync, rmSync } from 'node:fs';
import { homedir } from 'node:os';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { hostEnvironment } from '@ebb/config';
import { errorMessage } from '@ebb/core';
import { LocalStackError } from './errors.ts';
import { findMaven } from './java.ts';

export const KAFKA_VERSION = '4.3.1';
const POM = join(import.meta.dirname, '..', 'kafka', 'pom.xml');

export interface KafkaJars {
  directory: string;
  /** In a fixed order: the class archive is valid for exactly one class path. */
  classPath: string;
}

export interface InstallOptions {
  onProgress?: ((message: string) => void) | undefined;
  signal?: AbortSignal | undefined;
  /** See `KafkaOptions.owner`. */
  owner?: string | undefined;
}

/** An argument no JVM minds, by which a process can be found again. */
export function ownerArgument(owner: string): string {
  return `-Debb.owner=${owner}`;
}

/** Everything downloaded that any checkout on this machine can use: EBB_CACHE, else ~/.cache/ebb. */
export function cacheDirectory(): string {
  const env = hostEnvironment();
  return env['EBB_CACHE'] || join(env['XDG_CACHE_HOME'] || join(homedir(), '.cache'), 'ebb');
}

/** Kafka's jars; Maven fetches them once per machine and pom. Raises MAVEN_MISSING or MAVEN_FAILED. */
export async function ensureKafkaJars(options: InstallOptions = {}): Promise<KafkaJars> {
  const hash = createHash('sha256').update(readFileSync(POM)).digest('hex').slice(0, 12);
  const directory = join(cacheDirectory(), `kafka-${KAFKA_VERSION}-${hash}`);
  const library = join(directory, 'lib');
  if (!existsSync(library)) await install(directory, library, options);
  const jars = readdirSync(library).filter((name) => name.endsWith('.jar'));
  return {
    directory,
    classPath: jars
      .toSorted()
      .map((name) => join(library, name))
      .join(':'),
  };
}

/** Into a folder of its own, then renamed: a broken download never looks complete, and two installers do not collide. */
async function install(directory: string, library: string, options: InstallOptions): Promise<void> {
  const maven = await findMaven();
  const staging = join(directory, `.lib-${process.pid}-${Date.now()}`);
  mkdirSync(staging, { recursive: true });
  try {
    options.onProgress?.(`downloading Kafka ${KAFKA_VERSION} with Maven (about 45 MB, once per machine)`);
    await runMaven(maven.command, staging, options);
    renameSync(staging, library);
  } catch (error) {
    if (!existsSync(library)) throw error;
  } finally {
    rmSync(staging, { recursive: true, force: true });
  }
}

async function runMaven(command: string, outputDirectory: string, options: InstallOptions): Promise<void> {
  const goal = ['dependency:copy-dependencies', '-DincludeScope=runtime', `-DoutputDirectory=${outputDirectory}`];
  const child = spawn(command, ['-B', '-f', POM, ...goal], {
    stdio: ['ignore', 'pipe', 'pipe'],
    detached: true,
    env: mavenEnvironment(options.owner ?? ''),
    ...(options.signal === undefined ? {} : { signal: options.signal }),
  });
  const tail: string[] = [];
  let downloads = 0;
  const follow = (line: string): void => {
    tail.push(line);
    if (tail.length > 30) tail.shift();
    if (!/^(\[INFO\] )?Downloaded .*\.jar/.test(line)) return;
    downloads += 1;
    if (downloads % 10 === 0) options.onProgress?.(`downloading Kafka: ${downloads} jars so far`);
  };
  createInterface({ input: child.stdout }).on('line', follow);
  createInterface({ input: child.stderr }).on('line', follow);
  const failure = await new Promise<string | null>((resolve) => {
    child.once('error', (error) => {
      resolve(errorMessage(error));
    });
    child.once('close', (code) => {
      resolve(code === 0 ? null : `exit code ${String(code)}`);
    });
  });
  if (options.signal?.aborted) throw new LocalStackError('ABORTED', 'downloading Kafka was given up');
  if (failure !== null) throw mavenFailed(failure, tail);
}

function mavenEnvironment(owner: string): NodeJS.ProcessEnv {
  const env = hostEnvironment();
  // Maven splits its options at blanks and knows no quoting.
  const mark = /\s/.test(owner) ? '' : ownerArgument(owner);
  return { ...env, MAVEN_OPTS: `${env['MAVEN_OPTS'] ?? ''} ${mark}`.trim() };
}

function mavenFailed(reason: string, tail: string[]): LocalStackError {
  const errors = tail.filter((line) => /ERROR\] +(?!To see|Re-run|\[Help)\S/.test(line)).slice(0, 5);
  const hint = 'check the connection to Maven Central (or the mirror and proxy in ~/.m2/settings.xml) and try again';
  const output = (errors.length > 0 ? errors : tail.slice(-5)).join('\n');
  return new LocalStackError(
    'MAVEN_FAILED',
    `Maven could not fetch Kafka ${KAFKA_VERSION} (${reason}); ${hint}\n${output}`,
  );
}
