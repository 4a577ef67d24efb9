import { encodeReceiptBucket, HEADERS, tallyDigests, webEventDigest } from '@ebb/contracts';
import { MINUTE_MS, SeededRandom } from '@ebb/core';
import { eventually, testPostgres, type TestPostgres, uniqueName } from '@ebb/testing';
import { beforeAll, describe, expect, test } from 'vitest';
import { createTopics, isDrained, startAggregator, type TestTopics } from './testing/harness.ts';
import { makeWorld } from './testing/world.ts';

const NOW_MS = Date.now();
const MINUTE = Math.floor(NOW_MS / MINUTE_MS) * MINUTE_MS;
const bucket = encodeReceiptBucket({ collectorId: 'c0ffee', minuteStartMs: MINUTE });

let database: TestPostgres;
let topics: TestTopics;
let produced = 0;

beforeAll(async () => {
  database = await testPostgres();
  topics = await createTopics(3);
  const world = makeWorld({ seed: 'accounts', webEvents: 3_000, orders: 300, nowMs: NOW_MS });
  const headers = { [HEADERS.receipt]: bucket, [HEADERS.writeKey]: 'key-1' };
  const random = new SeededRandom('headers');
  await topics.producer.send(
    topics.website,
    world.web.map((message) => ({ ...message, ...(random.bool(0.5) ? { headers } : {}) })),
  );
  await topics.producer.send(topics.purchase, world.purchases);
  await topics.producer.send(topics.dead_letters, [{ key: 'x', value: 'no letter' }]);
  produced = world.web.length + world.purchases.length + 1;
  // Small batches and a restart in the middle: accounts must not depend on how the messages were grouped.
  const env = { EBB_AGGREGATOR_BATCH_MESSAGES: '97' };
  const group = uniqueName('group');
  const first = await startAggregator(database, { topics, group, env });
  await eventually(async () => (await count('SELECT sum(new) FROM ops.batch_ledger')) > 200);
  await first.stop();
  const second = await startAggregator(database, { topics, group, env });
  await eventually(() => isDrained(database, topics), { timeoutMs: 60_000 });
  await second.stop();
  return topics.close();
});

async function count(sql: string): Promise<number> {
  const { rows } = await database.pool.query<Record<string, string>>(sql);
  return Number(Object.values(rows[0] ?? {})[0] ?? 0);
}

describe('accounts', () => {
  test('every message is new, a duplicate or dead, and offsets have no gap', async () => {
    const { rows } = await database.pool.query(
      `SELECT sum(messages) = sum(new + duplicate + dead) AS balanced, sum(messages)::integer AS messages,
         sum(to_offset - from_offset)::integer AS span, sum(jumps)::integer AS jumps FROM ops.batch_ledger`,
    );
    expect(rows).toEqual([{ balanced: true, messages: produced, span: produced, jumps: 0 }]);
    expect(await count('SELECT sum(duplicate) FROM ops.batch_ledger')).toBeGreaterThan(50);
    expect(await count('SELECT sum(dead) FROM ops.batch_ledger')).toBeGreaterThan(5);
  });

  test('what they say is new is what is stored, to the row', async () => {
    const { rows } = await database.pool.query(
      `SELECT a.topic, a.partition, a.new = s.rows AS same_count, a.checksum = s.checksum AS same_checksum
       FROM (SELECT topic, partition, sum(new) AS new, mod(sum(checksum), 18446744073709551616) AS checksum
         FROM ops.batch_ledger WHERE topic = ANY ($1) GROUP BY 1, 2) a
       LEFT JOIN (
         SELECT $1[1] AS topic, _partition, count(*) AS rows, mod(mod(sum((substring(uuid_send(identity) FROM 9))::bigint),
           18446744073709551616) + 18446744073709551616, 18446744073709551616) AS checksum
         FROM stream.web_events GROUP BY 2
         UNION ALL
         SELECT $1[2], _partition, count(*), mod(mod(sum(ops.purchase_checksum(h)), 18446744073709551616)
           + 18446744073709551616, 18446744073709551616)
         FROM sales.order_status_history h GROUP BY 2) s ON s.topic = a.topic AND s._partition = a.partition
       ORDER BY 1, 2`,
      [[topics.website, topics.purchase]],
    );
    expect(rows).toHaveLength(6);
    expect(rows.filter(({ same_count: a, same_checksum: b }) => a !== true || b !== true)).toEqual([]);
  });

  test('receipt buckets count every message that carries one, dead ones and repeated ones too', async () => {
    const { rows } = await database.pool.query<Record<string, unknown>>(
      `SELECT topic, collector_id, minute, write_key_id, sum(events)::integer AS events,
         sum(undigested)::integer AS undigested FROM ops.receipt_tallies GROUP BY 1, 2, 3, 4`,
    );
    const world = makeWorld({ seed: 'accounts', webEvents: 3_000, orders: 300, nowMs: NOW_MS });
    const random = new SeededRandom('headers');
    const carriers = world.web.filter(() => random.bool(0.5));
    expect(rows).toEqual([
      {
        topic: topics.website,
        collector_id: 'c0ffee',
        minute: new Date(MINUTE),
        write_key_id: 'key-1',
        events: carriers.length,
        undigested: carriers.filter(({ isValid }) => !isValid).length,
      },
    ]);
    const digests = carriers.filter(({ isValid }) => isValid).map(({ value }) => digestOf(value));
    const sum = await database.pool.query<{ sum: string }>(
      'SELECT mod(sum(checksum), 18446744073709551616)::text AS sum FROM ops.receipt_tallies',
    );
    expect(BigInt(sum.rows[0]?.sum ?? 0)).toBe(tallyDigests(digests).checksum);
  });
});

function digestOf(value: string) {
  const event = JSON.parse(value) as Record<string, string>;
  return webEventDigest({
    source: event['source'] ?? '',
    day: (event['event_timestamp'] ?? '').slice(0, 10),
    userKey: event['user_id'] ?? event['anonymous_id'] ?? '',
    eventId: event['event_id'] ?? '',
  });
}
