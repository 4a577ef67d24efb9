import { existsSync, mkdirSync, renameSync, rmSync, writeFileSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { hostEnvironment } from '@ebb/config';
import { type ExitInfo, type LoggedChild, spawnLogged } from './child.ts';
import { classArchivePath } from './class-archive.ts';
import { CONNECT_SECRET_PREFIX, workerProperties } from './connect-config.ts';
import { LocalStackError } from './errors.ts';
import { ensureJars, type JarBundle, type Jars, ownerArgument } from './jars.ts';
import { findJava, type Java } from './java.ts';
import { KAFKA_VERSION } from './kafka-jars.ts';
import { listensOn } from './listening.ts';
import { waitUntilReady } from './ready.ts';

export const DEBEZIUM_VERSION = '3.6.3.Final';
const FOLDER = join(import.meta.dirname, '..', 'connect');

const BUNDLE: JarBundle = {
  folder: `connect-${KAFKA_VERSION}-debezium-${DEBEZIUM_VERSION}`,
  title: `Kafka Connect ${KAFKA_VERSION} with Debezium ${DEBEZIUM_VERSION}`,
  pom: join(FOLDER, 'pom.xml'),
  megabytes: 41,
};

export interface ConnectOptions {
  /** Holds nothing but the worker's settings: its state is in Kafka. */
  dataDir: string;
  port: number;
  /** `host:port`, comma separated. */
  kafkaBrokers: string;
  logFile: string;
  /** Named on the command line, so that a process left behind is recognised. */
  owner?: string;
  /** Default `ebb-connect`. */
  groupId?: string;
  /** What connectors may refer to as `${env:EBB_CONNECT_SECRET_…}`, so that no password is stored in Kafka. */
  secrets?: Readonly<Record<string, string>>;
  heapMb?: number;
  startTimeoutMs?: number;
  onProgress?: (message: string) => void;
  signal?: AbortSignal | undefined;
}

export interface ConnectServer {
  url: string;
  port: number;
  pid: number;
  exited: Promise<ExitInfo>;
  /** Orderly shutdown, offsets flushed; SIGKILL after 20 s. */
  stop(): Promise<void>;
}

/**
 * Starts a Kafka Connect worker with Debezium on 127.0.0.1 and resolves when it answers and is surely this one. Kafka
 * must be there within a minute.
 */
export async function startConnect(options: ConnectOptions): Promise<ConnectServer> {
  checkSecretNames(options.secrets ?? {});
  const java = await findJava();
  const jars = await ensureJars(BUNDLE, options);
  const dataDir = resolve(options.dataDir);
  const properties = writeProperties(dataDir, options);
  const archive = classArchive(java, jars);
  const child = await spawnLogged({
    command: java.command,
    args: [
      ...jvmOptions(dataDir, options),
      archive.jvmOption,
      '-cp',
      jars.classPath,
      'org.apache.kafka.connect.cli.ConnectDistributed',
      properties,
    ],
    logFile: options.logFile,
    env: { ...hostEnvironment(), TZ: 'UTC', ...options.secrets },
  });
  void child.exited.then(archive.keep);
  await waitUntilReady({
    name: 'Kafka Connect',
    child,
    logFile: options.logFile,
    timeoutMs: options.startTimeoutMs ?? 300_000,
    signal: options.signal,
    probe: () => answersHealthy(child, options.port),
  });
  return {
    url: `http://127.0.0.1:${options.port}`,
    port: options.port,
    pid: child.pid,
    exited: child.exited,
    stop: async () => {
      await child.stop({ signal: 'SIGTERM', graceMs: 20_000 });
    },
  };
}

function checkSecretNames(secrets: Readonly<Record<string, string>>): void {
  const bad = Object.keys(secrets).find((name) => !name.startsWith(CONNECT_SECRET_PREFIX));
  if (bad !== undefined) {
    throw new LocalStackError('BAD_OPTION', `the secret "${bad}" must be named ${CONNECT_SECRET_PREFIX}…`);
  }
}

function writeProperties(dataDir: string, options: ConnectOptions): string {
  // A killed JVM leaves its unpacked libraries behind.
  rmSync(join(dataDir, 'tmp'), { recursive: true, force: true });
  mkdirSync(join(dataDir, 'tmp'), { recursive: true });
  const file = join(dataDir, 'worker.properties');
  writeFileSync(file, workerProperties(options));
  return file;
}

function jvmOptions(dataDir: string, options: ConnectOptions): string[] {
  return [
    '-XX:+UseSerialGC',
    '-Djava.awt.headless=true',
    `-Djava.io.tmpdir=${join(dataDir, 'tmp')}`,
    `-Dlog4j2.configurationFile=${join(FOLDER, 'log4j2.properties')}`,
    '-Duser.timezone=UTC',
    '-XX:+ExitOnOutOfMemoryError',
    ownerArgument(options.owner ?? ''),
    `-Xmx${options.heapMb ?? 768}m`,
    '-Xms64m',
  ];
}

/**
 * The first worker that ends in order leaves an archive of all classes it loaded, the connector's too; those after it
 * start in half the time. Each writes a draft of its own: several may run at once.
 */
function classArchive(java: Java, jars: Jars): { jvmOption: string; keep: () => void } {
  const archive = classArchivePath(java, jars);
  if (existsSync(archive)) return { jvmOption: `-XX:SharedArchiveFile=${archive}`, keep: () => {} };
  const draft = `${archive}.${process.pid}-${Date.now()}`;
  return {
    jvmOption: `-XX:ArchiveClassesAtExit=${draft}`,
    keep: () => {
      if (existsSync(draft)) renameSync(draft, archive);
    },
  };
}

async function answersHealthy(child: LoggedChild, port: number): Promise<void> {
  const response = await fetch(`http://127.0.0.1:${port}/health`, { signal: AbortSignal.timeout(5_000) });
  const text = await response.text();
  if (listensOn(child.pid, port) === false) {
    throw new LocalStackError('NOT_OURS', `another program answers on 127.0.0.1:${port}`);
  }
  if (!response.ok) {
    throw new LocalStackError('NOT_READY', `Kafka Connect is not ready (${response.status}): ${text.slice(0, 300)}`);
  }
}
