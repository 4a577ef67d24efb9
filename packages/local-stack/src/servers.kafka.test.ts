import { chmodSync, existsSync, mkdtempSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createKafka, createProducer, ensureTopics, topicOffsets } from '@ebb/kafka';
import { createPool } from '@ebb/postgres';
import { testKafka, testPostgres } from '@ebb/testing';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { checkKafkaIsOurs, startKafka } from './kafka.ts';
import { anyFreePort } from './ports.ts';
import { checkPostgresIsOurs, type PostgresOptions, startPostgres } from './postgres.ts';

let folder: string;

beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'ebb-servers-'));
});

afterEach(() => {
  rmSync(folder, { recursive: true, force: true });
});

async function postgresOptions(): Promise<PostgresOptions> {
  return {
    dataDir: join(folder, 'data'),
    port: await anyFreePort(),
    password: `it's a "pass/word": 100 %`,
    logFile: join(folder, 'log'),
    sharedBuffersMb: 32,
    fsync: false,
  };
}

async function query(url: string, sql: string): Promise<unknown[]> {
  const pool = createPool({ url, applicationName: 'test', max: 1 });
  try {
    return (await pool.query<Record<string, unknown>>(sql)).rows;
  } finally {
    await pool.end();
  }
}

describe('PostgreSQL', () => {
  test('starts where only the owner may enter, ready for logical replication, with a password', async () => {
    chmodSync(folder, 0o700);
    const options = await postgresOptions();
    const server = await startPostgres(options);
    try {
      const settings = `select name, setting from pg_settings where name in
        ('wal_level', 'max_wal_senders', 'max_replication_slots', 'max_connections', 'listen_addresses',
         'server_encoding', 'TimeZone', 'password_encryption') order by name collate "C"`;
      expect(await query(server.url, settings)).toEqual([
        { name: 'TimeZone', setting: 'UTC' },
        { name: 'listen_addresses', setting: '127.0.0.1' },
        { name: 'max_connections', setting: '200' },
        { name: 'max_replication_slots', setting: '10' },
        { name: 'max_wal_senders', setting: '10' },
        { name: 'password_encryption', setting: 'scram-sha-256' },
        { name: 'server_encoding', setting: 'UTF8' },
        { name: 'wal_level', setting: 'logical' },
      ]);
      const wrong = new URL(server.url);
      wrong.password = 'wrong';
      await expect(query(wrong.href, 'select 1')).rejects.toMatchObject({ code: '28P01' });
      expect(statSync(options.dataDir).mode & 0o077).toBe(0);
    } finally {
      await server.stop();
    }
  });

  test('after kill -9 and a lock file of a pid that is somebody else now, it keeps what was committed', async () => {
    const options = await postgresOptions();
    const killed = await startPostgres(options);
    await query(killed.url, 'create table kept as select 42 as answer');
    process.kill(killed.pid, 'SIGKILL');
    expect(await killed.exited).toEqual({ code: null, signal: 'SIGKILL' });
    writeFileSync(join(options.dataDir, 'postmaster.pid'), `${process.pid}\n${options.dataDir}\n`);
    const again = await startPostgres({ ...options, port: await anyFreePort() });
    expect(await query(again.url, 'select answer from kept')).toEqual([{ answer: 42 }]);
    await again.stop();
    expect(existsSync(join(options.dataDir, 'postmaster.pid'))).toBe(false);
  });

  test('a stranger on the port is not touched', async () => {
    const stranger = new URL((await testPostgres()).url);
    const options = { ...(await postgresOptions()), port: Number(stranger.port) };
    await expect(startPostgres(options)).rejects.toMatchObject({
      code: expect.stringMatching(/^(NOT_OURS|SERVER_EXITED)$/) as string,
    });
    const password = decodeURIComponent(stranger.password);
    await expect(checkPostgresIsOurs({ ...options, password })).rejects.toMatchObject({ code: 'NOT_OURS' });
  });

  test('giving up while it starts leaves nothing', async () => {
    const options = await postgresOptions();
    const abort = new AbortController();
    const started = startPostgres({ ...options, signal: abort.signal });
    abort.abort();
    await expect(started).rejects.toMatchObject({ code: 'ABORTED' });
  });
});

describe('Kafka', () => {
  test('keeps cluster and messages over kill -9, also on other ports; a stranger is told apart', async () => {
    const options = { dataDir: join(folder, 'kafka'), logFile: join(folder, 'log') };
    const start = async (): ReturnType<typeof startKafka> =>
      startKafka({ ...options, port: await anyFreePort(), controllerPort: await anyFreePort() });
    const first = await start();
    const kafka = createKafka({ brokers: [first.brokers], clientId: 'test' });
    await ensureTopics(kafka, [{ name: 'kept', partitions: 1, replicationFactor: 1, config: {} }]);
    const producer = createProducer(kafka);
    await producer.connect();
    await producer.send('kept', [{ key: null, value: 'x' }]);
    await producer.disconnect();
    process.kill(first.pid, 'SIGKILL');
    await first.exited;

    const second = await start();
    try {
      expect(second.clusterId).toBe(first.clusterId);
      const again = createKafka({ brokers: [second.brokers], clientId: 'test' });
      expect(await topicOffsets(again, 'kept')).toEqual([{ partition: 0, low: 0n, high: 1n }]);
      const port = Number(testKafka().brokers[0]?.split(':')[1]);
      await expect(checkKafkaIsOurs({ port, dataDir: options.dataDir })).rejects.toMatchObject({ code: 'NOT_OURS' });
    } finally {
      await second.stop();
    }
  });
});
