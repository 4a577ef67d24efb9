import { randomUUID } from 'node:crypto';
import { testPostgres, type TestPostgres, uniqueName } from '@ebb/testing';
import { beforeEach, expect, it } from 'vitest';
import { formatConditions, streamConditions } from './conditions.ts';

let database: TestPostgres;

/** A stack on which all is well: caught up, reporting, checked, and with a few dead letters among many messages. */
const WELL = `
  INSERT INTO stream.watermarks (topic, partition, kind, caught_up_at)
    VALUES ('web', 0, 'website', now()), ('web', 1, 'website', now());
  INSERT INTO stream.consumer_offsets (topic, partition, next_offset) VALUES ('web', 0, 50000), ('web', 1, 50000);
  INSERT INTO ops.hops (hop, as_of, backlog) VALUES ('postgres_to_kafka', now(), 0),
    ('events_to_clickhouse', now() - interval '9 minutes', 10), ('changes_to_clickhouse', now(), 0);
  INSERT INTO ops.batch_ledger (topic, partition, minute, from_offset, to_offset, batches, messages, new, duplicate, dead, checksum)
    VALUES ('web', 0, now() - interval '5 minutes', 0, 100000, 1, 100000, 99970, 0, 30, 0);
  INSERT INTO ops.ledger_cycles (started_at, finished_at, rows_checked, engine_seconds, open_findings, problems)
    VALUES (now() - interval '3 hours', now() - interval '3 hours', 1, 1, 0, '{}'),
      (now() - interval '50 minutes', now() - interval '50 minutes', 1, 1, 0, '{}'),
      (now(), now(), 0, 0, 0, '{"the barrier did not pass","crm.customers"}');`;

const letters = (count: number, code: string, more = ''): string =>
  `INSERT INTO stream.dead_letters (id, service, kind, code, message, failed_at, payload, payload_bytes, truncated${more && `, ${more}`})
   SELECT gen_random_uuid(), 'aggregator', 'website', '${code}', 'refused', now() - interval '1 hour', '', 0, false${more && ', now()'}
   FROM generate_series(1, ${count})`;

beforeEach(async () => {
  database = await testPostgres();
  await database.pool.query(`${WELL}; ${letters(30, 'invalid_json')}`);
});

const found = async (): Promise<string[]> =>
  (await streamConditions(database.pool)).map(({ condition, subject }) => `${condition} ${subject}`);

it('is quiet while all is well, and on a new database', async () => {
  expect(await streamConditions(database.pool)).toEqual([]);
  expect(formatConditions([])).toContain('all is well');
  expect(await streamConditions((await testPostgres()).pool)).toEqual([]);
});

it.each([
  [
    'an aggregator that lags',
    `UPDATE stream.watermarks SET caught_up_at = now() - interval '11 minutes' WHERE partition = 1`,
    'hop_late events_to_postgres',
  ],
  [
    'an aggregator that is gone',
    `UPDATE stream.watermarks SET updated_at = now() - interval '11 minutes'`,
    'hop_silent events_to_postgres',
  ],
  [
    'a stopped partition',
    `UPDATE stream.consumer_offsets SET alarm = 'log start behind' WHERE partition = 1`,
    'hop_problem events_to_postgres',
  ],
  [
    'a sink that lags',
    `UPDATE ops.hops SET as_of = now() - interval '11 minutes' WHERE hop = 'events_to_clickhouse'`,
    'hop_late events_to_clickhouse',
  ],
  [
    'a failed connector',
    `UPDATE ops.hops SET problem = 'the connector failed' WHERE hop = 'postgres_to_kafka'`,
    'hop_problem postgres_to_kafka',
  ],
  [
    'a sink that is gone',
    `UPDATE ops.hops SET updated_at = now() - interval '11 minutes' WHERE hop = 'changes_to_clickhouse'`,
    'hop_silent changes_to_clickhouse',
  ],
  ['dead letters in numbers', letters(101, 'missing_user'), 'dead_letters missing_user'],
  [
    'a finding',
    `INSERT INTO ops.ledger (table_name, key, kind, hop, store) VALUES ('stream.web_events', '{"a":"1"}', 'missing', 'clickhouse', 'clickhouse')`,
    'ledger_findings stream.web_events missing',
  ],
  [
    'a ledger that cannot check',
    `DELETE FROM ops.ledger_cycles WHERE problems = '{}' AND finished_at > now() - interval '1 hour'`,
    'ledger_unchecked ledger',
  ],
  [
    'senders that went silent',
    `UPDATE stream.consumer_offsets SET updated_at = now() - interval '25 hours'`,
    'topic_silent web',
  ],
])('tells of %s, and that it is over', async (_, sql, condition) => {
  const client = await database.pool.connect();
  try {
    await client.query('BEGIN');
    await client.query(sql);
    const [one, ...others] = await streamConditions(client);
    expect(others).toEqual([]);
    expect(`${one?.condition} ${one?.subject}`).toBe(condition);
    expect(one?.detail.length).toBeGreaterThan(10);
    expect(formatConditions(one === undefined ? [] : [one])).toContain('→ ');
    await client.query('ROLLBACK');
  } finally {
    client.release();
  }
  expect(await found()).toEqual([]);
});

it('leaves out dead letters that somebody has dealt with, and lets limits be set', async () => {
  await database.pool.query(letters(200, 'replayed_code', 'replayed_at'));
  await database.pool.query(letters(200, 'dropped_code', 'dropped_at'));
  expect(await found()).toEqual([]);
  await database.pool.query(
    `INSERT INTO ops.settings (key, value) VALUES ('alert_max_dead_share', '0.0001'), ('alert_max_delay', '8 minutes')`,
  );
  expect(await found()).toEqual(['dead_letters invalid_json', 'hop_late events_to_clickhouse']);
});

it('groups findings, and names the ledger’s last problems', async () => {
  await database.pool.query(
    `INSERT INTO ops.ledger (table_name, key, kind, hop, store) SELECT 'sales.orders', jsonb_build_object('id', n::text), 'altered', 'clickhouse', 'clickhouse'
     FROM generate_series(1, 3) n`,
  );
  await database.pool.query(
    `DELETE FROM ops.ledger_cycles WHERE finished_at > now() - interval '1 hour' AND problems = '{}'`,
  );
  expect(await streamConditions(database.pool)).toMatchObject([
    { condition: 'ledger_findings', subject: 'sales.orders altered', detail: '3 rows, clickhouse' },
    {
      condition: 'ledger_unchecked',
      detail: expect.stringContaining('the barrier did not pass; crm.customers') as string,
    },
  ]);
});

it('watches the slots of its own database', async () => {
  const slot = uniqueName('ebb_slot');
  // Its position is where it was made; what is written after it waits.
  await database.pool.query(`SELECT pg_create_logical_replication_slot('${slot}', 'pgoutput')`);
  try {
    expect(await found()).toEqual([]);
    await database.pool.query(`INSERT INTO ops.settings (key, value) VALUES ('alert_max_slot_bytes', '1000')`);
    await database.pool.query(
      `CREATE TABLE waste AS SELECT '${randomUUID()}' || n AS text FROM generate_series(1, 10000) n`,
    );
    expect(await found()).toEqual([`slot_behind ${slot}`]);
    await database.pool.query(`INSERT INTO ops.settings (key, value) VALUES ('alert_max_delay', '-1 second')`);
    expect(await found()).toContain(`slot_unread ${slot}`);
  } finally {
    await database.pool.query(`SELECT pg_drop_replication_slot('${slot}')`);
  }
});

it('may be read by Airflow, which may read nothing else of it', async () => {
  const client = await database.pool.connect();
  try {
    await client.query('SET ROLE ebb_airflow');
    await client.query('SELECT * FROM ops.stream_conditions');
    await expect(client.query('SELECT * FROM ops.hop_states')).rejects.toThrow(/permission denied/);
    await expect(client.query('SELECT * FROM ops.settings')).rejects.toThrow(/permission denied/);
  } finally {
    await client.query('RESET ROLE');
    client.release();
  }
});
