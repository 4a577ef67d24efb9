import type { ClickhouseLogin } from '@ebb/clickhouse';
import { join } from 'node:path';
import { EbbError } from '@ebb/core';
import {
  listensOn,
  LocalStackError,
  postgresUrl,
  spawnLogged,
  startKafka,
  startPostgres,
  waitUntilReady,
} from '@ebb/local-stack';
import type { RoleName } from '@ebb/postgres';
import { clickhouse, clickhouseEnvironment } from './clickhouse-part.ts';
import { connect, connectSettings } from './connect-part.ts';
import { logFileOf, REPOSITORY, type StackHome } from './home.ts';
import { brokerLinks, serverPort } from './links.ts';
import { processTitle } from './ownership.ts';
import { objectStore, objectStoreEnvironment } from './object-store-part.ts';
import type { Part, PartContext, PartName } from './part.ts';
import type { PortName } from './port-plan.ts';
import type { Secrets } from './secrets.ts';
import { ensureWebBuilt } from './web-build.ts';

/** A service that ends is noticed at once; one that waits for Kafka Connect on a busy machine needs minutes. */
const READY_TIMEOUT_MS = 180_000;
/** Longer than a service gives itself (20 s). */
const SERVICE_GRACE_MS = 25_000;

const postgres: Part = {
  name: 'postgres',
  level: 'server',
  port: 'postgres',
  start: ({ home, secrets, signal }, port) =>
    startPostgres({
      dataDir: home.postgres,
      port,
      password: secrets.superuserPassword,
      logFile: logFileOf(home, 'postgres'),
      signal,
    }),
};

const kafka: Part = {
  name: 'kafka',
  level: 'server',
  port: 'kafka',
  start: async ({ home, ports, signal, progress }, port) =>
    startKafka({
      dataDir: home.kafka,
      port,
      controllerPort: await ports.reserve('kafkaController'),
      logFile: logFileOf(home, 'kafka'),
      owner: home.root,
      links: brokerLinks(home),
      onProgress: progress,
      signal,
    }),
};

interface ServiceOptions {
  name: PartName;
  /** Folder in `services/`. */
  folder: string;
  port: PortName;
  portVariable: string;
  role: RoleName;
  /** Login to ClickHouse, for services that use it. */
  clickhouse?: ClickhouseLogin;
  /** What must be there before the process starts. */
  prepare?: (context: PartContext) => Promise<void>;
  nodeFlags?: readonly string[];
  /** Settings of this service alone; what the user sets counts more. */
  settings?: (context: PartContext) => Record<string, string>;
}

/** A Node service of this repository: its own database role, the broker, its port, and ready by its health endpoint. */
function service(options: ServiceOptions): Part {
  return {
    name: options.name,
    level: 'service',
    port: options.port,
    start: async (context, port) => {
      await options.prepare?.(context);
      const main = join(REPOSITORY, 'services', options.folder, 'src', 'main.ts');
      const logFile = logFileOf(context.home, options.name);
      const child = await spawnLogged({
        command: process.execPath,
        args: [...nodeOptions(context.home, options.name), ...(options.nodeFlags ?? []), main],
        env: {
          ...options.settings?.(context),
          ...context.env,
          ...serviceEnvironment(context, options),
          [options.portVariable]: String(port),
        },
        cwd: REPOSITORY,
        logFile,
      });
      const probe = (): Promise<void> => answersReady(child.pid, port);
      const ready = { name: options.name, child, logFile, timeoutMs: READY_TIMEOUT_MS, signal: context.signal, probe };
      await waitUntilReady(ready);
      const stop = async (): Promise<void> => {
        await child.stop({ signal: 'SIGTERM', graceMs: SERVICE_GRACE_MS });
      };
      return { pid: child.pid, exited: child.exited, stop };
    },
  };
}

/** Everything `ebb up` runs, in the order it is shown. A further part is one more entry. */
export const PARTS: readonly Part[] = [
  postgres,
  kafka,
  clickhouse,
  objectStore,
  connect,
  service({
    name: 'collector',
    folder: 'collector',
    port: 'collector',
    portVariable: 'EBB_COLLECTOR_PORT',
    role: 'ebb_collector',
    settings: ({ secrets }) => ({ EBB_DEMO_SHOP_KEY: secrets.writeKey }),
  }),
  service({
    name: 'aggregator',
    folder: 'stream-aggregator',
    port: 'aggregator',
    portVariable: 'EBB_AGGREGATOR_PORT',
    role: 'ebb_aggregator',
    // Half of the default: 70 MB less at full speed, and no slower; less makes more garbage live long.
    nodeFlags: ['--max-semi-space-size=16'],
  }),
  service({
    name: 'cdc-connector',
    folder: 'cdc-connector',
    port: 'cdcConnector',
    portVariable: 'EBB_CDC_CONNECTOR_PORT',
    role: 'ebb_connector',
    settings: connectSettings,
  }),
  service({
    name: 'cdc-sink',
    folder: 'cdc-sink',
    port: 'cdcSink',
    portVariable: 'EBB_CDC_SINK_PORT',
    role: 'ebb_sink',
    clickhouse: 'ebb_sink',
    // Half of the default, as for the aggregator.
    nodeFlags: ['--max-semi-space-size=16'],
  }),
  service({
    name: 'ledger',
    folder: 'ledger',
    port: 'ledger',
    portVariable: 'EBB_LEDGER_PORT',
    role: 'ebb_ledger',
    clickhouse: 'ebb_ledger',
  }),
  service({
    name: 'batch-loader',
    folder: 'batch-loader',
    port: 'batchLoader',
    portVariable: 'EBB_BATCH_LOADER_PORT',
    role: 'ebb_loader',
    clickhouse: 'ebb_loader',
    settings: (context) => objectStoreEnvironment(context, 'batch-loader'),
  }),
  service({
    name: 'segmentation-worker',
    folder: 'segmentation-worker',
    port: 'segmentationWorker',
    portVariable: 'EBB_SEGMENTATION_WORKER_PORT',
    role: 'ebb_segmentation',
    clickhouse: 'ebb_segmentation',
    settings: (context) => objectStoreEnvironment(context, 'segmentation-worker'),
  }),
  service({
    name: 'dashboard',
    folder: 'dashboard',
    port: 'dashboard',
    portVariable: 'EBB_DASHBOARD_PORT',
    role: 'ebb_dashboard',
    clickhouse: 'ebb_dashboard',
    prepare: ensureWebBuilt,
    // Reserved by now: ports are given out in the order of the parts.
    settings: ({ ports }) => ({ EBB_COLLECTOR_URL: `http://127.0.0.1:${ports.current('collector') ?? 0}` }),
  }),
];

/** kafkajs computes negative timeouts, harmless, that Node 24 would write into every log. */
export function nodeOptions(home: StackHome, part: string): string[] {
  return [`--title=${processTitle(home, part)}`];
}

function serviceEnvironment(
  context: PartContext,
  { name, role, clickhouse: user }: ServiceOptions,
): Record<string, string> {
  return {
    EBB_HOME: context.home.root,
    EBB_HOST: '127.0.0.1',
    EBB_POSTGRES_URL: roleUrl(context.secrets, serverPort(context, name, 'postgres'), role),
    EBB_KAFKA_BROKERS: `127.0.0.1:${serverPort(context, name, 'kafka')}`,
    ...(user === undefined ? {} : clickhouseEnvironment(context, name, user)),
  };
}

export function roleUrl(secrets: Secrets, port: number, role: RoleName): string {
  const url = new URL(postgresUrl({ port, password: secrets.rolePasswords[role] }));
  url.username = role;
  return url.href;
}

async function answersReady(pid: number, port: number): Promise<void> {
  const response = await fetch(`http://127.0.0.1:${port}/healthz/ready`, { signal: AbortSignal.timeout(5_000) });
  const text = await response.text();
  if (listensOn(pid, port) === false) {
    throw new LocalStackError('NOT_OURS', `another program answers on 127.0.0.1:${port}`);
  }
  if (!response.ok) throw new EbbError('NOT_READY', `not ready (${response.status}): ${text.slice(0, 300)}`);
}
