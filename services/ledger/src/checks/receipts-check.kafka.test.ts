import { randomUUID } from 'node:crypto';
import type { Clickhouse } from '@ebb/clickhouse';
import { encodeReceipt, type Receipt } from '@ebb/contracts';
import { MINUTE_MS } from '@ebb/core';
import { createKafka, createProducer, ensureTopics, topicOffsets } from '@ebb/kafka';
import { createPool, type Pool } from '@ebb/postgres';
import { testKafka, testPostgres, uniqueName } from '@ebb/testing';
import { beforeAll, describe, expect, test } from 'vitest';
import type { Stores } from '../compare/engines.ts';
import { checkReceipts, type ReceiptTopics } from './receipts-check.ts';

const MINUTE = Math.floor(Date.now() / MINUTE_MS) * MINUTE_MS - 5 * MINUTE_MS;
const topics: ReceiptTopics = { receipts: uniqueName('receipts'), events: [uniqueName('website')] };
const [events = ''] = topics.events;

let stores: Stores;
let owner: Pool;
let send: (receipts: readonly Receipt[]) => Promise<void>;

const receipt = (minute: number, count: number, checksum: bigint, change: Partial<Receipt> = {}): Receipt => ({
  id: randomUUID(),
  collectorId: 'c0ffee',
  writeKeyId: 'key-1',
  topic: events,
  minuteStartMs: MINUTE + minute * MINUTE_MS,
  count,
  checksum,
  ...change,
});

/** What the aggregator would have counted. */
async function tally(minute: number, count: number, checksum: bigint, part = 0): Promise<void> {
  await stores.pool.query(
    `INSERT INTO ops.receipt_tallies (topic, collector_id, minute, write_key_id, part, events, undigested, checksum)
     VALUES ($1, 'c0ffee', $2, 'key-1', $3, $4, 0, $5)`,
    [events, new Date(MINUTE + minute * MINUTE_MS).toISOString(), part, count, String(checksum)],
  );
}

beforeAll(async () => {
  const database = await testPostgres();
  const kafka = createKafka({ ...testKafka(), clientId: 'ledger-test' });
  for (const name of [topics.receipts, events]) {
    await ensureTopics(kafka, [{ name, partitions: 2, replicationFactor: 1, config: {} }]);
  }
  const pool = createPool({ url: database.roleUrl('ebb_ledger'), applicationName: 'ledger-test', max: 2 });
  owner = database.pool;
  stores = { pool, kafka, clickhouse: {} as Clickhouse };
  const producer = createProducer(kafka);
  await producer.connect();
  send = (receipts) =>
    producer.send(
      topics.receipts,
      receipts.map((one) => ({ key: one.writeKeyId, value: encodeReceipt(one) })),
    );
  await producer.send(events, [{ key: 'k', value: 'an event' }]);
  return async () => {
    await producer.disconnect();
    await pool.end();
  };
});

/** The ledger may not move the aggregator's positions: the test does it as the database's owner. */
async function readByAggregator(): Promise<void> {
  for (const { partition, high } of await topicOffsets(stores.kafka, events)) {
    await owner.query('INSERT INTO stream.consumer_offsets (topic, partition, next_offset) VALUES ($1, $2, $3)', [
      events,
      partition,
      String(high),
    ]);
  }
}

describe('receipts', () => {
  test('nothing is compared before the aggregator has read what was there', async () => {
    await send([receipt(0, 3, 100n)]);
    expect(await checkReceipts(stores, topics)).toMatchObject({ isBehind: true, receipts: 1, findings: [] });
  }, 60_000);

  test('as many events, in parts and with a repeated receipt, are no finding', async () => {
    await readByAggregator();
    await tally(0, 1, (1n << 64n) - 1n);
    await tally(0, 2, 101n, 3);
    const late = receipt(1, 1, 7n);
    await send([receipt(1, 2, 5n), late, late]);
    await tally(1, 3, 12n);
    expect((await checkReceipts(stores, topics)).findings).toEqual([]);
  });

  test('more than was promised is no finding: an answer was lost, not an event', async () => {
    await send([receipt(2, 2, 5n)]);
    await tally(2, 3, 50n);
    expect((await checkReceipts(stores, topics)).findings).toEqual([]);
  });

  test('an event that was promised and is not there is lost: its minute, its key, and its digest if it is one', async () => {
    await send([receipt(3, 10, 5n)]);
    await tally(3, 9, (1n << 64n) - 3n);
    const { findings } = await checkReceipts(stores, topics);
    expect(findings).toEqual([
      {
        table: 'ops.receipts',
        key: {
          topic: events,
          minute: new Date(MINUTE + 3 * MINUTE_MS).toISOString(),
          write_key_id: 'key-1',
          collector_id: 'c0ffee',
        },
        kind: 'lost',
        store: 'kafka',
        hop: 'collector -> kafka',
        evidence: { promised: 10, held: 9, at_least_lost: 1, digest_of_the_lost_event: '0000000000000008' },
      },
    ]);
  });

  test('another set of the same size, and a bucket nothing is held of', async () => {
    await send([receipt(4, 2, 5n), receipt(5, 4, 5n)]);
    await tally(4, 2, 6n);
    const { findings } = await checkReceipts(stores, topics);
    expect(findings.map(({ evidence }) => evidence)).toEqual(
      expect.arrayContaining([
        { promised: 2, held: 2, at_least_lost: 1 },
        { promised: 4, held: 0, at_least_lost: 4 },
      ]),
    );
  });
});
