import { testPostgres, type TestPostgres } from '@ebb/testing';
import { beforeAll, describe, expect, test } from 'vitest';
import type { Recent } from './api/recent-schema.ts';
import { RecentEvents } from './live/recent-events.ts';
import { readNewestWebEvents } from './queries/recent/newest-events.ts';
import { NOON, seedPipeline } from './testing/seed-pipeline.ts';
import { startDashboard, type TestDashboard } from './testing/test-dashboard.ts';

let db: TestPostgres;
let dashboard: TestDashboard;

beforeAll(async () => {
  db = await testPostgres();
  await seedPipeline(db.pool);
  dashboard = await startDashboard(db.roleUrl('ebb_dashboard'), { clock: { nowMs: () => Date.parse(NOON) } });
  return () => dashboard.close();
});

async function get(query: string, of = dashboard): Promise<{ status: number; body: unknown }> {
  const response = await fetch(`${of.url}/api/live/recent${query}`);
  return { status: response.status, body: await response.json() };
}

async function ask(query = ''): Promise<Recent> {
  const { status, body } = await get(query);
  if (status !== 200) throw new Error(JSON.stringify(body));
  return body as Recent;
}

describe('the newest events', () => {
  test('are those that were stored last, of both kinds, by the time the broker took them', async () => {
    const { events, looked } = await ask();
    const { rows } = await db.pool.query<{ event_id: string }>(`
      SELECT event_id FROM (SELECT event_id, _kafka_time FROM stream.web_events
        UNION ALL SELECT event_id, _kafka_time FROM sales.order_status_history) e ORDER BY _kafka_time DESC`);
    expect(events.map(({ eventId }) => eventId)).toEqual(rows.map((row) => row.event_id));
    expect(looked).toEqual({ website: 2, purchase: 2, letters: 2 });
    expect(events[1]).toEqual({
      kind: 'purchase',
      eventId: 'd13o0-2',
      source: 'outlet',
      type: 'order',
      happenedAt: '2026-03-14T11:58:30.000Z',
      receivedAt: '2026-03-14T11:58:30.030Z',
      storedAt: '2026-03-14T11:58:30.080Z',
      topic: 'purchase_events',
      partition: 0,
      offset: 2,
      page: null,
      product: null,
      device: null,
      order: 'd13o0',
      status: 'shipped',
      amount: '33.25',
      currency: 'USD',
    });
    expect(events[2]).toMatchObject({ kind: 'website', page: '/p/7', product: 'P007', device: 'Mobile', order: null });
  });

  test('say nothing that may name a person, nor what a refused message held', async () => {
    expect(JSON.stringify(await ask())).not.toMatch(/private|u0|u1/);
  });

  test('are filtered by kind, source and type; refused messages by kind and source', async () => {
    const website = await ask('?kind=website&type=search&source=outlet');
    expect(website.events.map(({ type }) => type)).toEqual(['search']);
    expect(website.letters.map(({ code }) => code)).toEqual(['unknown_event_type']);
    expect(website).toMatchObject({ types: ['page_view', 'search'], sources: ['outlet'] });
    expect(await ask('?source=elsewhere')).toMatchObject({ events: [], letters: [] });
    expect((await ask('?limit=1&kind=&source=&type=')).events).toHaveLength(1);
  });

  test('a refused message stands with where it was read', async () => {
    const { letters } = await ask();
    expect(letters).toMatchObject([
      {
        code: 'unknown_event_type',
        position: { topic: 'website_events', partition: 0, offset: 7 },
        service: 'stream-aggregator',
      },
      { code: 'invalid_body', position: null, service: 'collector' },
    ]);
  });

  test.each(['?kind=both', '?source=Shop', `?type=${'x'.repeat(101)}`, '?limit=0', '?limit=201', '?page=1'])(
    '%s is refused with a reason',
    async (query) => {
      expect(await get(query)).toMatchObject({
        status: 400,
        body: { error: { code: 'INVALID_QUERY', message: expect.stringMatching(/\w/) as string } },
      });
    },
  );

  test('before the first event there is nothing', async () => {
    const own = await testPostgres();
    const service = await startDashboard(own.roleUrl('ebb_dashboard'));
    try {
      expect(await get('', service)).toMatchObject({
        status: 200,
        body: { events: [], letters: [], sources: [], types: [], looked: { website: 0, purchase: 0, letters: 0 } },
      });
    } finally {
      await service.close();
    }
  });

  test('without a database the API says so', async () => {
    const service = await startDashboard('postgres://nobody@127.0.0.1:1/none');
    try {
      expect(await get('', service)).toMatchObject({ status: 503, body: { error: { code: 'DATABASE_AWAY' } } });
    } finally {
      await service.close();
    }
  });
});

describe('what it costs the database', () => {
  test('one look a second, however many read, and a failed one is not kept', async () => {
    let nowMs = 0;
    let questions = 0;
    let isAway = false;
    const query = (...args: Parameters<typeof db.pool.query>): unknown => {
      questions += 1;
      return isAway ? Promise.reject(new Error('away')) : db.pool.query(...args);
    };
    const recent = new RecentEvents({ query } as typeof db.pool, { nowMs: () => nowMs });
    await Promise.all(Array.from({ length: 20 }, () => recent.look()));
    const once = questions;
    nowMs = 999;
    await recent.look();
    expect(questions).toBe(once);
    nowMs = 1_000;
    isAway = true;
    await expect(recent.look()).rejects.toThrow('away');
    isAway = false;
    await expect(recent.look()).resolves.toMatchObject({ atMs: 1_000 });
  });

  test('a busy day is read by its end alone, through indexes', async () => {
    const own = await testPostgres();
    await own.pool.query(`SELECT stream.ensure_days(ARRAY['2026-03-14'::date])`);
    await own.pool.query(`
      INSERT INTO stream.web_events (event_time, _kafka_time, _offset, identity, _partition, day, schema_version,
        is_identified, event_id, user_key, source, event_type)
      SELECT t, t, n, gen_random_uuid(), 0, '2026-03-14', 1, true, n::text, 'u', 'busy', 'page_view'
      FROM generate_series(1, 200000) n, LATERAL (SELECT '2026-03-14T00:00:00Z'::timestamptz + n * interval '100 ms' AS t) at`);
    await own.pool.query(`SELECT ops.summarize_web_events()`);
    await own.pool.query(`
      INSERT INTO stream.consumer_offsets (topic, partition, next_offset) VALUES ('website_events', 0, 200001)`);
    await own.pool.query(`
      INSERT INTO ops.batch_ledger (topic, partition, minute, from_offset, to_offset, batches, messages, new, duplicate, dead,
        checksum, first_kafka_time, last_kafka_time)
      SELECT 'website_events', 0, date_trunc('minute', _kafka_time), min(_offset), max(_offset) + 1, 1, count(*), count(*), 0, 0, 0,
        min(_kafka_time), max(_kafka_time) FROM stream.web_events GROUP BY 3`);
    await own.pool.query('ANALYZE stream.web_events');
    const newest = await readNewestWebEvents(own.pool, 1_000);
    expect(newest.map(({ offset }) => offset)).toEqual(Array.from({ length: 1_000 }, (_, index) => 200_000 - index));
    const { rows } = await own.pool.query<{ 'QUERY PLAN': unknown }>(
      `EXPLAIN (ANALYZE, BUFFERS, FORMAT JSON) SELECT event_id FROM stream.web_events
       WHERE _kafka_time >= '2026-03-14T05:31:00Z' ORDER BY _kafka_time DESC, _partition, _offset DESC LIMIT 1000`,
    );
    const plan = JSON.stringify(rows);
    expect(plan).toContain('web_events_20260314__kafka_time_idx');
    expect(plan).not.toMatch(/"Node Type":"Seq Scan"[^{}]*"Relation Name":"web_events_20260314"/);
    const removed = [...plan.matchAll(/"Rows Removed by Index Recheck":(\d+)/g)].reduce(
      (sum, [, n]) => sum + Number(n),
      0,
    );
    expect(removed).toBeLessThan(20_000);
  });

  test('purchases and refused messages are read from the end of an index', async () => {
    const own = await testPostgres();
    await own.pool.query(`
      INSERT INTO sales.order_status_history (source, order_id, event_id, kind, order_status, status_rank, status_time,
        purchase_time, currency, total_amount, document, schema_version, _partition, _offset, _kafka_time)
      SELECT 'busy', n::text, n::text, 'order', 'completed', 3, now(), now(), 'USD', 1, '{}', 1, 0, n, now()
      FROM generate_series(1, 20000) n`);
    await own.pool.query(`
      INSERT INTO stream.dead_letters (id, service, kind, code, message, failed_at, payload, payload_bytes, truncated)
      SELECT gen_random_uuid(), 's', 'website', 'c', 'm', now() - n * interval '1 second', '', 0, false
      FROM generate_series(1, 20000) n`);
    await own.pool.query('ANALYZE sales.order_status_history, stream.dead_letters');
    const planOf = async (sql: string): Promise<string> =>
      JSON.stringify((await own.pool.query(`EXPLAIN (FORMAT JSON) ${sql}`)).rows);
    expect(
      await planOf('SELECT * FROM sales.order_status_history WHERE _partition = 0 ORDER BY _offset DESC LIMIT 300'),
    ).toContain('"Index Name":"order_status_history_offset"');
    expect(
      await planOf('SELECT * FROM stream.dead_letters WHERE dropped_at IS NULL ORDER BY failed_at DESC, id LIMIT 300'),
    ).toContain('"Index Name":"dead_letters_time"');
    expect(
      await planOf(`SELECT * FROM stream.dead_letters WHERE event_id = 'x' ORDER BY failed_at DESC, id`),
    ).toContain('"Index Name":"dead_letters_event"');
  });
});
