import { DEAD_LETTER_KINDS, encodeDeadLetter, encodeWebEvent, HEADERS, makeDeadLetter } from '@ebb/contracts';
import { createKafka, createProducer } from '@ebb/kafka';
import { createPool } from '@ebb/postgres';
import { eventually, testKafka, testPostgres, type TestPostgres, uniqueName } from '@ebb/testing';
import { describe, expect, onTestFinished, test } from 'vitest';
import {
  createTopics,
  isDrained,
  metricValue,
  type RunningAggregator,
  setPartitions,
  startAggregator,
  type TestTopics,
} from './testing/harness.ts';
import { findDifferences, loadProduced } from './testing/reference.ts';
import { makeWorld, type TestMessage } from './testing/world.ts';

interface Setting {
  readonly database: TestPostgres;
  readonly topics: TestTopics;
  readonly group: string;
}

async function prepare(partitions = 1): Promise<Setting> {
  const [database, topics] = await Promise.all([testPostgres(), createTopics(partitions)]);
  onTestFinished(() => topics.close());
  return { database, topics, group: uniqueName('group') };
}

async function start(
  { database, topics, group }: Setting,
  env: Record<string, string> = {},
): Promise<RunningAggregator> {
  const running = await startAggregator(database, { topics, group, env });
  onTestFinished(() => running.stop());
  return running;
}

async function adminOf({ topics }: Setting): Promise<ReturnType<typeof topics.kafka.admin>> {
  const admin = topics.kafka.admin();
  await admin.connect();
  onTestFinished(() => admin.disconnect());
  return admin;
}

function pageView(id: number, pageUrl = '/', headers?: Record<string, string>): { key: string; value: string } {
  const value = encodeWebEvent({
    eventId: `event-${id}`,
    eventTimeMs: Date.now(),
    eventType: 'page_view',
    pageUrl,
    userId: `user-${id % 7}`,
  });
  return { key: `user-${id % 7}`, value, ...(headers ? { headers } : {}) };
}

const pageViews = (from: number, to: number): { key: string; value: string }[] =>
  Array.from({ length: to - from }, (_, index) => pageView(from + index));

async function storedIds({ database }: Setting): Promise<string[]> {
  const { rows } = await database.pool.query<{ event_id: string }>(
    `SELECT event_id FROM stream.web_events ORDER BY _offset`,
  );
  return rows.map((row) => row.event_id);
}

async function totalEvents({ database }: Setting): Promise<number> {
  const { rows } = await database.pool.query<{ total: string }>(
    'SELECT coalesce(sum(total_events), 0) AS total FROM kpi.web_minute',
  );
  return Number(rows[0]?.total);
}

const drained = ({ database, topics }: Setting): Promise<true> =>
  eventually(() => isDrained(database, topics), { timeoutMs: 80_000, intervalMs: 100 }).then(() => true);

describe('recovery', () => {
  test('somebody else moves the position: the batch is rolled back and reading goes on from there', async () => {
    const setting = await prepare();
    const running = await start(setting);
    await setting.topics.producer.send(setting.topics.website, pageViews(0, 10));
    await drained(setting);
    // Two ahead, as if another instance had stored them.
    await setting.database.pool.query(
      'UPDATE stream.consumer_offsets SET next_offset = next_offset + 2 WHERE topic = $1',
      [setting.topics.website],
    );
    await setting.topics.producer.send(setting.topics.website, pageViews(10, 20));
    await drained(setting);
    expect(await storedIds(setting)).toEqual([...pageIds(0, 10), ...pageIds(12, 20)]);
    expect(await totalEvents(setting)).toBe(18);
    expect(await metricValue(running.metrics, 'fenced_total')).toBeGreaterThan(0);
  });

  test('a position set back is read again, and what is stored already counts once', async () => {
    const setting = await prepare();
    await start(setting);
    await setting.topics.producer.send(setting.topics.website, pageViews(0, 10));
    await drained(setting);
    await setting.database.pool.query('UPDATE stream.consumer_offsets SET next_offset = 3 WHERE topic = $1', [
      setting.topics.website,
    ]);
    await setting.topics.producer.send(setting.topics.website, pageViews(10, 12));
    await drained(setting);
    expect(await totalEvents(setting)).toBe(12);
  });

  test('the position in Postgres decides where a new instance starts, not that of the broker', async () => {
    const setting = await prepare();
    const first = await startAggregator(setting.database, setting);
    await setting.topics.producer.send(setting.topics.website, pageViews(0, 10));
    await drained(setting);
    await first.stop();
    await setting.database.pool.query('UPDATE stream.consumer_offsets SET next_offset = 4 WHERE topic = $1', [
      setting.topics.website,
    ]);
    await setting.database.pool.query('TRUNCATE stream.web_events');
    await start(setting);
    await drained(setting);
    expect(await storedIds(setting)).toEqual(pageIds(4, 10));
  });

  test('messages deleted unread stop their partition, with an alarm, until somebody decides', async () => {
    const setting = await prepare(2);
    const { database, topics } = setting;
    const inPartition = (partition: number, from: number, to: number) =>
      pageViews(from, to).map((message) => ({ ...message, partition }));
    await topics.producer.send(topics.website, [...inPartition(0, 0, 10), ...inPartition(1, 10, 20)]);
    const admin = await adminOf(setting);
    // It deletes only in topics it has looked at.
    await admin.fetchTopicOffsets(topics.website);
    await admin.deleteTopicRecords({ topic: topics.website, partitions: [{ partition: 0, offset: '6' }] });
    await database.pool.query('INSERT INTO stream.consumer_offsets VALUES ($1, 0, 2)', [topics.website]);
    const running = await start(setting);
    const alarm = await eventually(async () => {
      const { rows } = await database.pool.query<{ alarm: string | null }>(
        'SELECT alarm FROM stream.consumer_offsets WHERE topic = $1 AND partition = 0',
        [topics.website],
      );
      expect(rows[0]?.alarm).not.toBeNull();
      return rows[0]?.alarm;
    });
    expect(alarm).toBe('log starts at 6, after next_offset 2: messages were deleted unread');
    await eventually(async () => expect(await storedIds(setting)).toEqual(pageIds(10, 20)));
    await eventually(async () => expect(await metricValue(running.metrics, 'partition_stopped')).toBe(1));

    await database.pool.query(
      'UPDATE stream.consumer_offsets SET next_offset = 6, alarm = NULL WHERE alarm IS NOT NULL',
    );
    await drained(setting);
    expect(await totalEvents(setting)).toBe(14);
  });

  test('a position beyond the end of the log stops the partition too', async () => {
    const setting = await prepare();
    const { database, topics } = setting;
    await topics.producer.send(topics.website, pageViews(0, 3));
    await database.pool.query('INSERT INTO stream.consumer_offsets VALUES ($1, 0, 50)', [topics.website]);
    await start(setting);
    await eventually(async () => {
      const { rows } = await database.pool.query('SELECT alarm FROM stream.consumer_offsets WHERE alarm IS NOT NULL');
      expect(rows).toEqual([{ alarm: 'log ends at 3, before next_offset 50: it lost messages or is another one' }]);
    });
  });

  test('a message the database refuses becomes a dead letter, and no other one is held up', async () => {
    const setting = await prepare();
    const { database, topics } = setting;
    await database.pool.query(`ALTER TABLE stream.web_events ADD CONSTRAINT odd CHECK (page_url <> '/odd')`);
    const messages = pageViews(0, 200);
    messages[77] = pageView(77, '/odd');
    messages[78] = pageView(78, '/odd');
    await topics.producer.send(topics.website, messages);
    await start(setting);
    await drained(setting);
    expect(await totalEvents(setting)).toBe(198);
    const { rows } = await database.pool.query('SELECT code, "offset" FROM stream.dead_letters ORDER BY "offset"');
    expect(rows).toEqual([
      { code: 'storage_failed', offset: '77' },
      { code: 'storage_failed', offset: '78' },
    ]);
  });

  test('a policy written after the start is found; one that nobody wrote makes a dead letter', async () => {
    const setting = await prepare();
    const { database, topics } = setting;
    await start(setting);
    await topics.producer.send(topics.website, pageViews(0, 1));
    await drained(setting);
    await database.pool.query(`INSERT INTO ops.policies VALUES (2, 400, '{}', now())`);
    await topics.producer.send(topics.website, [
      pageView(1, '/', { [HEADERS.policy]: '2' }),
      pageView(2, '/', { [HEADERS.policy]: '3' }),
    ]);
    await drained(setting);
    expect(await storedIds(setting)).toEqual(pageIds(0, 2));
    const { rows } = await database.pool.query('SELECT code, event_id FROM stream.dead_letters');
    expect(rows).toEqual([{ code: 'unknown_policy', event_id: 'event-2' }]);
  });

  test('dead letters of other services are stored once; an unreadable one is a dead letter itself', async () => {
    const setting = await prepare();
    const { database, topics } = setting;
    const letter = encodeDeadLetter(
      makeDeadLetter({
        id: '0192f0c8-5f3a-7c11-8b4e-000000000001',
        service: 'collector',
        kind: DEAD_LETTER_KINDS[0],
        code: 'missing_field',
        message: 'event_id is required',
        failedAtMs: Date.now(),
        payload: Buffer.from('{"a":1}'),
      }),
    );
    await topics.producer.send(topics.dead_letters, [
      { key: null, value: letter },
      { key: null, value: letter },
      { key: null, value: 'no letter' },
    ]);
    await start(setting);
    await drained(setting);
    const { rows } = await database.pool.query(
      `SELECT service, kind, code, convert_from(payload, 'UTF8') AS payload FROM stream.dead_letters ORDER BY service`,
    );
    expect(rows).toEqual([
      { service: 'collector', kind: 'website', code: 'missing_field', payload: '{"a":1}' },
      { service: 'stream-aggregator', kind: 'dead_letter', code: 'malformed_json', payload: 'no letter' },
    ]);
  });

  test('more partitions: users that moved to another one are counted once', { timeout: 120_000 }, async () => {
    const setting = await prepare(2);
    const { database, topics } = setting;
    const world = makeWorld({ seed: 'partitions', webEvents: 2_000, orders: 1, nowMs: Date.now() });
    const messages = firstOfEachIdentity(world.web);
    const before = await startAggregator(database, setting);
    await topics.producer.send(topics.website, messages.slice(0, 1_000));
    await drained(setting);
    await before.stop();
    await setPartitions(topics.kafka, topics, 5);
    const producer = createProducer(createKafka({ ...testKafka(), clientId: 'knows-new-partitions' }));
    await producer.connect();
    // Repetitions of what is stored land in other partitions than their originals.
    await producer.send(topics.website, [...messages.slice(1_000), ...messages.slice(0, 300)]);
    await producer.disconnect();
    await start(setting);
    await drained(setting);
    await loadProduced(database.pool, 'produced_web', messages);
    await loadProduced(database.pool, 'produced_purchases', []);
    expect(await findDifferences(database.pool, 'UTC')).toEqual({});
  });

  test('a stop ends the batch under way and leaves the group at once', async () => {
    const setting = await prepare(2);
    const { database, topics } = setting;
    const first = await startAggregator(database, setting);
    await topics.producer.send(topics.website, pageViews(0, 5_000));
    await eventually(async () => expect(await totalEvents(setting)).toBeGreaterThan(0));
    await first.stop();
    const admin = await adminOf(setting);
    const { groups } = await admin.describeGroups([setting.group]);
    expect(groups.map(({ members }) => members)).toEqual([[]]);
    await start(setting);
    await drained(setting);
    expect(await totalEvents(setting)).toBe(5_000);
  });

  test('while Postgres refuses connections nothing is lost, and readiness says so', async () => {
    const setting = await prepare();
    const { database, topics } = setting;
    const running = await start(setting);
    await topics.producer.send(topics.website, pageViews(0, 10));
    await drained(setting);
    await eventually(() => running.aggregator.readiness().ready);
    const name = new URL(database.url).pathname.slice(1);
    const elsewhere = new URL(database.url);
    elsewhere.pathname = '/postgres';
    const admin = createPool({ url: elsewhere.href, applicationName: 'test', max: 1 });
    onTestFinished(() => admin.end());
    await admin.query(`ALTER DATABASE ${name} ALLOW_CONNECTIONS false`);
    await admin.query(
      `SELECT pg_terminate_backend(pid) FROM pg_stat_activity
       WHERE datname = $1 AND application_name LIKE 'stream-aggregator%'`,
      [name],
    );
    await topics.producer.send(topics.website, pageViews(10, 20));
    await eventually(() => !running.aggregator.readiness().ready);
    await admin.query(`ALTER DATABASE ${name} ALLOW_CONNECTIONS true`);
    await drained(setting);
    await eventually(() => running.aggregator.readiness().ready);
    expect(await totalEvents(setting)).toBe(20);
  });
});

function firstOfEachIdentity(messages: readonly TestMessage[]): TestMessage[] {
  const seen = new Map<string, TestMessage>();
  for (const message of messages) {
    if (!message.isValid) continue;
    const event = JSON.parse(message.value) as Record<string, string>;
    const identity = [event['source'], event['event_timestamp']?.slice(0, 10), message.key, event['event_id']].join(
      '|',
    );
    if (!seen.has(identity)) seen.set(identity, message);
  }
  return [...seen.values()];
}

const pageIds = (from: number, to: number): string[] =>
  Array.from({ length: to - from }, (_, index) => `event-${from + index}`);
