import { createKafka } from '@ebb/kafka';
import { testClickhouse, testPostgres } from '@ebb/testing';
import { beforeAll, beforeEach, expect, test } from 'vitest';
import { CoverageStore } from '../store/coverage-store.ts';
import type { Stores } from './engines.ts';
import { loadSecret } from './tables.ts';
import { type CheckOutcome, WebCheck } from './web-check.ts';

const TOPIC = 'website_events';
const HOUR = '2026-03-02T10';
/** So small that two thousand rows are a long hour of five parts in Postgres and some in ClickHouse. */
const SIZES = { dayRows: 1_000, hourRows: 1_500, partRows: 400, dayRowsPerPart: 500 };
/** Nothing is left of it for sweeps: one range and one part a cycle. */
const NEXT_TO_NOTHING = 1e-9;

let stores: Stores;
let check: WebCheck;

beforeAll(async () => {
  const [{ clickhouse }, { pool }] = [await testClickhouse(), await testPostgres()];
  // Never connected: nothing here asks a topic.
  stores = { pool, clickhouse, kafka: createKafka({ brokers: ['127.0.0.1:1'], clientId: 'none' }) };
  await pool.query("SELECT stream.ensure_days(ARRAY[date '2026-03-02'])");
}, 120_000);

beforeEach(async () => {
  await stores.pool.query(
    `TRUNCATE stream.web_events, ops.batch_ledger, ops.ledger_coverage;
     INSERT INTO stream.web_events (event_time, _kafka_time, _offset, identity, _partition, day, schema_version,
       is_identified, event_id, user_key, source, event_type)
     SELECT at, at, n, gen_random_uuid(), 0, '2026-03-02', 1, true, 'e' || n, 'u' || (n * 7 % 223), 'shop', 'page_view'
     FROM (SELECT n, '2026-03-02T10:00:00Z'::timestamptz + n * interval '1.7 seconds' AS at
       FROM generate_series(0, 1999) n) t;
     INSERT INTO stream.consumer_offsets (topic, partition, next_offset) VALUES ('${TOPIC}', 0, 2000)
     ON CONFLICT (topic, partition) DO UPDATE SET next_offset = 2000;
     INSERT INTO ops.batch_ledger (topic, partition, minute, from_offset, to_offset, batches, messages, new, duplicate,
       dead, checksum, first_kafka_time, last_kafka_time)
     SELECT '${TOPIC}', 0, '2026-03-02T10:00:00Z', 0, 2000, 1, 2000, 2000, 0, 0, 0, min(_kafka_time), max(_kafka_time)
     FROM stream.web_events`,
  );
  await stores.clickhouse.command('TRUNCATE TABLE raw.web_events');
  const { rows } = await stores.pool.query<{ row: string }>(
    `SELECT jsonb_build_object('source', source, 'day', day, 'user_key', user_key, 'event_id', event_id,
       'is_identified', is_identified, 'event_type', event_type, 'schema_version', 1, '_partition', 0, '_offset', _offset,
       'event_time', to_char(event_time AT TIME ZONE 'UTC', 'YYYY-MM-DD HH24:MI:SS.US'),
       '_kafka_time', to_char(_kafka_time AT TIME ZONE 'UTC', 'YYYY-MM-DD HH24:MI:SS.MS'))::text AS row
     FROM stream.web_events`,
  );
  await insert(rows.map(({ row }) => row));
  await stores.clickhouse.command(
    `INSERT INTO ops.sink_progress (lane, topic, partition, next_offset) VALUES ('web', '${TOPIC}', 0, 2000)`,
  );
  check = new WebCheck(stores, new CoverageStore(stores.pool), await loadSecret(stores.pool), SIZES);
});

async function insert(rows: readonly string[]): Promise<void> {
  const columns = Object.keys(JSON.parse(rows[0] ?? '{}') as object);
  const body = Buffer.from(`${rows.join('\n')}\n`);
  await stores.clickhouse.insert('raw.web_events', { columns, format: 'JSONEachRow', body });
}

function cycle(isFull = false): Promise<CheckOutcome> {
  return check.run({ topic: TOPIC, budgetSeconds: NEXT_TO_NOTHING, isFull });
}

/** Runs cycles until one of them has compared the whole hour. */
async function sweep(): Promise<{ cycles: number; outcome: CheckOutcome }> {
  for (let cycles = 1; cycles < 60; cycles += 1) {
    const outcome = await cycle();
    if (outcome.rows >= 1_999 || outcome.confirmed.length > 0) return { cycles, outcome };
  }
  throw new Error('the long hour never came to its end');
}

async function verified(range: string): Promise<number> {
  const { rows } = await stores.pool.query<{ row_count: string }>(
    'SELECT rows AS row_count FROM ops.ledger_coverage WHERE range = $1 AND verified_at IS NOT NULL',
    [range],
  );
  return Number(rows[0]?.row_count ?? -1);
}

test('a long hour is compared part by part over several cycles, and is verified as one', async () => {
  const { cycles, outcome } = await sweep();
  expect(cycles).toBeGreaterThanOrEqual(8);
  expect(outcome.confirmed).toEqual([]);
  expect(await verified(HOUR)).toBe(2_000);
});

test('what differs in a long hour is found to the key when its sweep ends', async () => {
  await insert([
    JSON.stringify({
      source: 'shop',
      day: '2026-03-02',
      user_key: 'u17',
      event_id: 'planted',
      is_identified: true,
      event_type: 'page_view',
      schema_version: 1,
      _partition: 0,
      _offset: 12,
      event_time: '2026-03-02 10:20:00.000000',
      _kafka_time: '2026-03-02 10:20:00.000',
    }),
  ]);
  const { cycles, outcome } = await sweep();
  expect(cycles).toBeGreaterThanOrEqual(8);
  expect(outcome.confirmed.map(({ key, postgres }) => [key, postgres])).toEqual([
    [['shop', '2026-03-02', 'u17', 'planted'], null],
  ]);
  expect(await verified(HOUR)).toBe(-1);
});

test('a full run goes through a long hour at once', async () => {
  await stores.pool.query("DELETE FROM stream.web_events WHERE event_id = 'e77'");
  const outcome = await cycle(true);
  expect(outcome.rows).toBeGreaterThanOrEqual(1_999);
  expect(outcome.confirmed.map(({ key, clickhouse }) => [key[3], clickhouse === null])).toEqual([['e77', false]]);
});

test('new events are compared in parts, each row once', async () => {
  await cycle();
  await stores.pool.query("UPDATE ops.ledger_coverage SET boundary = '{\"0\": 500}' WHERE range = 'new'");
  const outcome = await cycle();
  expect(outcome.confirmed).toEqual([]);
  expect(await verified('new')).toBe(1_500);
});
