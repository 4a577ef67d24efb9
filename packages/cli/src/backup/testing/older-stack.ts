import { copyFileSync, mkdtempSync, readdirSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { TOPICS, topicDefinitions } from '@ebb/contracts';
import { createKafka, createProducer, ensureTopics } from '@ebb/kafka';
import { anyFreePort, startKafka, startPostgres } from '@ebb/local-stack';
import { createPool, generateWriteKey, migrate } from '@ebb/postgres';
import { logFileOf, MIGRATIONS, type StackHome } from '../../stack/home.ts';

/** The level before records of customers, change capture and ledger. */
const LAST_OLD = '0005_kpi_rebuild.sql';
const OLD_ROLES = ['ebb_collector', 'ebb_aggregator', 'ebb_simulator', 'ebb_dashboard', 'ebb_reader'];
const OLD_DAY = '2026-01-15';

/** How many orders of source `old` it holds. */
export const OLD_ROWS = 50;
/** Where its broker's topic of purchases begins: behind all that was processed. */
const OLD_OFFSET = 60;

/**
 * Leaves a folder as the version before left it: its secrets, a broker whose topics no longer hold what was processed
 * months ago, and a database of its level that does.
 */
export async function makeOlderStack(home: StackHome): Promise<void> {
  await makeOlderBroker(home);
  await makeOlderDatabase(home);
}

async function makeOlderBroker(home: StackHome): Promise<void> {
  const server = await startKafka({
    dataDir: home.kafka,
    port: await anyFreePort(),
    controllerPort: await anyFreePort(),
    logFile: logFileOf(home, 'kafka'),
  });
  const kafka = createKafka({ brokers: [server.brokers], clientId: 'ebb-test' });
  const admin = kafka.admin();
  const producer = createProducer(kafka, { idempotent: true });
  try {
    await ensureTopics(kafka, topicDefinitions({ retentionDays: 7, partitions: 6, replicationFactor: 1 }));
    await producer.connect();
    const messages = Array.from({ length: OLD_OFFSET }, () => ({ key: 'old', value: '{}', partition: 0 }));
    await producer.sendBatch([{ topic: TOPICS.purchaseEvents, messages }]);
    await admin.connect();
    // The client deletes only in topics that it has looked at.
    await admin.fetchTopicOffsets(TOPICS.purchaseEvents);
    const partitions = [{ partition: 0, offset: String(OLD_OFFSET) }];
    await admin.deleteTopicRecords({ topic: TOPICS.purchaseEvents, partitions });
  } finally {
    await producer.disconnect();
    await admin.disconnect();
    await server.stop();
  }
}

async function makeOlderDatabase(home: StackHome): Promise<void> {
  const secrets = {
    superuserPassword: 'superuser-of-the-older-version',
    rolePasswords: Object.fromEntries(OLD_ROLES.map((role) => [role, `${role}-password`])),
    writeKey: generateWriteKey(),
  };
  writeFileSync(home.secretsFile, JSON.stringify(secrets), { mode: 0o600 });
  const old = mkdtempSync(join(tmpdir(), 'ebb-older-'));
  for (const file of readdirSync(MIGRATIONS))
    if (file <= LAST_OLD) copyFileSync(join(MIGRATIONS, file), join(old, file));
  const server = await startPostgres({
    dataDir: home.postgres,
    port: await anyFreePort(),
    password: secrets.superuserPassword,
    logFile: logFileOf(home, 'postgres'),
  });
  try {
    await migrate({ url: server.url, directory: old, businessTimezone: 'UTC', rawRetentionDays: 400 });
    await fill(server.url);
  } finally {
    await server.stop();
    rmSync(old, { recursive: true });
  }
}

async function fill(url: string): Promise<void> {
  const pool = createPool({ url, applicationName: 'ebb-test', max: 1 });
  try {
    await pool.query(
      `INSERT INTO sales.orders (source, order_id, kind, order_status, status_rank, status_time, event_id, purchase_time,
        currency, total_amount, product_lines, _partition, _offset, _kafka_time)
      SELECT 'old', 'o' || n, 'order', 'completed', 3, $1::date, 'e1', $1::date, 'USD', 99999999999999.9999, 1, 0, n, $1::date
      FROM generate_series(1, $2::int) n`,
      [OLD_DAY, OLD_ROWS],
    );
    await pool.query(
      `INSERT INTO sales.order_items SELECT source, order_id, 1, 'P001', 'Teapot', 1, total_amount FROM sales.orders`,
    );
    await pool.query(
      `INSERT INTO sales.order_status_history (source, order_id, event_id, kind, order_status, status_rank, status_time,
        purchase_time, currency, total_amount, document, schema_version, _partition, _offset, _kafka_time)
      SELECT source, order_id, event_id, kind, order_status, status_rank, status_time, purchase_time, currency, total_amount,
        jsonb_build_object('items', jsonb_build_array(jsonb_build_object('line_no', 1, 'product_id', 'P001',
          'description', 'Teapot', 'quantity', 1, 'unit_price', total_amount::text))), 1, _partition, _offset, _kafka_time
      FROM sales.orders`,
    );
    await pool.query('INSERT INTO stream.consumer_offsets (topic, partition, next_offset) VALUES ($1, 0, $2)', [
      TOPICS.purchaseEvents,
      OLD_OFFSET,
    ]);
    await pool.query('SELECT kpi.rebuild_day($1)', [OLD_DAY]);
  } finally {
    await pool.end();
  }
}
