import { ORDER_STATUS_RANK, ORDER_STATUSES, reduceOrder, webEventIdentity } from '@ebb/contracts';
import { DAY_MS, MINUTE_MS, SeededRandom } from '@ebb/core';
import { type Client, connectClient, createPool, endClient } from '@ebb/postgres';
import { testPostgres, type TestPostgres } from '@ebb/testing';
import { describe, expect, onTestFinished, test } from 'vitest';
import { BatchWriter } from './batch-writer.ts';
import { BusinessCalendar } from './business-calendar.ts';
import { dayNumber, dayText } from './days.ts';
import { dayLocks } from './locks.ts';
import { MemberCache } from './member-cache.ts';
import { loadGeneration, loadOffsets, OffsetsStore } from './offsets-store.ts';
import { OrdersStore } from './orders-store.ts';
import { PartitionsStore } from './partitions-store.ts';
import { RawStore } from './raw-store.ts';
import { keepRetention } from './retention.ts';
import { purchaseRow, webRow } from './testing/rows.ts';
import { shuffle } from './testing/world.ts';
import type { Batch, OffsetMove, PurchaseRow, WebRow } from './types.ts';

const NOON_MS = Date.UTC(2026, 10, 21, 12);

async function connect(database: TestPostgres): Promise<Client> {
  const client = await connectClient({ url: database.roleUrl('ebb_aggregator'), applicationName: 'test' });
  onTestFinished(() => endClient(client));
  return client;
}

async function withNoon(client: Client): Promise<void> {
  await new PartitionsStore().ensure(client, [dayNumber(NOON_MS)]);
}

/** Of a move that nobody looks at the messages of. */
const NO_MESSAGES = { messages: 0, accepted: 0, dead: 0, kafkaTimesMs: null };
const NOTHING = { ...NO_MESSAGES, new: 0, duplicate: 0, checksum: 0n };

function batchOf(web: readonly WebRow[], moves: readonly OffsetMove[] = []): Batch {
  return { web: [...web], purchases: [], deadLetters: [], moves: [...moves], receipts: [] };
}

function createWriter(timezone = 'UTC'): BatchWriter {
  return new BatchWriter(new BusinessCalendar(timezone), new MemberCache(1_000));
}

describe('RawStore', () => {
  test.each(['plain', '0192f0c8-5f3a-7c11-8b4e-2f6a1d0c9b7e', '0192F0C8-5f3a-7c11-8b4e-2f6a1d0c9b7e'])(
    'the key of event %s is the one the contract tells',
    async (eventId) => {
      const database = await testPostgres();
      const client = await connect(database);
      await withNoon(client);
      const row = webRow({ eventTimeMs: NOON_MS, eventId });
      await new RawStore().insert(client, [row], []);
      const { rows } = await database.pool.query<{ identity: string }>('SELECT identity FROM stream.web_events');
      expect(rows).toEqual([{ identity: webEventIdentity(row.digest, eventId) }]);
    },
  );

  test('stores every column as it is, absent ones as null', async () => {
    const database = await testPostgres();
    const client = await connect(database);
    await withNoon(client);
    const full = webRow({
      eventTimeMs: NOON_MS + 123,
      eventId: 'ü€😀',
      userKey: 'u',
      userId: null,
      anonymousId: 'u',
      sessionId: 's',
      pageUrl: '/p',
      productId: 'p',
      orderId: 'o',
      deviceType: 'tablet',
      searchQuery: 'q',
      referrer: 'r',
      utmSource: 'a',
      utmMedium: 'b',
      utmCampaign: 'c',
      country: 'DE',
      properties: '{"a":1.50}',
      extra: '{"b":[]}',
    });
    const bare = webRow({ eventTimeMs: NOON_MS, eventId: 'bare' }, { offset: 2 ** 40, partition: 11 });
    expect(await new RawStore().insert(client, [full, bare], [])).toHaveLength(2);
    const { rows } = await database.pool.query('SELECT * FROM stream.web_events ORDER BY event_id');
    expect(rows[1]).toMatchObject({
      event_time: new Date(NOON_MS + 123),
      day: '2026-11-21',
      event_id: 'ü€😀',
      user_id: null,
      anonymous_id: 'u',
      utm_medium: 'b',
      country: 'DE',
      properties: { a: 1.5 },
      extra: { b: [] },
    });
    expect(rows[0]).toMatchObject({
      user_id: 'user',
      _offset: String(2 ** 40),
      _partition: 11,
      session_id: null,
      extra: null,
    });
  });

  test('the first of an identity counts, in a batch and over batches; the others are told apart', async () => {
    const client = await connect(await testPostgres());
    await withNoon(client);
    const store = new RawStore();
    const row = (eventId: string, sessionId: string, offset: number): WebRow =>
      webRow({ eventTimeMs: NOON_MS, eventId, sessionId }, { offset });
    const first = [row('a', '1', 1), row('b', '1', 2), row('a', '2', 3)];
    await client.query('BEGIN');
    await expect(store.insert(client, first, [])).rejects.toMatchObject({ code: 'REPEATED_EVENTS' });
    await client.query('ROLLBACK');
    await client.query('BEGIN');
    expect(await store.insert(client, first, [])).toEqual(first.slice(0, 2));
    await client.query('COMMIT');
    const second = [row('b', '3', 4), row('c', '3', 5), first[0] as WebRow];
    await client.query('BEGIN');
    expect(await store.insert(client, second, [])).toEqual([second[1]]);
    await client.query('COMMIT');
  });
});

describe('BatchWriter', () => {
  test('writers of the same users at the same time count each user and session once', async () => {
    const database = await testPostgres();
    const random = new SeededRandom('concurrent');
    const rows = Array.from({ length: 1_200 }, (_, index) =>
      webRow(
        {
          eventTimeMs: NOON_MS + random.int(3) * MINUTE_MS,
          eventId: `event-${random.int(1_000)}`,
          userKey: `user-${random.int(40)}`,
          sessionId: random.bool(0.1) ? null : `session-${random.int(3)}`,
        },
        { partition: index % 3 },
      ),
    );
    const generation = await loadGeneration(await connect(database));
    await Promise.all(
      [0, 1, 2].map(async (partition) => {
        const client = await connect(database);
        const writer = createWriter();
        const own = rows.filter((row) => row.partition === partition);
        for (let from = 0; from < own.length; from += 50) {
          // Two writers that meet may have to be told apart by the server: then one of them tries again.
          const write = () => writer.write(client, batchOf(own.slice(from, from + 50)), generation);
          await write().catch(write);
        }
      }),
    );
    const live = await database.pool.query(
      'SELECT window_start, total_events, unique_users, total_sessions FROM kpi.web_minute ORDER BY 1',
    );
    const stored = await database.pool.query(
      `SELECT date_trunc('minute', event_time) AS window_start, count(*) AS total_events,
         count(DISTINCT user_key) AS unique_users, count(DISTINCT (user_key, session_id)) FILTER (WHERE session_id IS NOT NULL)
         AS total_sessions FROM stream.web_events GROUP BY 1 ORDER BY 1`,
    );
    expect(live.rows).toEqual(stored.rows);
  });

  test('a batch that does not start where its partition stands leaves nothing behind', async () => {
    const database = await testPostgres();
    const client = await connect(database);
    await loadOffsets(client, [{ topic: 't', partition: 0, logStart: 5 }]);
    const move = (from: number, to: number): OffsetMove => ({
      topic: 't',
      partition: 0,
      kind: 'website',
      from,
      to,
      watermarkMs: NOON_MS,
      ...NO_MESSAGES,
    });
    const generation = await loadGeneration(client);
    const writer = createWriter();
    const stale = writer.write(client, batchOf([webRow({ eventTimeMs: NOON_MS })], [move(4, 9)]), generation);
    await expect(stale).rejects.toMatchObject({ code: 'STALE_OFFSETS' });
    const counts = await database.pool.query(
      `SELECT (SELECT count(*) FROM stream.web_events) + (SELECT count(*) FROM kpi.web_minute_parts)
         + (SELECT count(*) FROM kpi.window_members) + (SELECT count(*) FROM stream.watermarks) AS rows`,
    );
    expect(counts.rows).toEqual([{ rows: '0' }]);
    await writer.write(client, batchOf([webRow({ eventTimeMs: NOON_MS })], [move(5, 9)]), generation);
    expect(await loadOffsets(client, [{ topic: 't', partition: 0, logStart: 0 }])).toMatchObject([{ nextOffset: 9 }]);
  });

  test('a rebuild in between makes what was remembered void', async () => {
    const database = await testPostgres();
    const client = await connect(database);
    const writer = createWriter();
    const row = webRow({ eventTimeMs: NOON_MS, userKey: 'u', eventId: 'a' });
    await writer.write(client, batchOf([row]), await loadGeneration(client));
    // The event is removed by hand and its day rebuilt: the user is no longer counted.
    await database.pool.query('DELETE FROM stream.web_events');
    await database.pool.query(`SELECT kpi.rebuild_day('2026-11-21')`);
    const next = batchOf([webRow({ eventTimeMs: NOON_MS, userKey: 'u', eventId: 'b' })]);
    await expect(writer.write(client, next, '1')).rejects.toMatchObject({ code: 'STALE_GENERATION' });
    await writer.write(client, next, await loadGeneration(client));
    const { rows } = await database.pool.query('SELECT total_events, unique_users FROM kpi.web_day');
    expect(rows).toEqual([{ total_events: '1', unique_users: '1' }]);
  });

  test('a rebuild of a day waits for batches of that day, not for those of others', async () => {
    const database = await testPostgres();
    const client = await connect(database);
    await withNoon(client);
    await client.query('BEGIN');
    await new RawStore().insert(client, [webRow({ eventTimeMs: NOON_MS })], dayLocks([dayNumber(NOON_MS)]));
    await database.pool.query(`SELECT kpi.rebuild_day('2026-11-19')`);
    const rebuild = database.pool.query(`SET lock_timeout = '100ms'; SELECT kpi.rebuild_day('2026-11-21')`);
    await expect(rebuild).rejects.toThrow('lock timeout');
    await client.query('ROLLBACK');
    await database.pool.query(`SELECT kpi.rebuild_day('2026-11-21')`);
  });
});

describe('OrdersStore', () => {
  const random = new SeededRandom('order store');
  const states = Array.from({ length: 400 }, (_, index): PurchaseRow => {
    const status = random.pick(ORDER_STATUSES);
    return purchaseRow({
      orderId: `order-${random.int(40)}`,
      eventId: `${random.pick(['a', 'Z', 'é', '😀', '￿'])}${index}`,
      status,
      statusRank: ORDER_STATUS_RANK[status],
      statusTimeMs: NOON_MS + random.int(2),
      totalAmount: BigInt(index),
      items: Array.from({ length: random.int(4) }, (_, line) => ({
        lineNo: 1 + line + random.int(2) * 5,
        productId: `p${random.int(3)}`,
        description: null,
        quantity: 1,
        unitPrice: 10_000n,
      })),
    });
  });

  test('whatever the order of events and batches, the greatest one is the state', async () => {
    const database = await testPostgres();
    const client = await connect(database);
    const store = new OrdersStore();
    const rows = shuffle(random, [...states, ...states.slice(0, 50)]);
    for (let from = 0; from < rows.length; from += 37) {
      await client.query('BEGIN');
      await store.apply(client, rows.slice(from, from + 37), []);
      await client.query('COMMIT');
    }
    const byOrder = Map.groupBy(states, ({ event }) => event.orderId);
    const expected = [...byOrder].map(([orderId, own]) => {
      const state = reduceOrder(own.map(({ event }) => event));
      return {
        order_id: orderId,
        event_id: state?.eventId,
        lines: state?.items.map(({ lineNo }) => lineNo).toSorted((a, b) => a - b),
      };
    });
    const stored = await database.pool.query(
      `SELECT order_id, event_id, ARRAY(SELECT line_no FROM sales.order_items i WHERE i.order_id = o.order_id
         ORDER BY line_no) AS lines FROM sales.orders o`,
    );
    const byId = (a: { order_id: string }, b: { order_id: string }): number => (a.order_id < b.order_id ? -1 : 1);
    expect(stored.rows.toSorted(byId)).toEqual(expected.toSorted(byId));
  });

  test('reports what changed, from which state to which', async () => {
    const client = await connect(await testPostgres());
    const store = new OrdersStore();
    const older = purchaseRow({ orderId: 'x', statusTimeMs: NOON_MS, totalAmount: 5n, currency: 'EUR' });
    const newer = purchaseRow({ orderId: 'x', statusTimeMs: NOON_MS + 1, totalAmount: 7n, currency: 'USD' });
    expect((await store.apply(client, [newer], [])).changes).toMatchObject([
      { before: null, after: { totalAmount: 7n } },
    ]);
    expect((await store.apply(client, [older], [])).changes).toEqual([]);
    const newest = purchaseRow({ orderId: 'x', statusTimeMs: NOON_MS + 2, totalAmount: 9n, currency: 'GBP' });
    expect((await store.apply(client, [newest], [])).changes).toMatchObject([
      { before: { totalAmount: 7n, currency: 'USD' }, after: { totalAmount: 9n, currency: 'GBP' } },
    ]);
  });
});

describe('days', () => {
  test('several at once make the same days without failing', async () => {
    const database = await testPostgres();
    const clients = await Promise.all([connect(database), connect(database), connect(database)]);
    const days = Array.from({ length: 20 }, (_, index) => 15_000 + index);
    await Promise.all(clients.map((client) => new PartitionsStore().ensure(client, days)));
    const { rows } = await database.pool.query(
      `SELECT count(*)::integer AS n FROM pg_inherits WHERE inhparent = 'stream.web_events'::regclass
         AND inhrelid::regclass::text LIKE '%_2011%'`,
    );
    expect(rows).toEqual([{ n: 20 }]);
  });

  test('business days are those of Postgres, over a change of the clocks', async () => {
    const client = await connect(await testPostgres());
    const calendar = new BusinessCalendar('America/New_York');
    const minute = (iso: string): number => Date.parse(iso) / MINUTE_MS;
    const minutes = ['2026-11-01T03:59:00Z', '2026-11-01T04:00:00Z', '2026-11-02T04:59:00Z', '2026-11-02T05:00:00Z'];
    await calendar.prepare(client, minutes.map(minute));
    expect(minutes.map((iso) => dayText(calendar.dayOf(minute(iso))))).toEqual([
      '2026-10-31',
      '2026-11-01',
      '2026-11-01',
      '2026-11-02',
    ]);
  });

  test('windows, users and sessions are numbered as the functions of kpi do', async () => {
    const database = await testPostgres();
    const client = await connect(database);
    const row = webRow({ eventTimeMs: NOON_MS + 5 * MINUTE_MS, userKey: 'ü€ user', sessionId: 'session ü' });
    await createWriter().write(client, batchOf([row]), await loadGeneration(client));
    const { rows } = await database.pool.query(
      `SELECT member, first_session, kpi.session_hash('session ü') AS session,
         member IN (kpi.window_key('2026-11-21', 725, 'shop', 'ü€ user'), kpi.window_key('2026-11-21', 1440, 'shop', 'ü€ user'))
           AS is_same
       FROM kpi.window_members`,
    );
    expect(rows.map((found) => [found.is_same, found.first_session])).toEqual([
      [true, rows[0].session],
      [true, rows[0].session],
    ]);
  });

  test('retention drops days nothing can come for, keeps replayed ones, and says what it dropped', async () => {
    const database = await testPostgres();
    const client = await connect(database);
    const nowMs = Date.now();
    const old = nowMs - 402 * DAY_MS;
    const replayed = nowMs - 500 * DAY_MS;
    const limit = nowMs - 399 * DAY_MS;
    await new PartitionsStore().ensure(client, [old, replayed, limit].map(dayNumber));
    await new RawStore().insert(
      client,
      [
        webRow({ eventTimeMs: old }),
        webRow({ eventTimeMs: replayed }, { kafkaTimeMs: nowMs }),
        webRow({ eventTimeMs: limit }),
      ],
      [],
    );
    const daysLeft = async (): Promise<number[]> => {
      const { rows } = await database.pool.query<{ day: string }>('SELECT day FROM stream.web_events ORDER BY day');
      return rows.map(({ day }) => dayNumber(Date.parse(day)));
    };
    // A partition nobody has read up yet may still hold events of the day.
    await database.pool.query(
      `INSERT INTO stream.watermarks (topic, partition, kind, caught_up_at) VALUES ('t', 0, 'website', now()),
         ('t', 1, 'website', now() - interval '3 days')`,
    );
    expect(await keepRetention(database.pool, nowMs)).toEqual([]);
    await database.pool.query(`UPDATE stream.watermarks SET caught_up_at = now()`);
    // A plan that looks at all relations before it knows which are partitions.
    const url = new URL(database.url);
    url.searchParams.set('options', '-c enable_nestloop=off -c enable_mergejoin=off -c enable_indexscan=off');
    const otherPlan = createPool({ url: url.href, max: 1, applicationName: 'ebb-test' });
    onTestFinished(() => otherPlan.end());
    expect(await keepRetention(otherPlan, nowMs)).toEqual([dayText(dayNumber(old))]);
    expect(await keepRetention(database.pool, nowMs)).toEqual([]);
    expect(await daysLeft()).toEqual([dayNumber(replayed), dayNumber(limit)]);
    const { rows } = await database.pool.query('SELECT day, events FROM stream.dropped_days');
    expect(rows).toEqual([{ day: dayText(dayNumber(old)), events: '1' }]);
    const rebuilt = await database.pool.query('SELECT kpi.rebuild_day($1::date) AS web', [dayText(dayNumber(old))]);
    expect(rebuilt.rows).toEqual([{ web: false }]);
  });
});

describe('OffsetsStore', () => {
  test('an alarm keeps its partition from moving', async () => {
    const database = await testPostgres();
    const client = await connect(database);
    await loadOffsets(client, [{ topic: 't', partition: 0, logStart: 0 }]);
    await database.pool.query(`UPDATE stream.consumer_offsets SET alarm = 'wait'`);
    const move = { topic: 't', partition: 0, kind: 'purchase', from: 0, to: 1, watermarkMs: null, ...NOTHING } as const;
    expect(await new OffsetsStore().move(client, [move])).toMatchObject({ isCurrent: false });
  });

  test('watermarks only rise; windows behind the slowest partition are complete, silent ones do not hold it', async () => {
    const database = await testPostgres();
    const client = await connect(database);
    const store = new OffsetsStore();
    const partitions = [0, 1].map((partition) => ({ topic: 't', partition, logStart: 0 }));
    await loadOffsets(client, partitions);
    const move = (partition: number, from: number, watermarkMs: number) =>
      store.move(client, [{ topic: 't', partition, kind: 'website', from, to: from + 1, watermarkMs, ...NOTHING }]);
    await move(0, 0, NOON_MS + 10 * MINUTE_MS);
    await move(0, 1, NOON_MS);
    await move(1, 0, NOON_MS + MINUTE_MS);
    const watermark = async (): Promise<number | undefined> => {
      const { rows } = await database.pool.query<{ watermark: Date }>('SELECT watermark FROM stream.event_watermarks');
      return rows[0]?.watermark.getTime();
    };
    expect(await watermark()).toBe(NOON_MS + MINUTE_MS - 5_000);
    await database.pool.query('UPDATE stream.watermarks SET caught_up_at = $1 WHERE partition = 1', [
      new Date(NOON_MS + 6 * MINUTE_MS).toISOString(),
    ]);
    expect(await watermark()).toBe(NOON_MS + 5 * MINUTE_MS - 5_000);
  });
});
