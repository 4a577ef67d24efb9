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

/** Jars of one Java program: its pom is the one place that names them and their versions. */
export interface JarBundle {
  /** Begins the name of its folder in the cache, such as `kafka-4.3.1`. */
  folder: string;
  /** For messages, such as `Kafka 4.3.1`. */
  title: string;
  pom: string;
  megabytes: number;
}

export interface Jars {
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

/** A bundle's jars; Maven fetches them once per machine and pom. Raises MAVEN_MISSING or MAVEN_FAILED. */
export async function ensureJars(bundle: JarBundle, options: InstallOptions = {}): Promise<Jars> {
  const hash = createHash('sha256').update(readFileSync(bundle.pom)).digest('hex').slice(0, 12);
  const directory = join(cacheDirectory(), `${bundle.folder}-${hash}`);
  const library = join(directory, 'lib');
  if (!existsSync(library)) await install(bundle, directory, options);
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
async function install(bundle: JarBundle, directory: string, options: InstallOptions): Promise<void> {
  const library = join(directory, 'lib');
  const maven = await findMaven();
  const staging = join(directory, `.lib-${process.pid}-${Date.now()}`);
  mkdirSync(staging, { recursive: true });
  try {
    options.onProgress?.(`downloading ${bundle.title} with Maven (about ${bundle.megabytes} MB, once per machine)`);
    await runMaven(bundle, maven.command, { ...options, outputDirectory: staging });
    renameSync(staging, library);
  } catch (error) {
    if (!existsSync(library)) throw error;
  } finally {
    rmSync(staging, { recursive: true, force: true });
  }
}

async function runMaven(
  bundle: JarBundle,
  command: string,
  options: InstallOptions & { outputDirectory: string },
): Promise<void> {
  const target = `-DoutputDirectory=${options.outputDirectory}`;
  const goal = ['dependency:copy-dependencies', '-DincludeScope=runtime', target];
  const child = spawn(command, ['-B', '-f', bundle.pom, ...goal], {
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
    if (downloads % 10 === 0) options.onProgress?.(`downloading ${bundle.title}: ${downloads} jars so far`);
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
  if (options.signal?.aborted) throw new LocalStackError('ABORTED', `downloading ${bundle.title} was given up`);
  if (failure !== null) throw mavenFailed(bundle, failure, tail);
}

function mavenEnvironment(owner: string): NodeJS.ProcessEnv {
  const env = hostEnvironment();
  // Maven splits its options at blanks and knows no quoting.
  const mark = /\s/.test(owner) ? '' : ownerArgument(owner);
  return { ...env, MAVEN_OPTS: `${env['MAVEN_OPTS'] ?? ''} ${mark}`.trim() };
}

function mavenFailed(bundle: JarBundle, reason: string, tail: string[]): LocalStackError {
  const errors = tail.filter((line) => /ERROR\] +(?!To see|Re-run|\[Help)\S/.test(line)).slice(0, 5);
  const hint = 'check the connection to Maven Central (or the mirror and proxy in ~/.m2/settings.xml) and try again';
  const output = (errors.length > 0 ? errors : tail.slice(-5)).join('\n');
  return new LocalStackError('MAVEN_FAILED', `Maven could not fetch ${bundle.title} (${reason}); ${hint}\n${output}`);
}
