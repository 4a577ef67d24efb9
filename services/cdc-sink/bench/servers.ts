import { randomBytes } from 'node:crypto';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { migrateClickhouse } from '@ebb/clickhouse';
import { anyFreePort, CLICKHOUSE_ADMIN, startClickhouse, startKafka, startPostgres } from '@ebb/local-stack';
import { migrate, provisionRoles, ROLE_NAMES, type RoleName } from '@ebb/postgres';

export interface BenchServers {
  readonly postgresUrl: string;
  readonly sinkPostgresUrl: string;
  readonly brokers: string;
  readonly clickhouseUrl: string;
  readonly pids: { readonly kafka: number; readonly clickhouse: number };
  readonly directory: string;
  stop(): Promise<void>;
}

const secret = (): string => randomBytes(16).toString('hex');
const SQL = join(import.meta.dirname, '../../../sql');

/** Migrated servers of the benchmark's own, as `ebb up` starts them. */
export async function startServers(): Promise<BenchServers> {
  const directory = await mkdtemp(join(tmpdir(), 'ebb-bench-'));
  const logFile = (name: string): string => join(directory, `${name}.log`);
  const password = secret();
  const postgres = await startPostgres({
    dataDir: join(directory, 'postgres'),
    port: await anyFreePort(),
    password,
    logFile: logFile('postgres'),
  });
  const kafka = await startKafka({
    dataDir: join(directory, 'kafka'),
    port: await anyFreePort(),
    controllerPort: await anyFreePort(),
    logFile: logFile('kafka'),
  });
  const clickhouse = await startClickhouse({
    dataDir: join(directory, 'clickhouse'),
    port: await anyFreePort(),
    users: [{ name: CLICKHOUSE_ADMIN, password: secret(), readonly: false }],
    logFile: logFile('clickhouse'),
  });
  const settings = { businessTimezone: 'UTC', rawRetentionDays: 400 };
  await migrate({ url: postgres.url, directory: join(SQL, 'postgres'), ...settings });
  const passwords = Object.fromEntries(ROLE_NAMES.map((role) => [role, secret()])) as Record<RoleName, string>;
  await provisionRoles(postgres.url, passwords);
  await migrateClickhouse({ url: clickhouse.url, directory: join(SQL, 'clickhouse') });
  const sinkUrl = new URL(postgres.url);
  sinkUrl.username = 'ebb_sink';
  sinkUrl.password = passwords.ebb_sink;
  return {
    postgresUrl: postgres.url,
    sinkPostgresUrl: sinkUrl.href,
    brokers: kafka.brokers,
    clickhouseUrl: clickhouse.url,
    pids: { kafka: kafka.pid, clickhouse: clickhouse.pid },
    directory,
    stop: async () => {
      for (const server of [clickhouse, kafka, postgres]) await server.stop();
      await rm(directory, { recursive: true, force: true, maxRetries: 5 });
    },
  };
}
