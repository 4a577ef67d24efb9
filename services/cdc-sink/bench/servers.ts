import { randomBytes } from 'node:crypto';
import { join } from 'node:path';
import { migrateClickhouse } from '@ebb/clickhouse';
import { anyFreePort, type KafkaServer, type ServerOwner, startKafka, startPostgres } from '@ebb/local-stack';
import { migrate, provisionRoles, ROLE_NAMES, type RoleName } from '@ebb/postgres';
import { type OwnClickhouse, ownClickhouse } from '@ebb/testing';

export interface BenchServers {
  /** As the sink's role. */
  readonly postgresUrl: string;
  readonly kafka: KafkaServer;
  readonly warehouse: OwnClickhouse;
}

const secret = (): string => randomBytes(16).toString('hex');
const SQL = join(import.meta.dirname, '../../../sql');

/** Migrated servers of the benchmark's own, as `ebb up` starts them. */
export async function startServers(owner: ServerOwner): Promise<BenchServers> {
  const { directory, own } = owner;
  const logFile = (name: string): string => join(directory, `${name}.log`);
  const postgres = await own(
    startPostgres({
      dataDir: join(directory, 'postgres'),
      port: await anyFreePort(),
      password: secret(),
      logFile: logFile('postgres'),
    }),
  );
  const kafka = await own(
    startKafka({
      dataDir: join(directory, 'kafka'),
      port: await anyFreePort(),
      controllerPort: await anyFreePort(),
      logFile: logFile('kafka'),
    }),
  );
  const warehouse = await ownClickhouse(owner);
  const settings = { businessTimezone: 'UTC', rawRetentionDays: 400 };
  await migrate({ url: postgres.url, directory: join(SQL, 'postgres'), ...settings });
  const passwords = Object.fromEntries(ROLE_NAMES.map((role) => [role, secret()])) as Record<RoleName, string>;
  await provisionRoles(postgres.url, passwords);
  await migrateClickhouse({ url: warehouse.url, directory: join(SQL, 'clickhouse') });
  const sinkUrl = new URL(postgres.url);
  sinkUrl.username = 'ebb_sink';
  sinkUrl.password = passwords.ebb_sink;
  return { postgresUrl: sinkUrl.href, kafka, warehouse };
}
