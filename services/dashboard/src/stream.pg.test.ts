import { eventually, testPostgres, type TestPostgres } from '@ebb/testing';
import { beforeEach, describe, expect, test } from 'vitest';
import type { LiveDelta, LiveSnapshot, LiveTick } from './api/live-schema.ts';
import { EventReader } from './testing/event-reader.ts';
import { startDashboard, type TestDashboard } from './testing/test-dashboard.ts';

const VISIBLE_WITHIN_MS = 1000;
let db: TestPostgres;
let dashboard: TestDashboard;

/** Counts `events` more in the running minute, as the aggregator would in one transaction. */
async function addEvents(events: number, source = 'shop'): Promise<void> {
  await db.pool.query(
    `WITH minute AS (
       INSERT INTO kpi.web_minute_parts SELECT date_trunc('minute', now()), $2, 0, $1, 1, $1, 0, 1
       ON CONFLICT (window_start, source, part) DO UPDATE SET
         total_events = kpi.web_minute_parts.total_events + excluded.total_events,
         revision = kpi.web_minute_parts.revision + 1, updated_at = now()
     )
     INSERT INTO kpi.web_day_parts SELECT (now() AT TIME ZONE 'UTC')::date, $2, 0, $1, 1, $1, 0, 1
     ON CONFLICT (day, source, part) DO UPDATE SET
       total_events = kpi.web_day_parts.total_events + excluded.total_events,
       revision = kpi.web_day_parts.revision + 1, updated_at = now()`,
    [events, source],
  );
}

async function addOrder(currency: string, amount: string): Promise<void> {
  for (const [table, window] of [
    ['order_minute_parts', "date_trunc('minute', now())"],
    ['order_day_parts', "(now() AT TIME ZONE 'UTC')::date"],
  ]) {
    await db.pool.query(`INSERT INTO kpi.${table} SELECT ${window}, 'shop', $1, 0, 1, 1, $2, $2, 1, 0, 0, 0, 0`, [
      currency,
      amount,
    ]);
  }
}

async function metric(name: string): Promise<number> {
  const text = await (await fetch(`${dashboard.url}/metrics`)).text();
  return Number(new RegExp(`^${name}\\S* (\\S+)$`, 'm').exec(text)?.[1] ?? Number.NaN);
}

/** The next figures with another total; the turn of a minute sends figures too, with the same one. */
async function nextChange(stream: EventReader, knownTotal: number): Promise<LiveDelta> {
  for (;;) {
    const delta = (await stream.next('delta'))?.data as LiveDelta;
    if (delta.web.totalEvents !== knownTotal) return delta;
  }
}

async function openStream(query = '?source=shop'): Promise<EventReader> {
  return EventReader.open(`${dashboard.url}/api/live/stream${query}`);
}

beforeEach(async () => {
  db = await testPostgres();
  dashboard = await startDashboard(db.roleUrl('ebb_dashboard'), {
    env: { EBB_DASHBOARD_MAX_STREAMS: '3', EBB_DASHBOARD_MAX_CHANNELS: '2' },
  });
  return async () => {
    await dashboard.close();
    await db.drop();
  };
});

describe('a live stream', () => {
  test('starts with a snapshot and shows a commit, undisturbed within a second', async () => {
    let leastMs = Infinity;
    await addEvents(3);
    const stream = await openStream();
    const first = (await stream.next('snapshot'))?.data as LiveSnapshot;
    expect(first.web.totalEvents).toBe(3);
    expect(first.isToday).toBe(true);
    for (const total of [8, 13, 18]) {
      await addEvents(5);
      const committedMs = performance.now();
      const delta = await nextChange(stream, total - 5);
      expect(delta.web.totalEvents).toBe(total);
      leastMs = Math.min(leastMs, performance.now() - committedMs);
      expect(delta.lastMinutes?.events).toBe(total);
      expect(delta.webMinutes.events.at(-1)).toBeGreaterThan(0);
    }
    expect(leastMs).toBeLessThan(VISIBLE_WITHIN_MS);
    stream.close();
  });

  test('begins empty, and follows when the first order brings a currency', async () => {
    const stream = await openStream();
    const empty = (await stream.next('snapshot'))?.data as LiveSnapshot;
    expect(empty).toMatchObject({ currency: null, orders: { orders: 0 }, webMinutes: { minute: [] } });
    await addOrder('EUR', '12.5');
    const next = (await stream.next('snapshot'))?.data as LiveSnapshot;
    expect(next).toMatchObject({ currency: 'EUR', orders: { orders: 1, net: '12.5000' } });
    stream.close();
  });

  test('keeps talking while nothing happens, with how fresh the figures are', async () => {
    const stream = await openStream();
    await db.pool.query(
      `INSERT INTO stream.watermarks (topic, partition, kind, caught_up_at, event_time)
       VALUES ('w', 0, 'website', '2026-03-10 12:00:01Z', '2026-03-10 12:00:05Z'),
         ('w', 1, 'website', '2026-03-10 12:00:07Z', NULL)`,
    );
    const dataAsOf = await eventually(async () => {
      const tick = (await stream.next('tick'))?.data as LiveTick;
      expect(tick.freshness.dataAsOf).not.toBeNull();
      return tick.freshness.dataAsOf;
    });
    expect(dataAsOf).toBe('2026-03-10T12:00:05.000Z');
    stream.close();
  });

  test('says when the database fails and catches up by itself', async () => {
    await addEvents(1);
    const stream = await openStream();
    await stream.next('snapshot');
    await db.pool.query('ALTER VIEW kpi.web_day RENAME TO web_day_away');
    const tick = (await stream.next('tick'))?.data as LiveTick;
    expect(tick.healthy).toBe(false);
    await db.pool.query('ALTER VIEW kpi.web_day_away RENAME TO web_day');
    await addEvents(4);
    expect((await nextChange(stream, 1)).web.totalEvents).toBe(5);
    stream.close();
  });

  test('a day of another source changes nothing here', async () => {
    await addEvents(1);
    const stream = await openStream();
    await stream.next('snapshot');
    await addEvents(50, 'retail');
    await addEvents(1);
    expect((await nextChange(stream, 1)).web.totalEvents).toBe(2);
    stream.close();
  });
});

describe('many streams', () => {
  test('of one selection share one poll, and it ends with the last', async () => {
    const streams = [await openStream(), await openStream(), await openStream()];
    await Promise.all(streams.map((stream) => stream.next('snapshot')));
    expect(await metric('ebb_dashboard_streams')).toBe(3);
    expect(await metric('ebb_dashboard_channels')).toBe(1);
    for (const stream of streams) stream.close();
    await eventually(async () => {
      expect(await metric('ebb_dashboard_streams')).toBe(0);
      expect(await metric('ebb_dashboard_channels')).toBe(0);
    });
  });

  test('beyond the limit of streams or of selections are refused with a reason', async () => {
    const streams = [await openStream(), await openStream('?source=retail')];
    await expect(openStream('?source=bank')).rejects.toThrow(/503 .*TOO_MANY_STREAMS.*2 different selections/);
    streams.push(await openStream());
    await expect(openStream()).rejects.toThrow(/503 .*TOO_MANY_STREAMS.*3 live pages/);
    for (const stream of streams) stream.close();
    await eventually(async () => expect(await metric('ebb_dashboard_streams')).toBe(0));
    const again = await openStream();
    expect((await again.next('snapshot'))?.kind).toBe('snapshot');
    again.close();
  });

  test('are told goodbye and ended when the service drains, so that it can stop', async () => {
    const stream = await openStream();
    await stream.next('snapshot');
    await dashboard.drain?.();
    expect((await stream.next('bye'))?.kind).toBe('bye');
    expect(await stream.next('snapshot')).toBeNull();
    await dashboard.stop();
    await dashboard.run();
  });
});
