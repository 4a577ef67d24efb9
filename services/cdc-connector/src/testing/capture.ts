import { chmod, mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createKafka, type KafkaHandle } from '@ebb/kafka';
import { anyFreePort, type PostgresServer, startPostgres } from '@ebb/local-stack';
import { createPool, migrate, type Pool, provisionRoles, ROLE_NAMES, type RoleName } from '@ebb/postgres';
import { createLogger, createMetrics, Releasers } from '@ebb/runtime';
import { eventually, type PrivateConnect, startPrivateConnect, startPrivateKafka } from '@ebb/testing';
import { ConnectClient } from '../connect/connect-client.ts';
import { loadConnectorConfig } from '../config.ts';
import { createConnectorService } from '../create-service.ts';
import type { ConnectorService } from '../service.ts';
import type { Status } from '../status.ts';
import { TopicWatch } from './topic-watch.ts';

const PASSWORD = 'p@ss/wörd';
const MIGRATIONS = join(import.meta.dirname, '../../../../sql/postgres');

/** Servers of a test's own, and a connector service that can be started and stopped beside them. */
export interface Capture {
  pool: Pool;
  kafka: KafkaHandle;
  connect: PrivateConnect;
  rest: ConnectClient;
  topics: TopicWatch;
  killPostgres(): Promise<void>;
  startPostgres(settings?: Record<string, string>): Promise<void>;
  startService(): ConnectorService;
  stopService(): Promise<void>;
  status(): Promise<Status>;
  dispose(): Promise<void>;
}

export async function startCapture(): Promise<Capture> {
  const directory = await mkdtemp(join(tmpdir(), 'ebb-capture-'));
  await chmod(directory, 0o711);
  const options = {
    dataDir: join(directory, 'data'),
    port: await anyFreePort(),
    password: 'superuser',
    logFile: join(directory, 'postgres.log'),
    sharedBuffersMb: 64,
    fsync: false,
  };
  const broker = await startPrivateKafka();
  const [connect, first] = await Promise.all([
    startPrivateConnect({ kafkaBrokers: broker.brokers, secrets: { EBB_CONNECT_SECRET_POSTGRES: PASSWORD } }),
    startPostgres(options),
  ]);
  let server: PostgresServer = first;
  await migrate({ url: server.url, directory: MIGRATIONS, businessTimezone: 'UTC', rawRetentionDays: 400 });
  const passwords = Object.fromEntries(ROLE_NAMES.map((role) => [role, PASSWORD])) as Record<RoleName, string>;
  await provisionRoles(server.url, passwords);
  const pool = createPool({ url: server.url, applicationName: 'test', max: 4 });
  const kafka = createKafka({ brokers: broker.brokers, clientId: 'test' });
  const topics = new TopicWatch(kafka);
  const running = new ServiceRunner(server.url, broker.brokers, connect.url);
  return {
    pool,
    kafka,
    connect,
    topics,
    rest: new ConnectClient(connect.url),
    killPostgres: async () => {
      process.kill(server.pid, 'SIGKILL');
      await server.exited;
    },
    startPostgres: async (settings) => {
      // Processes of a killed server may hold its memory for a moment.
      const start = (): Promise<PostgresServer> =>
        startPostgres({ ...options, ...(settings === undefined ? {} : { settings }) });
      server = await eventually(start, { timeoutMs: 30_000, intervalMs: 200 });
    },
    startService: () => running.start(),
    stopService: () => running.stop(),
    status: () => running.status(),
    dispose: async () => {
      await running.stop();
      await topics.stop();
      await pool.end();
      await server.stop();
      await rm(directory, { recursive: true, force: true, maxRetries: 5 });
    },
  };
}

class ServiceRunner {
  readonly #env: Record<string, string>;
  #current: { service: ConnectorService; run: Promise<void>; releasers: Releasers } | null = null;

  constructor(postgresUrl: string, brokers: string[], connectUrl: string) {
    const url = new URL(postgresUrl);
    url.username = 'ebb_connector';
    url.password = encodeURIComponent(PASSWORD);
    this.#env = {
      EBB_POSTGRES_URL: url.href,
      EBB_KAFKA_BROKERS: brokers.join(','),
      EBB_CONNECT_URL: connectUrl,
      EBB_CDC_DATABASE_LOGIN: '${env:EBB_CONNECT_SECRET_POSTGRES}',
      EBB_CDC_CHECK_MS: '300',
      EBB_CDC_HEARTBEAT_MS: '500',
      EBB_TOPIC_PARTITIONS: '3',
    };
  }

  start(): ConnectorService {
    const releasers = new Releasers();
    const service = createConnectorService(loadConnectorConfig(this.#env), {
      logger: createLogger({ name: 'test', level: 'fatal' }),
      metrics: createMetrics('cdc-connector'),
      releasers,
      nowMs: () => Date.now(),
    });
    this.#current = { service, run: service.run(), releasers };
    return service;
  }

  async stop(): Promise<void> {
    const current = this.#current;
    this.#current = null;
    await current?.service.stop();
    await current?.run;
    await current?.releasers.releaseAll();
  }

  async status(): Promise<Status> {
    const document = await this.#current?.service.documents('/status');
    if (document === null || document === undefined) throw new Error('the service does not run');
    return document.body as Status;
  }
}
