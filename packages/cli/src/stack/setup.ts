import { envInteger, envText, loadConfig, option } from '@ebb/config';
import { topicDefinitions } from '@ebb/contracts';
import { createKafka, ensureTopics } from '@ebb/kafka';
import { createClickhouse, migrateClickhouse, nameFiles, viewDailyFiles } from '@ebb/clickhouse';
import {
  checkClickhouseIsOurs,
  CLICKHOUSE_ADMIN,
  checkKafkaIsOurs,
  checkPostgresIsOurs,
  OBJECT_STORE_BUCKET,
  postgresUrl,
} from '@ebb/local-stack';
import { createPool, createWriteKey, hashWriteKey, migrate, provisionRoles } from '@ebb/postgres';
import { clickhouseUserUrl } from './clickhouse-part.ts';
import { CLICKHOUSE_MIGRATIONS, MIGRATIONS, type StackHome } from './home.ts';
import { noteRestore } from './restored.ts';
import type { Secrets } from './secrets.ts';

const setupOptions = {
  businessTimezone: option('EBB_BUSINESS_TIMEZONE', envText(), { description: 'zone of days', default: 'UTC' }),
  rawRetentionDays: option('EBB_RAW_RETENTION_DAYS', envInteger({ min: 1, max: 36_500 }), {
    description: 'days raw events are kept',
    default: '400',
  }),
  retentionDays: option('EBB_TOPIC_RETENTION_DAYS', envInteger({ min: 1, max: 3_650 }), {
    description: 'days a topic keeps its events',
    default: '7',
  }),
  partitions: option('EBB_TOPIC_PARTITIONS', envInteger({ min: 1, max: 1_000 }), {
    description: 'partitions of each topic of events',
    default: '6',
  }),
};

export interface SetupTarget {
  home: StackHome;
  secrets: Secrets;
  postgresPort: number;
  kafkaPort: number;
  clickhousePort: number;
  objectStorePort: number;
  env: Readonly<Record<string, string | undefined>>;
}

/**
 * Brings database, warehouse and broker to what this version needs: migrations, logins, topics, the default write key. Repeating
 * it changes nothing. Refuses servers that are not this stack's own before the first statement.
 */
export async function setUp(target: SetupTarget, progress: (text: string) => void): Promise<void> {
  const { home, secrets } = target;
  const at = { port: target.postgresPort, password: secrets.superuserPassword };
  await checkPostgresIsOurs({ ...at, dataDir: home.postgres });
  await checkKafkaIsOurs({ port: target.kafkaPort, dataDir: home.kafka });
  await checkClickhouseIsOurs({ port: target.clickhousePort, dataDir: home.clickhouse });
  const config = loadConfig(setupOptions, target.env);
  const url = postgresUrl(at);
  const { applied } = await migrate({ url, directory: MIGRATIONS, ...config });
  progress(applied.length === 0 ? 'database is up to date' : `database migrated: ${applied.join(', ')}`);
  await provisionRoles(url, secrets.rolePasswords);
  const restored = await noteRestore(home, url);
  if (restored !== null) progress(`restored from backup ${restored.backup}: a new epoch of change capture begins`);
  await registerDefaultKey(url, secrets.writeKey);
  await migrateWarehouse(target, progress);
  const kafka = createKafka({ brokers: [`127.0.0.1:${target.kafkaPort}`], clientId: 'ebb-setup' });
  const topics = await ensureTopics(kafka, topicDefinitions({ ...config, replicationFactor: 1 }));
  const changed = [...topics.created, ...topics.updated];
  progress(changed.length === 0 ? 'topics are up to date' : `topics made: ${changed.join(', ')}`);
}

async function migrateWarehouse(target: SetupTarget, progress: (text: string) => void): Promise<void> {
  const url = clickhouseUserUrl(target.secrets, target.clickhousePort, CLICKHOUSE_ADMIN);
  const { applied } = await migrateClickhouse({ url, directory: CLICKHOUSE_MIGRATIONS });
  progress(applied.length === 0 ? 'warehouse is up to date' : `warehouse migrated: ${applied.join(', ')}`);
  await showFiles(url, target);
}

/** The files in the object store as tables; its port may be another one than before. */
async function showFiles(url: string, { secrets, objectStorePort }: SetupTarget): Promise<void> {
  const clickhouse = createClickhouse({ url, applicationName: 'ebb-setup' });
  try {
    const address = `http://127.0.0.1:${objectStorePort}`;
    await nameFiles(clickhouse, { url: address, bucket: OBJECT_STORE_BUCKET, ...secrets.objectStore });
    await viewDailyFiles(clickhouse);
  } finally {
    await clickhouse.close();
  }
}

/** A key that was registered before stays as it is, revoked or not: a revocation survives a restart. */
async function registerDefaultKey(url: string, key: string): Promise<void> {
  const pool = createPool({ url, applicationName: 'ebb-setup', max: 1 });
  try {
    const { rowCount } = await pool.query('select from ops.write_keys where key_hash = $1', [hashWriteKey(key)]);
    if (rowCount !== 0) return;
    await createWriteKey(pool, { name: 'default', source: 'shop', allowedOrigins: ['*'] }, key);
  } finally {
    await pool.end();
  }
}
