import { execFile } from 'node:child_process';
import { createHash, randomBytes } from 'node:crypto';
import { existsSync, mkdirSync, readFileSync, renameSync, rmSync, writeFileSync } from 'node:fs';
import { connect } from 'node:net';
import { join, resolve } from 'node:path';
import { promisify } from 'node:util';
import { hostEnvironment } from '@ebb/config';
import { errorMessage } from '@ebb/core';
import { createKafka } from '@ebb/kafka';
import { commandFailure, type ExitInfo, spawnLogged } from './child.ts';
import { LocalStackError } from './errors.ts';
import { findJava, type Java } from './java.ts';
import { type BrokerLink, brokerProperties } from './kafka-config.ts';
import { ensureKafkaJars, type InstallOptions, type KafkaJars, ownerArgument } from './kafka-jars.ts';
import { anyFreePort } from './ports.ts';
import { waitUntilReady } from './ready.ts';

const run = promisify(execFile);
const LOG4J = join(import.meta.dirname, '..', 'kafka', 'log4j2.properties');

export interface KafkaOptions {
  /** Created and formatted when it is not there. */
  dataDir: string;
  port: number;
  controllerPort: number;
  logFile: string;
  /** Named on the command line of every Java process of this start, so that one left behind is recognised. */
  owner?: string;
  heapMb?: number;
  links?: readonly BrokerLink[];
  startTimeoutMs?: number;
  onProgress?: (message: string) => void;
  signal?: AbortSignal;
}

export interface KafkaServer {
  brokers: string;
  clusterId: string;
  port: number;
  pid: number;
  exited: Promise<ExitInfo>;
  /** Orderly shutdown; SIGKILL after 20 s. */
  stop(): Promise<void>;
}

interface Broker {
  java: Java;
  jars: KafkaJars;
  dataDir: string;
  owner: string;
}

/** Starts a Kafka broker (KRaft, one node) on 127.0.0.1 and resolves when it answers and is surely this one. */
export async function startKafka(options: KafkaOptions): Promise<KafkaServer> {
  const java = await findJava();
  const jars = await ensureKafkaJars(options);
  const archive = await ensureClassArchive(java, jars, options);
  const broker = { java, jars, dataDir: resolve(options.dataDir), owner: options.owner ?? '' };
  return startBroker(broker, options, [`-XX:SharedArchiveFile=${archive}`]);
}

/** Cluster id in a data directory; null when it was never formatted. */
export function clusterIdOf(dataDir: string): string | null {
  const file = join(dataDir, 'log', 'meta.properties');
  if (!existsSync(file)) return null;
  return /^cluster\.id=(.+)$/m.exec(readFileSync(file, 'utf8'))?.[1]?.trim() ?? null;
}

/** Raises NOT_OURS when another cluster answers on the port. */
export async function checkKafkaIsOurs(at: { port: number; dataDir: string }): Promise<void> {
  const expected = clusterIdOf(at.dataDir);
  await canConnect(at.port);
  const clusterId = await clusterIdAt(`127.0.0.1:${at.port}`);
  if (clusterId !== expected) {
    throw new LocalStackError('NOT_OURS', `another Kafka (cluster ${clusterId}) answers on 127.0.0.1:${at.port}`);
  }
}

async function startBroker(broker: Broker, options: KafkaOptions, jvmOptions: string[]): Promise<KafkaServer> {
  const properties = join(broker.dataDir, 'server.properties');
  // A killed JVM leaves its unpacked libraries behind.
  rmSync(join(broker.dataDir, 'tmp'), { recursive: true, force: true });
  mkdirSync(join(broker.dataDir, 'tmp'), { recursive: true });
  writeFileSync(properties, brokerProperties({ ...options, dataDir: broker.dataDir }));
  const clusterId = clusterIdOf(broker.dataDir) ?? (await format(broker, properties, options.signal));
  const heap = [`-Xmx${options.heapMb ?? 512}m`, '-Xms64m'];
  const child = await spawnLogged({
    command: broker.java.command,
    args: [...javaOptions(broker), ...heap, ...jvmOptions, '-cp', broker.jars.classPath, 'kafka.Kafka', properties],
    logFile: options.logFile,
    env: hostEnvironment(),
  });
  await waitUntilReady({
    name: 'Kafka',
    child,
    logFile: options.logFile,
    timeoutMs: options.startTimeoutMs ?? 300_000,
    signal: options.signal,
    probe: () => checkKafkaIsOurs({ port: options.port, dataDir: broker.dataDir }),
  });
  return {
    brokers: `127.0.0.1:${options.port}`,
    clusterId,
    port: options.port,
    pid: child.pid,
    exited: child.exited,
    stop: async () => {
      await child.stop({ signal: 'SIGTERM', graceMs: 20_000 });
    },
  };
}

function javaOptions(broker: Broker): string[] {
  return [
    '-XX:+UseSerialGC',
    '-Djava.awt.headless=true',
    // Native libraries are unpacked there; /tmp may be mounted noexec, and a killed JVM leaves them behind.
    `-Djava.io.tmpdir=${join(broker.dataDir, 'tmp')}`,
    `-Dlog4j2.configurationFile=${LOG4J}`,
    '-XX:+ExitOnOutOfMemoryError',
    ownerArgument(broker.owner),
  ];
}

async function format(broker: Broker, properties: string, signal: AbortSignal | undefined): Promise<string> {
  const clusterId = newClusterId();
  const tool = ['-cp', broker.jars.classPath, 'kafka.tools.StorageTool'];
  const args = ['format', '--standalone', '--ignore-formatted', '-t', clusterId, '-c', properties];
  try {
    const env = { ...hostEnvironment() };
    const fast = ['-XX:TieredStopAtLevel=1', '-Xshare:auto'];
    await run(broker.java.command, [...javaOptions(broker), ...fast, ...tool, ...args], { env, signal });
  } catch (error) {
    if (signal?.aborted) throw new LocalStackError('ABORTED', 'formatting the Kafka storage was given up');
    throw new LocalStackError('SERVER_EXITED', `formatting ${broker.dataDir} failed: ${commandFailure(error)}`);
  }
  return clusterIdOf(broker.dataDir) ?? clusterId;
}

/** 16 random bytes, base64url; Kafka's tools take a leading dash for an option. */
function newClusterId(): string {
  for (;;) {
    const id = randomBytes(16).toString('base64url');
    if (!id.startsWith('-')) return id;
  }
}

async function clusterIdAt(broker: string): Promise<string> {
  const admin = createKafka({ brokers: [broker], clientId: 'ebb-local-stack' }).admin();
  try {
    await admin.connect();
    return (await admin.describeCluster()).clusterId;
  } finally {
    await admin.disconnect();
  }
}

function canConnect(port: number): Promise<void> {
  return new Promise((resolve, reject) => {
    const socket = connect({ port, host: '127.0.0.1' });
    socket.once('connect', () => {
      socket.destroy();
      resolve();
    });
    socket.once('error', reject);
  });
}

/**
 * An archive of loaded classes (AppCDS) halves the broker's start. It is written when a JVM ends in order, so one
 * broker is started and stopped for it, once per machine and Java build. Without it everything works, only slower.
 */
async function ensureClassArchive(java: Java, jars: KafkaJars, options: InstallOptions): Promise<string> {
  const build = createHash('sha256').update(java.fullVersion).digest('hex').slice(0, 12);
  const archive = join(jars.directory, `classes-${build}.jsa`);
  if (existsSync(archive)) return archive;
  options.onProgress?.('preparing Kafka for fast starts (once per machine)');
  const work = join(jars.directory, `.training-${process.pid}-${Date.now()}`);
  const draft = join(work, 'classes.jsa');
  mkdirSync(work, { recursive: true });
  try {
    const port = await anyFreePort();
    const controllerPort = await anyFreePort();
    const broker = { java, jars, dataDir: join(work, 'data'), owner: options.owner ?? '' };
    const start = { dataDir: broker.dataDir, port, controllerPort, logFile: join(work, 'log') };
    const training = { ...start, ...(options.signal === undefined ? {} : { signal: options.signal }) };
    const server = await startBroker(broker, training, [`-XX:ArchiveClassesAtExit=${draft}`]);
    await server.stop();
    if (existsSync(draft)) renameSync(draft, archive);
  } catch (error) {
    if (options.signal?.aborted) throw error;
    options.onProgress?.(`Kafka will start slower: ${errorMessage(error)}`);
  } finally {
    rmSync(work, { recursive: true, force: true });
  }
  return archive;
}
