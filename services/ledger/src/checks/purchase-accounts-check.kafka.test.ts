import type { Clickhouse } from '@ebb/clickhouse';
import { encodePurchaseEvent } from '@ebb/contracts';
import { MINUTE_MS, parseMoney } from '@ebb/core';
import { createKafka, createProducer, ensureTopics } from '@ebb/kafka';
import { createPool, type Pool } from '@ebb/postgres';
import { testKafka, testPostgres, uniqueName } from '@ebb/testing';
import { beforeAll, beforeEach, expect, test } from 'vitest';
import type { Stores } from '../compare/engines.ts';
import { GroupRotation } from './account-groups.ts';
import { checkPurchaseAccounts, expectedPurchases } from './purchase-accounts-check.ts';

const topic = uniqueName('purchases');
const PARTITIONS = 2;
const PER_PARTITION = 300;
const MINUTES = 10;
const BEGAN = Math.floor(Date.now() / MINUTE_MS) * MINUTE_MS - 60 * MINUTE_MS;

let stores: Stores;
let owner: Pool;

const orderEvent = (partition: number, n: number): string =>
  encodePurchaseEvent({
    eventId: `e${n}`,
    orderId: `o${partition}-${n}`,
    status: 'processing',
    purchaseTimeMs: BEGAN,
    statusTimeMs: BEGAN + n * 1000,
    currency: 'EUR',
    items: [{ lineNo: 1, productId: 'p', description: null, quantity: 1, unitPrice: parseMoney('2.50') }],
    totalAmount: parseMoney('2.50'),
  });

beforeAll(async () => {
  const database = await testPostgres();
  owner = database.pool;
  const kafka = createKafka({ ...testKafka(), clientId: 'ledger-test' });
  await ensureTopics(kafka, [{ name: topic, partitions: PARTITIONS, replicationFactor: 1, config: {} }]);
  const producer = createProducer(kafka);
  await producer.connect();
  for (let partition = 0; partition < PARTITIONS; partition += 1) {
    const values = Array.from({ length: PER_PARTITION }, (_, n) => orderEvent(partition, n));
    await producer.send(
      topic,
      values.map((value) => ({ key: 'k', value, partition })),
    );
  }
  await producer.disconnect();
  const pool = createPool({ url: database.roleUrl('ebb_ledger'), applicationName: 'ledger-test', max: 2 });
  stores = { pool, kafka, clickhouse: {} as Clickhouse };
  return () => pool.end();
});

/** What the aggregator stores and says of it, thirty events of each partition a minute. */
beforeEach(async () => {
  await owner.query('TRUNCATE sales.order_status_history, ops.batch_ledger');
  for (let partition = 0; partition < PARTITIONS; partition += 1) {
    const all = await expectedPurchases(stores, { topic, partition, from_offset: 0, to_offset: PER_PARTITION });
    await owner.query(
      `INSERT INTO sales.order_status_history
       SELECT r.* FROM jsonb_array_elements($1::jsonb) m,
         jsonb_populate_record(NULL::sales.order_status_history, m || '{"illegal_transition": false, "_processed_at": "2026-01-01T00:00:00Z"}') r`,
      [JSON.stringify(all.map(({ row }) => row))],
    );
  }
  await owner.query(
    `INSERT INTO ops.batch_ledger (topic, partition, minute, from_offset, to_offset, batches, messages, new, duplicate,
       dead, checksum)
     SELECT $1, _partition, to_timestamp($2::float8 / 1000) + minute * interval '1 minute', min(_offset), max(_offset) + 1,
       1, count(*), count(*), 0, 0, mod(mod(sum(ops.purchase_checksum(h)), 18446744073709551616) + 18446744073709551616,
         18446744073709551616)
     FROM sales.order_status_history h, LATERAL (SELECT _offset / 30 AS minute) m GROUP BY _partition, minute`,
    [topic, BEGAN],
  );
});

const check = (rotation?: GroupRotation) => checkPurchaseAccounts(stores, topic, rotation);

/** Findings of a turn as `kind partition:offset`. */
const found = async (rotation?: GroupRotation): Promise<string[]> =>
  (await check(rotation)).findings.map(
    ({ kind, evidence }) => `${kind} ${String(evidence['partition'])}:${String(evidence['offset'])}`,
  );

test('what is stored as accounted for is right, and every row was counted', async () => {
  expect(await check()).toMatchObject({ findings: [], rows: PARTITIONS * PER_PARTITION });
});

test('a turn counts its part, newest minutes first, and the turns go round', async () => {
  const rotation = new GroupRotation(120);
  for (let turn = 0; turn < MINUTES / 2; turn += 1) expect((await check(rotation)).rows).toBe(120);
  await owner.query(`DELETE FROM sales.order_status_history WHERE _partition = 1 AND _offset = 7`);
  const later: string[][] = [];
  for (let turn = 0; turn < MINUTES / 2; turn += 1) later.push(await found(rotation));
  expect(later.flat()).toEqual(['missing 1:7']);
});

test('rows lost, altered and added are told by name, also behind the last account', async () => {
  await owner.query(`
    DELETE FROM sales.order_status_history WHERE _partition = 0 AND _offset = 31;
    UPDATE sales.order_status_history SET total_amount = 2.51 WHERE _partition = 1 AND _offset = 150;
    INSERT INTO sales.order_status_history
    SELECT (jsonb_populate_record(h, '{"event_id": "never sent"}')).* FROM sales.order_status_history h
    WHERE _partition = 0 AND _offset = 299`);
  expect((await found()).toSorted()).toEqual(['altered 1:150', 'extra 0:299', 'missing 0:31']);
  await owner.query(`UPDATE sales.order_status_history SET _offset = 305 WHERE event_id = 'never sent'`);
  const { rows } = await check();
  expect(rows).toBe(PARTITIONS * PER_PARTITION);
});

test('what was found wrong is looked at first in the next turn', async () => {
  const rotation = new GroupRotation(60);
  await owner.query(`UPDATE sales.order_status_history SET currency = 'USD' WHERE _partition = 0 AND _offset = 290`);
  expect(await found(rotation)).toEqual(['altered 0:290']);
  expect(await found(rotation)).toEqual(['altered 0:290']);
});

test('the running minute may grow while it is counted', async () => {
  await owner.query(`UPDATE ops.batch_ledger SET minute = date_trunc('minute', now()) WHERE from_offset = 270`);
  expect(await check()).toMatchObject({ findings: [] });
});
