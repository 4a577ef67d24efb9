import { sleep } from '@ebb/core';
import {
  eventually,
  testClickhouse,
  type TestClickhouse,
  testPostgres,
  type TestPostgres,
  uniqueName,
} from '@ebb/testing';
import { beforeAll, beforeEach, describe, expect, onTestFinished, test } from 'vitest';
import {
  createTopic,
  createTopics,
  isDrained,
  metricValue,
  type RunningSink,
  type SinkSetting,
  startSink,
  type TestTopics,
} from './testing/harness.ts';
import { storedEvents, WebWorld } from './testing/web-world.ts';

let database: TestPostgres;
let clickhouse: TestClickhouse;

beforeAll(async () => {
  [database, clickhouse] = await Promise.all([testPostgres(), testClickhouse()]);
});

beforeEach(async () => {
  await clickhouse.clickhouse.command('TRUNCATE TABLE raw.web_events');
  await clickhouse.clickhouse.command('TRUNCATE TABLE ops.sink_progress');
});

type Setting = SinkSetting & { readonly topics: TestTopics };

async function prepare(partitions = 3): Promise<Setting> {
  const topics = await createTopics(partitions);
  onTestFinished(() => topics.close());
  return { database, clickhouse, topics, group: uniqueName('group') };
}

function start(setting: Setting, env: Record<string, string> = {}): RunningSink {
  const running = startSink(setting, env);
  onTestFinished(() => running.stop());
  return running;
}

async function drained(setting: Setting): Promise<void> {
  const { kafka, website } = setting.topics;
  await eventually(async () => expect(await isDrained(setting, kafka, [website])).toBe(true), {
    timeoutMs: 60_000,
    intervalMs: 100,
  });
}

describe('web events', () => {
  test('every accepted event once, the first of its identity, NULL as NULL', async () => {
    const setting = await prepare();
    const world = new WebWorld('once');
    await setting.topics.producer.send(setting.topics.website, world.next(400));
    const running = start(setting);
    await setting.topics.producer.send(setting.topics.website, world.next(400));
    await drained(setting);
    expect(await storedEvents(clickhouse)).toEqual(world.expected);
    const [nulls] = await clickhouse.clickhouse.query(
      `SELECT countIf(page_url IS NULL) > 0 AS page, countIf(user_id IS NULL) > 0 AS user,
         countIf(search_query IS NOT NULL) AS search FROM raw.web_events_current`,
    );
    expect(nulls).toEqual({ page: 1, user: 1, search: '0' });
    expect(await metricValue(running.metrics, 'messages_without_row_total')).toBeGreaterThan(10);
    expect(running.sink.readiness()).toMatchObject({ ready: true });
    await eventually(async () => expect(await metricValue(running.metrics, 'messages_total')).toBe(800));
  });

  test('what ClickHouse was set back to is read again, and the position in it decides, not that of the broker', async () => {
    const setting = await prepare(1);
    const world = new WebWorld('set back');
    await setting.topics.producer.send(setting.topics.website, world.next(100));
    const first = startSink(setting);
    await drained(setting);
    await first.stop();
    await clickhouse.clickhouse.command('TRUNCATE TABLE raw.web_events');
    await clickhouse.clickhouse.command('TRUNCATE TABLE ops.sink_progress');
    await clickhouse.clickhouse.command(
      `INSERT INTO ops.sink_progress (lane, topic, partition, next_offset, max_version)
       VALUES ('web', '${setting.topics.website}', 0, 60, 0)`,
    );
    start(setting);
    await drained(setting);
    const [stored] = await clickhouse.clickhouse.query(
      'SELECT min(_offset) >= 60 AS isTail, count() > 20 AS isThere FROM raw.web_events',
    );
    expect(stored).toEqual({ isTail: 1, isThere: 1 });
  });

  test('instances that come and go share the work, and no event is missing or there twice', async () => {
    const setting = await prepare(6);
    const world = new WebWorld('rebalance');
    const { producer, website } = setting.topics;
    const sender = new AbortController();
    const sending = (async () => {
      while (!sender.signal.aborted) {
        await producer.send(website, world.next(50));
        await sleep(20);
      }
    })();
    let current = startSink(setting);
    for (let round = 1; round <= 3; round += 1) {
      await eventually(async () => expect((await storedEvents(clickhouse)).length).toBeGreaterThan(round * 150));
      const joining = startSink(setting);
      await eventually(async () => expect(await metricValue(joining.metrics, 'messages_total')).toBeGreaterThan(0), {
        timeoutMs: 30_000,
      });
      await current.stop();
      current = joining;
    }
    sender.abort();
    await sending;
    await drained(setting);
    expect(await storedEvents(clickhouse)).toEqual(world.expected);
    await current.stop();
  });

  test('ClickHouse killed again and again: nothing is lost, readiness says why, and it goes on', async () => {
    const setting = await prepare();
    const world = new WebWorld('killed');
    const { producer, website } = setting.topics;
    const running = start(setting);
    for (let round = 0; round < 3; round += 1) {
      await producer.send(website, world.next(300));
      await sleep(round * 60);
      await clickhouse.kill();
      await producer.send(website, world.next(300));
      await eventually(() => expect(running.sink.readiness().reasons.join()).toMatch(/web: .*ClickHouse/));
      await clickhouse.start();
      await eventually(() => expect(running.sink.readiness().ready).toBe(true));
    }
    await drained(setting);
    expect(await storedEvents(clickhouse)).toEqual(world.expected);
  });

  test('messages deleted unread stop their partition with an alarm, the others go on', async () => {
    const setting = await prepare(2);
    const { topics } = setting;
    const world = new WebWorld('deleted');
    const inPartition = (partition: number, count: number) =>
      world.next(count).map((message) => ({ ...message, partition }));
    await topics.producer.send(topics.website, [...inPartition(0, 10), ...inPartition(1, 10)]);
    await clickhouse.clickhouse.command(
      `INSERT INTO ops.sink_progress (lane, topic, partition, next_offset, max_version)
       VALUES ('web', '${topics.website}', 0, 2, 0), ('web', '${topics.website}', 1, 0, 0)`,
    );
    const admin = topics.kafka.admin();
    await admin.connect();
    await admin.fetchTopicOffsets(topics.website);
    await admin.deleteTopicRecords({ topic: topics.website, partitions: [{ partition: 0, offset: '6' }] });
    await admin.disconnect();
    const running = start(setting);
    await eventually(async () => {
      const rows = await clickhouse.clickhouse.query('SELECT DISTINCT _partition FROM raw.web_events');
      expect(rows).toEqual([{ _partition: 1 }]);
    });
    const note = `${topics.website}:0: the log starts at 6, after the stored position 2: messages were deleted unread`;
    await eventually(() => expect(running.sink.readiness()).toMatchObject({ ready: true, notes: [note] }));
    await eventually(async () => expect(await metricValue(running.metrics, 'partition_stopped')).toBe(1));
  });

  test('a trickle makes few parts', async () => {
    const setting = await prepare();
    const running = start(setting);
    const { producer, website } = setting.topics;
    const world = new WebWorld('trickle');
    await producer.send(website, world.next(1));
    await drained(setting);
    const insertsBefore = await inserts(running);
    const startedAt = Date.now();
    while (Date.now() - startedAt < 4_000) {
      await producer.send(website, world.next(5));
      await sleep(20);
    }
    const seconds = (Date.now() - startedAt) / 1000;
    await drained(setting);
    expect((await inserts(running)) - insertsBefore).toBeLessThanOrEqual(seconds / 0.65 + 2);
  });

  test('new topics of captured tables are found while it runs', async () => {
    const setting = await prepare(1);
    const running = start(setting);
    const name = `${setting.topics.capturedPrefix}crm.customers`;
    await createTopic(setting.topics.kafka, name, 2);
    await setting.topics.producer.send(name, [{ key: 'a', value: '{}' }]);
    await eventually(async () => expect(await isDrained(setting, setting.topics.kafka, [name])).toBe(true), {
      timeoutMs: 30_000,
    });
    await eventually(async () =>
      expect(await metricValue(running.metrics, 'messages_total', { lane: 'captured' })).toBe(1),
    );
  });
});

async function inserts({ metrics }: RunningSink): Promise<number> {
  const histogram = await metrics.registry.getSingleMetric('ebb_cdc_sink_insert_rows')?.get();
  const counts = histogram?.values as { metricName?: string; value: number }[] | undefined;
  return counts?.find(({ metricName }) => metricName?.endsWith('_count'))?.value ?? 0;
}
