import { copyFile, mkdtemp, readdir, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { testPostgres, uniqueName } from '@ebb/testing';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { migrate } from './migrate.ts';
import { createPool, type Pool } from './pool.ts';

const DIRECTORY = join(import.meta.dirname, '../../../sql/postgres');
/** The level before records of customers, change capture and ledger. */
const LAST_OLD = '0005_kpi_rebuild.sql';
const OPTIONS = { businessTimezone: 'UTC', rawRetentionDays: 400 };

let pool: Pool;
let old: string;
let remove: () => Promise<void>;

beforeAll(async () => {
  const server = await testPostgres();
  const name = uniqueName('ebb_upgrade');
  await server.pool.query(`CREATE DATABASE ${name} TEMPLATE template0`);
  const url = new URL(server.url);
  url.pathname = `/${name}`;
  pool = createPool({ url: url.href, applicationName: 'ebb-test', max: 2 });
  remove = async () => {
    await pool.end();
    await server.pool.query(`DROP DATABASE ${name} WITH (FORCE)`);
  };
  old = await mkdtemp(join(tmpdir(), 'ebb-upgrade-'));
  for (const file of await readdir(DIRECTORY)) {
    if (file <= LAST_OLD) await copyFile(join(DIRECTORY, file), join(old, file));
  }
  await migrate({ url: url.href, directory: old, ...OPTIONS });
});
afterAll(async () => {
  await remove();
  await rm(old, { recursive: true });
});

async function contents(): Promise<unknown> {
  const { rows } = await pool.query(
    `SELECT (SELECT json_agg(w ORDER BY event_id) FROM stream.web_events w) AS events,
      (SELECT json_agg(o) FROM sales.orders o) AS orders, (SELECT json_agg(i) FROM sales.order_items i) AS items,
      (SELECT json_agg(h) FROM sales.order_status_history h) AS history,
      (SELECT json_agg(k) FROM (SELECT * FROM kpi.web_day) k) AS kpis,
      (SELECT json_agg(c) FROM (SELECT topic, partition, next_offset, alarm FROM stream.consumer_offsets) c) AS offsets`,
  );
  return rows[0];
}

test('a database of the level before keeps everything it holds, and can be captured', async () => {
  await pool.query("SELECT stream.ensure_days(ARRAY['2026-11-01'::date])");
  await pool.query(
    `INSERT INTO stream.web_events (event_time, _kafka_time, _offset, identity, _partition, day, schema_version,
      is_identified, event_id, user_key, source, event_type, page_url, properties)
    SELECT '2026-11-01 10:00Z'::timestamptz + n * interval '1 minute', '2026-11-01 10:00Z', n, gen_random_uuid(), 0,
      '2026-11-01', 1, true, 'e' || n, 'u' || n % 7, 'shop', 'page_view', '/', '{"a": 1}'
    FROM generate_series(1, 500) n`,
  );
  await pool.query("SELECT kpi.rebuild_day('2026-11-01')");
  await pool.query(
    `INSERT INTO sales.order_status_history (source, order_id, event_id, kind, order_status, status_rank, status_time,
      purchase_time, currency, total_amount, document, schema_version, _partition, _offset, _kafka_time)
    VALUES ('shop', 'o1', 'e1', 'order', 'shipped', 2, now(), now(), 'USD', 99999999999999.9999, '{}', 1, 0, 7, now());
    INSERT INTO sales.orders (source, order_id, kind, order_status, status_rank, status_time, event_id, purchase_time,
      currency, total_amount, product_lines, _partition, _offset, _kafka_time)
    VALUES ('shop', 'o1', 'order', 'shipped', 2, now(), 'e1', now(), 'USD', 99999999999999.9999, 1, 0, 7, now());
    INSERT INTO sales.order_items VALUES ('shop', 'o1', 1, 'P001', 'Teapot', 2, 0.0001);
    INSERT INTO stream.consumer_offsets (topic, partition, next_offset) VALUES ('website_events', 0, 501)`,
  );
  const before = await contents();

  const { applied } = await migrate({ url: String(pool.options.connectionString), directory: DIRECTORY, ...OPTIONS });
  expect(applied.slice(0, 2)).toEqual(['0006_crm.sql', '0007_cdc.sql']);
  expect(await contents()).toEqual(before);
  // Orders that were there before are among the tables whose changes are captured, whole old rows included.
  const { rows } = await pool.query<{ table_name: string; columns: number; replica_identity: string }>(
    `SELECT table_name, jsonb_array_length(columns) AS columns, relreplident AS replica_identity
    FROM ops.ddl_history h JOIN pg_class c ON c.oid = h.table_oid
    WHERE schema_name = 'sales' ORDER BY table_name COLLATE "C"`,
  );
  expect(rows.map((row) => [row.table_name, row.columns > 5, row.replica_identity])).toEqual([
    ['order_items', true, 'f'],
    ['order_status_history', true, 'f'],
    ['orders', true, 'f'],
  ]);
  expect(
    (await migrate({ url: String(pool.options.connectionString), directory: DIRECTORY, ...OPTIONS })).applied,
  ).toEqual([]);
});
