import { createClickhouse, type Clickhouse } from '@ebb/clickhouse';
import { must, type SeededRandom, sleep } from '@ebb/core';
import { createKafka, type KafkaHandle, topicOffsets } from '@ebb/kafka';
import { createPool, type Pool } from '@ebb/postgres';
import type { StackStatus } from '../private-stack.ts';

/** What somebody did to the data; the ledger is not told. */
export interface Fault {
  readonly what: string;
  readonly table: string;
  /** A value of the key that nothing else has. */
  readonly id: string;
  readonly hop: string;
}

export interface Ground {
  readonly pool: Pool;
  readonly clickhouse: Clickhouse;
  readonly kafka: KafkaHandle;
  readonly random: SeededRandom;
  readonly status: () => Promise<StackStatus>;
  /** Only rows stored before are harmed. */
  readonly until: Date;
}

export async function openGround(
  status: () => Promise<StackStatus>,
  random: SeededRandom,
  until: Date,
): Promise<Ground> {
  const { postgres, clickhouse, kafka } = await status();
  return {
    pool: createPool({ url: postgres.url, applicationName: 'ledger-test', max: 2 }),
    clickhouse: createClickhouse({ url: clickhouse.url, applicationName: 'ledger-test' }),
    kafka: createKafka({ brokers: kafka.brokers.split(','), clientId: 'ledger-test' }),
    random,
    status,
    until,
  };
}

export async function closeGround({ pool, clickhouse }: Ground): Promise<void> {
  await pool.end();
  await clickhouse.close();
}

/** Customers to be harmed; in the warehouse when it returns. */
export async function prepareCustomers({ pool, clickhouse }: Ground): Promise<void> {
  await pool.query(
    `INSERT INTO crm.customers (source, customer_id, first_name, last_name, geography, date_opened)
     SELECT 'shop', 'harmed-' || n, 'First', 'Last', 'Here', '2026-01-01' FROM generate_series(1, 60) n
     ON CONFLICT DO NOTHING`,
  );
  for (let attempt = 0; attempt < 300; attempt += 1) {
    const rows = await clickhouse
      .query<{ customers: string }>('SELECT toString(count()) AS customers FROM raw.crm_customers_current')
      .catch(() => []);
    if (Number(rows[0]?.customers ?? 0) >= 60) return;
    await sleep(200);
  }
  throw new Error('the customers did not arrive in ClickHouse');
}

const IN_PLACE = { mutations_sync: 1 } as const;

/** Rows that nothing else in the test touches. */
async function pick({ pool, random, until }: Ground, sql: string, count: number): Promise<string[]> {
  const { rows } = await pool.query<{ id: string }>(sql, [until.toISOString()]);
  const ids = rows.map(({ id }) => id);
  if (ids.length < count) throw new Error(`${ids.length} rows to choose from, ${count} wanted: ${sql}`);
  return Array.from({ length: count }, () => must(ids.splice(random.int(ids.length), 1)[0], 'counted above'));
}

const EVENTS = 'SELECT event_id AS id FROM stream.web_events WHERE _processed_at <= $1 ORDER BY event_id';
const ORDERS = 'SELECT order_id AS id FROM sales.orders WHERE _processed_at <= $1 ORDER BY order_id';
/** Those of prepareCustomers; no simulator knows them. */
const CUSTOMERS = `SELECT customer_id AS id FROM crm.customers
  WHERE customer_id LIKE 'harmed-%' AND $1::timestamptz IS NOT NULL ORDER BY customer_id`;

/** Deletes, alters and adds rows that the aggregator stored; a deleted and an added one keep the count. */
export async function harmAggregator(ground: Ground, count: number): Promise<Fault[]> {
  const { pool } = ground;
  const hop = 'kafka -> aggregator -> postgres';
  const faults: Fault[] = [];
  const events = await pick(ground, EVENTS, count);
  const orders = await pick(ground, ORDERS, count);
  for (const [index, id] of events.entries()) {
    const table = 'stream.web_events';
    const order = orders[index] ?? '';
    switch (index % 5) {
      case 0:
        await pool.query('DELETE FROM stream.web_events WHERE event_id = $1', [id]);
        faults.push({ what: 'event deleted', table, id, hop });
        break;
      case 1:
        await pool.query(`UPDATE stream.web_events SET page_url = '/elsewhere' WHERE event_id = $1`, [id]);
        faults.push({ what: 'event altered', table, id, hop });
        break;
      case 2:
        await pool.query(
          `INSERT INTO stream.web_events (event_time, _kafka_time, _offset, identity, _partition, day, schema_version,
             is_identified, event_id, user_key, source, event_type)
           SELECT event_time, _kafka_time, _offset, gen_random_uuid(), _partition, day, 1, true, $2, user_key, source,
             event_type FROM stream.web_events WHERE event_id = $1`,
          [id, `forged-${id}`],
        );
        faults.push({ what: 'event added', table, id: `forged-${id}`, hop });
        break;
      case 3:
        await pool.query('UPDATE sales.orders SET total_amount = total_amount + 1 WHERE order_id = $1', [order]);
        faults.push({ what: 'order altered', table: 'sales.orders', id: order, hop });
        break;
      default:
        await pool.query('DELETE FROM sales.order_items WHERE order_id = $1', [order]);
        faults.push({ what: 'items deleted', table: 'sales.orders', id: order, hop });
    }
  }
  return faults;
}

/** Changes of customers that are not published while they happen. */
export async function harmConnector(ground: Ground, count: number): Promise<Fault[]> {
  const ids = await pick(ground, CUSTOMERS, count);
  const hop = 'postgres -> connector -> topic';
  const faults: Fault[] = [];
  const client = await ground.pool.connect();
  try {
    await client.query('BEGIN');
    await client.query('ALTER PUBLICATION ebb_cdc DROP TABLES IN SCHEMA crm');
    for (const [index, id] of ids.entries()) {
      if (index % 3 === 0) await client.query('DELETE FROM crm.customers WHERE customer_id = $1', [id]);
      else if (index % 3 === 1) {
        await client.query(`UPDATE crm.customers SET geography = 'Nowhere' WHERE customer_id = $1`, [id]);
      } else await client.query(CLONE, [id, `unsent-${id}`]);
      const what = ['deletion', 'change', 'row'][index % 3] ?? '';
      faults.push({ what: `${what} not sent`, table: 'crm.customers', id: index % 3 === 2 ? `unsent-${id}` : id, hop });
    }
    await client.query('ALTER PUBLICATION ebb_cdc ADD TABLES IN SCHEMA crm');
    await client.query('COMMIT');
  } finally {
    client.release();
  }
  return faults;
}

const CLONE = `INSERT INTO crm.customers (source, customer_id, first_name, last_name, geography, date_opened)
  SELECT source, $2, first_name, last_name, geography, date_opened FROM crm.customers WHERE customer_id = $1`;

/** Messages of customers that the sink believes to have stored. */
export async function harmSink(ground: Ground, count: number): Promise<Fault[]> {
  const { pool, clickhouse, kafka, status } = ground;
  const ids = await pick(ground, CUSTOMERS, count);
  const { 'cdc-sink': sink } = await status();
  const pid = must(sink.pid, 'the sink runs');
  const topic = 'cdc.crm.customers';
  const ends = async (): Promise<number> =>
    (await topicOffsets(kafka, topic)).reduce((sum, { high }) => sum + Number(high), 0);
  const before = await ends();
  process.kill(pid, 'SIGSTOP');
  for (const [index, id] of ids.entries()) {
    await pool.query(
      index % 2 === 0
        ? `UPDATE crm.customers SET geography = 'Somewhere' WHERE customer_id = $1`
        : 'DELETE FROM crm.customers WHERE customer_id = $1',
      [id],
    );
  }
  while ((await ends()) < before + count) await sleep(100);
  // A deletion has a second message, its tombstone.
  await sleep(1_000);
  for (const { partition, high } of await topicOffsets(kafka, topic)) {
    await clickhouse.command(
      `INSERT INTO ops.sink_progress (lane, topic, partition, next_offset, max_version)
       SELECT any(lane), topic, partition, ${high}, max(max_version) FROM ops.sink_progress
       WHERE topic = '${topic}' AND partition = ${partition} GROUP BY topic, partition`,
    );
  }
  process.kill(pid, 'SIGKILL');
  return ids.map((id, index) => ({
    what: index % 2 === 0 ? 'change skipped' : 'deletion skipped',
    table: 'crm.customers',
    id,
    hop: 'topic -> sink -> clickhouse',
  }));
}

/** Deletes, alters and adds rows in the warehouse. */
export async function harmClickhouse(ground: Ground, count: number): Promise<Fault[]> {
  const { clickhouse } = ground;
  const events = await pick(ground, EVENTS, count);
  const orders = await pick(ground, ORDERS, count);
  const run = (sql: string, id: string): Promise<void> => clickhouse.command(sql, { id }, { settings: IN_PLACE });
  const faults: Fault[] = [];
  for (const [index, id] of events.entries()) {
    const order = orders[index] ?? '';
    const isEvent = index % 5 < 2;
    const made = { table: isEvent ? 'stream.web_events' : 'sales.orders', hop: 'clickhouse' };
    switch (index % 5) {
      case 0:
        await run('ALTER TABLE raw.web_events DELETE WHERE event_id = {id:String}', id);
        faults.push({ ...made, what: 'event deleted', id });
        break;
      case 1:
        await run(`ALTER TABLE raw.web_events UPDATE page_url = '/elsewhere' WHERE event_id = {id:String}`, id);
        faults.push({ ...made, what: 'event altered', id });
        break;
      case 2:
        await run('ALTER TABLE raw.sales_orders DELETE WHERE order_id = {id:String}', order);
        faults.push({ ...made, what: 'order deleted', id: order });
        break;
      case 3:
        await run(`ALTER TABLE raw.sales_orders UPDATE country = 'XX' WHERE order_id = {id:String}`, order);
        faults.push({ ...made, what: 'order altered', id: order });
        break;
      default:
        await run(
          `INSERT INTO raw.sales_orders SELECT * REPLACE (concat('forged-', o.order_id) AS order_id)
           FROM raw.sales_orders AS o WHERE o.order_id = {id:String}`,
          order,
        );
        faults.push({ ...made, what: 'order added', id: `forged-${order}` });
    }
  }
  return faults;
}
