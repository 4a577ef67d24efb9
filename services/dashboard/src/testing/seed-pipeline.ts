import { TOPICS, webEventDigest, webEventIdentity } from '@ebb/contracts';
import type { Pool } from '@ebb/postgres';

/** When the seeded world stands still: nothing in it is younger. */
export const NOON = '2026-03-14T12:00:00.000Z';
const DAY = '2026-03-14';

/** A web event both stores have, one that only Postgres has, and one that ClickHouse alone has. */
export const WEB_EVENTS = [
  { eventId: '019ce000-0000-7000-8000-000000000001', user: 'u0', offset: 1, at: `${DAY}T11:58:00.000Z` },
  { eventId: '019ce000-0000-7000-8000-000000000002', user: 'u1', offset: 2, at: `${DAY}T11:59:00.000Z` },
  { eventId: '019ce000-0000-7000-8000-000000000003', user: 'u2', offset: 3, at: `${DAY}T10:00:00.000Z` },
] as const;

/** Postgres' side of the pipeline, at noon. */
export async function seedPipeline(pool: Pool): Promise<void> {
  for (const seed of [seedHops, seedLedger, seedJobs, seedEvents, seedLetters]) await seed(pool);
}

async function seedHops(pool: Pool): Promise<void> {
  await pool.query(`
    INSERT INTO ops.hops (hop, as_of, backlog, problem, updated_at) VALUES
      ('postgres_to_kafka', '${DAY}T11:30:00Z', 5000000, NULL, '${DAY}T11:31:00Z'),
      ('events_to_clickhouse', '${DAY}T11:50:00Z', 0, NULL, '${DAY}T12:00:00Z'),
      ('changes_to_clickhouse', NULL, NULL, 'the warehouse refuses rows', '${DAY}T12:00:00Z')`);
  await pool.query(`
    INSERT INTO stream.watermarks (topic, partition, kind, event_time, caught_up_at, updated_at) VALUES
      ('${TOPICS.websiteEvents}', 0, 'website', '${DAY}T11:54:00Z', '${DAY}T11:55:00Z', '${DAY}T11:59:59Z'),
      ('${TOPICS.purchaseEvents}', 0, 'purchase', '${DAY}T11:00:00Z', '${DAY}T11:55:00Z', '${DAY}T11:59:59Z')`);
  await pool.query(`
    INSERT INTO ops.cdc_epochs (epoch, slot, connector, system_identifier, started_at, reason, first_ddl_id,
      slot_seen_at, snapshot_completed_at)
    VALUES (1, 'ebb_cdc_1', 'ebb-cdc', '1', '2026-03-01T06:00:00Z', 'first start', 1, '2026-03-01T06:00:01Z',
      '2026-03-01T06:01:00Z')`);
  await pool.query(`UPDATE ops.cdc_heartbeat SET beat_at = '${DAY}T11:59:55Z', beats = 100`);
  await pool.query(`
    INSERT INTO ops.cdc_resnapshots (schema_name, table_name, reason, requested_at)
    VALUES ('crm', 'offers', 'a column was rewritten', '${DAY}T11:50:00Z')`);
}

async function seedLedger(pool: Pool): Promise<void> {
  await pool.query(`
    INSERT INTO ops.ledger_cycles (started_at, finished_at, rows_checked, engine_seconds, open_findings,
      oldest_unverified_seconds, problems)
    SELECT t, t + interval '2500 ms', 1000 + n, 0.5, 1, 600,
      CASE WHEN n = 2 THEN ARRAY['receipts: the aggregator has not read everything yet'] ELSE '{}' END
    FROM generate_series(1, 12) n, LATERAL (SELECT '${DAY}T11:45:00Z'::timestamptz + n * interval '1 minute' AS t) at`);
  await pool.query(`
    INSERT INTO ops.ledger_coverage (table_name, range, rows, checksum, boundary, verified_at, checked_at, seconds) VALUES
      ('stream.web_events', '2026-03-13', 1200, 1, '{}', '${DAY}T09:00:00Z', '${DAY}T09:00:00Z', 0.1),
      ('stream.web_events', '2026-03-14', 800, 2, '{}', '${DAY}T11:50:00Z', '${DAY}T11:50:00Z', 0.1),
      ('stream.web_events', 'new', 50, 3, '{}', '${DAY}T11:59:00Z', '${DAY}T11:59:00Z', 0.1),
      ('crm.customers', 'a-z', 3, 4, '{}', NULL, '${DAY}T11:59:00Z', 0.1)`);
  await pool.query(`
    INSERT INTO ops.ledger (table_name, key, kind, hop, store, first_seen, repaired_at, closed_at, problem, evidence) VALUES
      ('sales.orders', '{"source": "outlet", "order_id": "d13o0"}', 'altered', 'topic -> sink -> clickhouse', 'clickhouse',
        '${DAY}T10:00:00Z', NULL, NULL, NULL, '{"secret": "evidence"}'),
      ('crm.customers', '{"source": "outlet", "customer_id": "u1"}', 'missing', NULL, 'clickhouse', '${DAY}T10:05:00Z',
        '${DAY}T10:06:00Z', NULL, NULL, '{}'),
      ('crm.customers', '{"source": "outlet", "customer_id": "u2"}', 'extra', 'clickhouse', 'clickhouse',
        '${DAY}T09:00:00Z', '${DAY}T09:01:00Z', '${DAY}T09:02:00Z', NULL, '{}'),
      ('stream.web_events', '{"event_id": "gone"}', 'lost', 'collector -> kafka', 'kafka', '${DAY}T10:10:00Z', NULL, NULL,
        'no store holds it', '{}')`);
}

const MODEL = '00000000-0000-4000-8000-0000000000c1';
const HELD_MODEL = '00000000-0000-4000-8000-0000000000c2';

async function seedJobs(pool: Pool): Promise<void> {
  await pool.query(`
    INSERT INTO ops.job_runs (kind, key, status, requested_at, started_at, finished_at, attempts, result, error) VALUES
      ('files.load', 'load 1', 'done', '${DAY}T06:00:00Z', '${DAY}T06:00:01Z', '${DAY}T06:00:04Z', 1,
        '{"files": 2, "rows": 300, "name": "not a figure"}', NULL),
      ('files.load', 'load 2', 'failed', '${DAY}T07:00:00Z', '${DAY}T07:00:01Z', '${DAY}T07:00:02Z', 2, NULL,
        'one file could not be read'),
      ('rfm_segments', 'rfm 1', 'done', '${DAY}T08:00:00Z', '${DAY}T08:00:00Z', '${DAY}T08:00:20Z', 1, '{"customers": 3}', NULL),
      ('clv', 'clv 1', 'queued', '${DAY}T09:00:00Z', NULL, NULL, 0, NULL, NULL)`);
  await pool.query(`
    INSERT INTO ops.job_steps (job_id, step, position, status, started_at, finished_at)
    SELECT j.id, s.step, s.position, s.status, '${DAY}T08:00:00Z', CASE WHEN s.status = 'done' THEN '${DAY}T08:00:10Z'::timestamptz END
    FROM ops.job_runs j, (VALUES ('read', 1, 'done'), ('train', 2, 'done'), ('publish', 3, 'running')) s (step, position, status)
    WHERE j.key = 'rfm 1'`);
  await pool.query(
    `INSERT INTO ops.models (id, kind, source, algorithm, parameters, features, as_of, rows, data_fingerprint, metrics,
       code_version, file_key, file_sha256, file_bytes, trained_at, role, held_reasons, promoted_at, promoted_by)
     SELECT m.id::uuid, 'rfm_segments', 'outlet', 'k-means', '{}', '{Recency}', '${DAY}', m.rows, repeat('a', 64), '{}', '1',
       'models/' || m.id, repeat('b', 64), 10, m.trained::timestamptz, m.role, m.held,
       CASE WHEN m.role = 'champion' THEN m.trained::timestamptz END, 'worker'
     FROM (VALUES ($1, 3, '${DAY}T08:00:10Z', 'champion', '{}'::text[]),
       ($2, 2, '${DAY}T09:00:00Z', 'challenger', ARRAY['a cluster lost half of its customers'])) m (id, rows, trained, role, held)`,
    [MODEL, HELD_MODEL],
  );
  await pool.query(
    `INSERT INTO ops.model_runs (run_id, job_id, kind, source, as_of, started_at, state, model_id, write_id, published_at)
     SELECT gen_random_uuid(), id, 'rfm_segments', 'outlet', '${DAY}', '${DAY}T08:00:00Z', 'published', $1,
       gen_random_uuid(), '${DAY}T08:00:20Z' FROM ops.job_runs WHERE key = 'rfm 1'`,
    [MODEL],
  );
}

async function seedEvents(pool: Pool): Promise<void> {
  await pool.query(`SELECT stream.ensure_days(ARRAY['${DAY}'::date])`);
  await pool.query(`
    INSERT INTO stream.consumer_offsets (topic, partition, next_offset, updated_at) VALUES
      ('${TOPICS.websiteEvents}', 0, 4, now()), ('${TOPICS.purchaseEvents}', 0, 3, now())`);
  for (const { eventId, user, offset, at } of WEB_EVENTS.slice(0, 2)) {
    const digest = webEventDigest({ source: 'outlet', day: DAY, userKey: user, eventId });
    await pool.query(
      `INSERT INTO stream.web_events (event_time, _kafka_time, _processed_at, _offset, identity, _partition, day,
         schema_version, is_identified, event_id, user_key, source, event_type, session_id, page_url, product_id,
         device_type, search_query, referrer, properties)
       VALUES ($1, $1::timestamptz + interval '20 ms', $1::timestamptz + interval '60 ms', $2::bigint, $3, 0, '${DAY}', 1, true,
         $4, $5, 'outlet', CASE WHEN $2::bigint = 1 THEN 'page_view' ELSE 'search' END, 'private-session',
         'https://outlet.example/p/7?email=private@example.com', 'P007', 'Mobile', 'private words',
         'https://private.example', '{"private": true}')`,
      [at, offset, webEventIdentity(digest, eventId), eventId, user],
    );
  }
  await pool.query(`
    INSERT INTO ops.batch_ledger (topic, partition, minute, from_offset, to_offset, batches, messages, new, duplicate, dead,
      checksum, first_kafka_time, last_kafka_time)
    VALUES ('${TOPICS.websiteEvents}', 0, '${DAY}T11:58:00Z', 0, 2, 1, 2, 1, 0, 1, 0, '${DAY}T11:58:00Z', '${DAY}T11:58:01Z'),
      ('${TOPICS.websiteEvents}', 0, '${DAY}T11:59:00Z', 2, 3, 1, 1, 1, 0, 0, 0, '${DAY}T11:59:00Z', '${DAY}T11:59:01Z')`);
  await pool.query(`
    INSERT INTO sales.order_status_history (source, order_id, event_id, kind, order_status, status_rank, status_time,
      purchase_time, currency, total_amount, document, schema_version, _partition, _offset, _kafka_time, _processed_at)
    SELECT 'outlet', 'd13o0', e.id, 'order', e.status, e.rank, e.at::timestamptz, '${DAY}T11:00:00Z', 'USD', 33.25,
      '{"user_id": "private-user", "shipping_address": "private street"}', 1, 0, e.rank, e.at::timestamptz + interval '30 ms',
      e.at::timestamptz + interval '80 ms'
    FROM (VALUES ('d13o0-1', 'processing', 1, '${DAY}T11:00:00Z'), ('d13o0-2', 'shipped', 2, '${DAY}T11:58:30Z'))
      e (id, status, rank, at)`);
}

async function seedLetters(pool: Pool): Promise<void> {
  await pool.query(`
    INSERT INTO stream.dead_letters (id, service, kind, topic, partition, "offset", code, message, event_id, source,
      failed_at, payload, payload_bytes, truncated)
    VALUES ('00000000-0000-4000-8000-00000000d001', 'stream-aggregator', 'website', '${TOPICS.websiteEvents}', 0, 7,
        'unknown_event_type', 'the event type is not known', 'refused-1', 'outlet', '${DAY}T11:58:10Z', 'private payload', 15, false),
      ('00000000-0000-4000-8000-00000000d002', 'collector', 'purchase', NULL, NULL, NULL, 'invalid_body', 'it is no JSON', NULL,
        NULL, '${DAY}T11:57:00Z', 'private payload', 15, false)`);
}
