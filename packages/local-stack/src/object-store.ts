import { mkdirSync, writeFileSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { hostEnvironment } from '@ebb/config';
import { createObjectStore } from '@ebb/object-store';
import { type ExitInfo, type LoggedChild, spawnLogged } from './child.ts';
import { type ArchiveSubject, ensureClassArchive } from './class-archive.ts';
import { LocalStackError } from './errors.ts';
import { ensureJars, type JarBundle, type Jars, ownerArgument } from './jars.ts';
import { findJava, type Java } from './java.ts';
import { listensOn } from './listening.ts';
import { anyFreePort } from './ports.ts';
import { waitUntilReady } from './ready.ts';

export const S3PROXY_VERSION = '4.1.0';
/** Made when the server starts. */
export const OBJECT_STORE_BUCKET = 'ebb';

const FOLDER = join(import.meta.dirname, '..', 'object-store');
const BUNDLE: JarBundle = {
  folder: `s3proxy-${S3PROXY_VERSION}`,
  title: `S3Proxy ${S3PROXY_VERSION}`,
  pom: join(FOLDER, 'pom.xml'),
  megabytes: 21,
};

export interface ObjectStoreLogin {
  accessKey: string;
  secretKey: string;
}

export interface ObjectStoreServerOptions {
  /** Created when it is not there; the objects are plain files below `files`. */
  dataDir: string;
  port: number;
  login: ObjectStoreLogin;
  logFile: string;
  /** Named on the command line, so that a process left behind is recognised. */
  owner?: string;
  heapMb?: number;
  startTimeoutMs?: number;
  onProgress?: (message: string) => void;
  signal?: AbortSignal | undefined;
}

export interface ObjectStoreServer {
  url: string;
  port: number;
  pid: number;
  exited: Promise<ExitInfo>;
  /** Running requests may end; SIGKILL after 10 s. */
  stop(): Promise<void>;
}

/** Starts an S3 server over a folder on 127.0.0.1; resolves when it answers, is surely this one and has its bucket. */
export async function startObjectStore(options: ObjectStoreServerOptions): Promise<ObjectStoreServer> {
  const java = await findJava();
  const jars = await ensureJars(BUNDLE, options);
  const subject: ArchiveSubject = { title: BUNDLE.title, java, jars, options };
  const classArchive = await ensureClassArchive(subject, async ({ directory, jvmOption }) => {
    const port = await anyFreePort();
    const training = { ...options, dataDir: directory, port, logFile: join(directory, 'log') };
    const server = await run(training, java, jars, jvmOption);
    await server.stop();
  });
  return run(options, java, jars, classArchive);
}

async function run(
  options: ObjectStoreServerOptions,
  java: Java,
  jars: Jars,
  jvmOption: string,
): Promise<ObjectStoreServer> {
  const url = `http://127.0.0.1:${options.port}`;
  const child = await spawnLogged({
    command: java.command,
    args: [...jvmOptions(options), jvmOption, '-cp', jars.classPath, ...program(options, url)],
    logFile: options.logFile,
    env: { ...hostEnvironment(), TZ: 'UTC' },
  });
  await waitUntilReady({
    name: 'the object store',
    child,
    logFile: options.logFile,
    timeoutMs: options.startTimeoutMs ?? 180_000,
    signal: options.signal,
    probe: () => hasBucket(child, url, options),
  });
  return {
    url,
    port: options.port,
    pid: child.pid,
    exited: child.exited,
    stop: async () => {
      await child.stop({ signal: 'SIGTERM', graceMs: 10_000 });
    },
  };
}

function jvmOptions(options: ObjectStoreServerOptions): string[] {
  return [
    '-XX:+UseSerialGC',
    // It copies bytes; the second compiler would cost more than it gives.
    '-XX:TieredStopAtLevel=1',
    `-Xmx${options.heapMb ?? 256}m`,
    '-Xms16m',
    '-Djava.awt.headless=true',
    '-Duser.timezone=UTC',
    `-Dlogback.configurationFile=${join(FOLDER, 'logback.xml')}`,
    '-XX:+ExitOnOutOfMemoryError',
    ownerArgument(options.owner ?? ''),
  ];
}

/** The login stands in a file only its owner reads: command lines can be read by everybody on the machine. */
function program(options: ObjectStoreServerOptions, url: string): string[] {
  const dataDir = resolve(options.dataDir);
  const files = join(dataDir, 'files');
  mkdirSync(files, { recursive: true });
  const settings = {
    's3proxy.endpoint': url,
    's3proxy.authorization': 'aws-v2-or-v4',
    's3proxy.identity': options.login.accessKey,
    's3proxy.credential': options.login.secretKey,
    'jclouds.provider': 'filesystem-nio2',
    'jclouds.identity': 'unused',
    'jclouds.credential': 'unused',
    'jclouds.filesystem.basedir': files,
  };
  const file = join(dataDir, 's3proxy.properties');
  const lines = Object.entries(settings).map(([name, value]) => `${name}=${value.replaceAll('\\', '\\\\')}\n`);
  writeFileSync(file, lines.join(''), { mode: 0o600 });
  return ['org.gaul.s3proxy.Main', '--properties', file];
}

/** Only our server takes signatures of our secret, which itself is never sent. */
async function hasBucket(child: LoggedChild, url: string, { login, port }: ObjectStoreServerOptions): Promise<void> {
  const store = createObjectStore({ url, ...login, bucket: OBJECT_STORE_BUCKET, idleTimeoutMs: 5_000 });
  await store.ensureBucket();
  if (listensOn(child.pid, port) === false) {
    throw new LocalStackError('NOT_OURS', `another program answers on 127.0.0.1:${port}`);
  }
}
