import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { must } from '@ebb/core';
import { GenericContainer, type StartedTestContainer, Wait } from 'testcontainers';
import { type ComposeService, environmentOf, parseCompose } from './deployment/compose-file.ts';

const COMPOSE_FILE = join(import.meta.dirname, '../../../docker-compose.yml');
const START_TIMEOUT_MS = 120_000;
/** On every container of a test; `make test-compose` looks for those that were left behind. */
const TEST_LABEL = 'org.ebb.test';

async function composeService(name: string): Promise<ComposeService> {
  const { services } = parseCompose(await readFile(COMPOSE_FILE, 'utf8'));
  return must(services[name], `service ${name} of docker-compose.yml`);
}

/** A container whose ports are open to this machine alone, which the library's own are not. */
class LoopbackContainer extends GenericContainer {
  /** Of the image that a service of docker-compose.yml has; ready when that service would be. */
  static async of(name: string): Promise<LoopbackContainer> {
    const { image, healthcheck } = await composeService(name);
    const written = must(healthcheck?.test, `health check of ${name}`) as ['CMD', ...string[]];
    // As Compose reads it: a dollar sign is written twice.
    const test = written.map((word) => word.replaceAll('$$', () => '$')) as typeof written;
    const container = new LoopbackContainer(must(image, `image of ${name}`))
      .withLabels({ [TEST_LABEL]: name })
      .withHealthCheck({ test, interval: 500, timeout: 15_000, retries: 200, startPeriod: 0 })
      .withWaitStrategy(Wait.forHealthCheck())
      .withStartupTimeout(START_TIMEOUT_MS);
    return container;
  }

  protected override beforeContainerCreated(): Promise<void> {
    const bindings: Record<string, { HostIp?: string }[]> = this.hostConfig.PortBindings ?? {};
    for (const hosts of Object.values(bindings)) for (const host of hosts) host.HostIp = '127.0.0.1';
    return Promise.resolve();
  }
}

export interface ContainerServer {
  port: number;
  stop: () => Promise<void>;
}

/** The superuser is `ebb`, the database `ebb`. */
export async function startPostgresContainer(password: string): Promise<ContainerServer> {
  const container = await LoopbackContainer.of('postgres');
  const settings = ['wal_level=logical', 'max_connections=200', 'max_wal_senders=10', 'max_replication_slots=10'];
  const test = ['fsync=off', 'full_page_writes=off', 'jit=off', 'timezone=UTC', 'log_timezone=UTC'];
  const started = await container
    .withEnvironment({ POSTGRES_USER: 'ebb', POSTGRES_DB: 'ebb', POSTGRES_PASSWORD: password })
    .withCommand(['postgres', ...[...settings, ...test].flatMap((setting) => ['-c', setting])])
    .withSharedMemorySize(256 * 1024 ** 2)
    .withExposedPorts(5432)
    .start();
  return serverOf(started, 5432);
}

/** Clients are told to come back to the port they first came to, so it is chosen before the broker starts. */
export async function startKafkaContainer(port: number): Promise<ContainerServer> {
  const container = await LoopbackContainer.of('kafka');
  const logging = Object.fromEntries(environmentOf(await composeService('kafka')))['EBB_LOGGING'] ?? '';
  const files = ['log4j2.yaml', 'tools-log4j2.yaml'].map((file) => `/mnt/shared/config/${file}`);
  const started = await container
    .withCopyContentToContainer(files.map((target) => ({ target, content: logging, mode: 0o644 })))
    .withEnvironment({
      CLUSTER_ID: '5dlRsxkWSZyJ3kG9r2vQ1A',
      KAFKA_NODE_ID: '1',
      KAFKA_PROCESS_ROLES: 'broker,controller',
      KAFKA_LISTENERS: 'PLAINTEXT://:9092,CONTROLLER://:9093,HOST://:29092',
      KAFKA_ADVERTISED_LISTENERS: `PLAINTEXT://localhost:9092,HOST://127.0.0.1:${port}`,
      KAFKA_LISTENER_SECURITY_PROTOCOL_MAP: 'PLAINTEXT:PLAINTEXT,CONTROLLER:PLAINTEXT,HOST:PLAINTEXT',
      KAFKA_CONTROLLER_LISTENER_NAMES: 'CONTROLLER',
      KAFKA_CONTROLLER_QUORUM_VOTERS: '1@localhost:9093',
      KAFKA_AUTO_CREATE_TOPICS_ENABLE: 'false',
      KAFKA_LOG_MESSAGE_TIMESTAMP_TYPE: 'LogAppendTime',
      KAFKA_OFFSETS_TOPIC_REPLICATION_FACTOR: '1',
      KAFKA_TRANSACTION_STATE_LOG_REPLICATION_FACTOR: '1',
      KAFKA_TRANSACTION_STATE_LOG_MIN_ISR: '1',
      KAFKA_GROUP_INITIAL_REBALANCE_DELAY_MS: '0',
      KAFKA_HEAP_OPTS: '-Xms256m -Xmx512m',
    })
    .withExposedPorts({ container: 29_092, host: port })
    .start();
  return serverOf(started, 29_092);
}

/** Configured by these files alone, as in docker-compose.yml; `CLICKHOUSE_CONFIG` names the first of them. */
export async function startClickhouseContainer(files: Readonly<Record<string, string>>): Promise<ContainerServer> {
  const container = await LoopbackContainer.of('clickhouse');
  const [config = ''] = Object.keys(files);
  const started = await container
    .withEnvironment({ CLICKHOUSE_CONFIG: config, CLICKHOUSE_SKIP_USER_SETUP: '1' })
    .withCopyContentToContainer(Object.entries(files).map(([target, content]) => ({ target, content, mode: 0o644 })))
    .withExposedPorts(8123)
    .start();
  return serverOf(started, 8123);
}

function serverOf(started: StartedTestContainer, port: number): ContainerServer {
  return {
    port: started.getMappedPort(port),
    stop: async () => {
      await started.stop();
    },
  };
}
