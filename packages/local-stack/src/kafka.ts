import { execFile } from 'node:child_process';
import { randomBytes } from 'node:crypto';
import { existsSync, mkdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { connect } from 'node:net';
import { join, resolve } from 'node:path';
import { promisify } from 'node:util';
import { hostEnvironment } from '@ebb/config';
import { createKafka } from '@ebb/kafka';
import { commandFailure, type ExitInfo, spawnLogged } from './child.ts';
import { LocalStackError } from './errors.ts';
import { ensureClassArchive } from './class-archive.ts';
import { requireFreeSpace } from './free-space.ts';
import { findJava, type Java } from './java.ts';
import { type BrokerLink, brokerProperties } from './kafka-config.ts';
import { type Jars, ownerArgument } from './jars.ts';
import { ensureKafkaJars } from './kafka-jars.ts';
import { anyFreePort } from './ports.ts';
import { waitUntilReady } from './ready.ts';

const run = promisify(execFile);
/** A broker that could work for a while: indexes of 10 MB, and some of what waits for it. */
const MIN_FREE_MB = 128;
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
  signal?: AbortSignal | undefined;
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
  jars: Jars;
  dataDir: string;
  owner: string;
}

/** Starts a Kafka broker (KRaft, one node) on 127.0.0.1 and resolves when it answers and is surely this one. */
export async function startKafka(options: KafkaOptions): Promise<KafkaServer> {
  const java = await findJava();
  const jars = await ensureKafkaJars(options);
  const owner = options.owner ?? '';
  const archive = await ensureClassArchive({ title: 'Kafka', java, jars, options }, async (training) => {
    const [port, controllerPort] = [await anyFreePort(), await anyFreePort()];
    const layout = { dataDir: join(training.directory, 'data'), port, controllerPort };
    const start = { ...layout, logFile: join(training.directory, 'log'), signal: options.signal };
    const server = await startBroker({ java, jars, dataDir: layout.dataDir, owner }, start, [training.jvmOption]);
    await server.stop();
  });
  return startBroker({ java, jars, dataDir: resolve(options.dataDir), owner }, options, [archive]);
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
  mkdirSync(broker.dataDir, { recursive: true });
  // A broker that starts on a full disk takes its metadata log for damaged, begins an empty one and then throws away
  // every topic as unknown.
  requireFreeSpace(broker.dataDir, MIN_FREE_MB, 'Kafka');
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
