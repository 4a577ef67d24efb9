import { type Clickhouse, createClickhouse } from '@ebb/clickhouse';
import { EbbError, sleep } from '@ebb/core';
import { createKafka, type KafkaHandle, topicOffsets } from '@ebb/kafka';
import { createPool, type Pool } from '@ebb/postgres';
import { type PrivateStack, type StackStatus, withPrivateStack } from '../private-stack.ts';

/**
 * Half a million changes wait in the write-ahead log while the connector stands still; then it goes on. Measured: until
 * the topic holds them (Debezium), until ClickHouse holds them (everything), and how fast Postgres alone decodes the
 * same log to nowhere, which nothing behind it can beat.
 */
const INSERTS = 250_000;
const UPDATES = 200_000;
const DELETES = 50_000;
const CHANGES = INSERTS + UPDATES + DELETES;
const ROWS_PER_TRANSACTION = 1_000;
const TOPIC = 'cdc.crm.usage_logs';
const LOG = 'raw.crm_usage_logs_log';
const POLL_MS = 100;
const TIMEOUT_MS = 300_000;
const MEASURED = ['connect', 'cdc-sink', 'clickhouse', 'kafka', 'postgres'] as const;

interface Marks {
  kafkaMs: number;
  clickhouseMs: number;
}

await withPrivateStack('bench-cdc', async (stack) => {
  const status = await stack.status();
  const pool = createPool({ url: status.postgres.url, applicationName: 'ebb-bench', max: 3 });
  const clickhouse = createClickhouse({ url: status.clickhouse.url, applicationName: 'ebb-bench' });
  const kafka = createKafka({ brokers: [status.kafka.brokers], clientId: 'ebb-bench' });
  try {
    await warmUp(pool, clickhouse);
    await stack.commands.capture(['cdc', 'pause']);
    await pool.query(`SELECT pg_create_logical_replication_slot('ebb_bench', 'pgoutput')`);
    await makeChanges(pool);
    const decodeSeconds = await decodeToNowhere(pool);
    const before = await stack.status();
    const marks = await drain(stack, kafka, clickhouse);
    print(decodeSeconds, marks, before, await stack.status());
  } finally {
    await clickhouse.close();
    await pool.end();
  }
});

/** One row all the way, so that tables, topics and connections exist. */
async function warmUp(pool: Pool, clickhouse: Clickhouse): Promise<void> {
  await pool.query(
    `INSERT INTO crm.customers (source, customer_id, first_name, last_name, geography, date_opened)
     SELECT 'bench', 'c' || n, 'Ada', 'Bench', 'nowhere', '2020-01-01' FROM generate_series(0, 999) n`,
  );
  await insertRows(pool, INSERTS, INSERTS);
  await untilLogHolds(clickhouse, 1);
}

async function insertRows(pool: Pool, from: number, to: number): Promise<void> {
  await pool.query(
    `INSERT INTO crm.usage_logs (source, usage_log_id, customer_id, product_type, month, monthly_balance, num_products)
     SELECT 'bench', 'u' || n, 'c' || abs(n % 1000), 'Savings', '2020-01-01'::date + make_interval(months => abs(n / 1000)), n * 1.2345, 1
     FROM generate_series($1::integer, $2::integer) n`,
    [from, to],
  );
}

/** First and last row of each transaction. */
function ranges(rows: number): [number, number][] {
  return Array.from({ length: rows / ROWS_PER_TRANSACTION }, (_, index) => [
    index * ROWS_PER_TRANSACTION,
    (index + 1) * ROWS_PER_TRANSACTION - 1,
  ]);
}

async function makeChanges(pool: Pool): Promise<void> {
  const ids = `source = 'bench' AND usage_log_id = ANY (SELECT 'u' || n FROM generate_series($1::integer, $2::integer) n)`;
  for (const [from, to] of ranges(INSERTS)) await insertRows(pool, from, to);
  for (const range of ranges(UPDATES)) {
    await pool.query(`UPDATE crm.usage_logs SET monthly_balance = monthly_balance + 1 WHERE ${ids}`, range);
  }
  for (const range of ranges(DELETES)) await pool.query(`DELETE FROM crm.usage_logs WHERE ${ids}`, range);
}

/** Seconds in which Postgres decodes the changes and throws them away: what `pg_recvlogical` to nowhere does. */
async function decodeToNowhere(pool: Pool): Promise<number> {
  const begun = performance.now();
  await pool.query(
    `SELECT count(*) FROM pg_logical_slot_get_binary_changes('ebb_bench', NULL, NULL,
       'proto_version', '1', 'publication_names', 'ebb_cdc')`,
  );
  const seconds = (performance.now() - begun) / 1000;
  await pool.query(`SELECT pg_drop_replication_slot('ebb_bench')`);
  return seconds;
}

async function drain(stack: PrivateStack, kafka: KafkaHandle, clickhouse: Clickhouse): Promise<Marks> {
  const startOffset = await endOf(kafka);
  const begun = performance.now();
  await stack.commands.capture(['cdc', 'resume']);
  const inKafka = (async () => {
    // A delete is followed by a tombstone.
    while ((await endOf(kafka)) - startOffset < BigInt(CHANGES + DELETES)) await sleep(POLL_MS);
    return performance.now() - begun;
  })();
  await untilLogHolds(clickhouse, CHANGES + 1);
  return { clickhouseMs: performance.now() - begun, kafkaMs: await inKafka };
}

async function endOf(kafka: KafkaHandle): Promise<bigint> {
  const offsets = await topicOffsets(kafka, TOPIC);
  return offsets.reduce((sum, { high }) => sum + high, 0n);
}

async function untilLogHolds(clickhouse: Clickhouse, changes: number): Promise<void> {
  const deadlineMs = Date.now() + TIMEOUT_MS;
  for (;;) {
    const rows = await clickhouse
      .query<{ count: string }>(`SELECT count() AS count FROM ${LOG} WHERE source = 'bench'`)
      .catch(() => []);
    if (Number(rows[0]?.count ?? 0) >= changes) return;
    if (Date.now() > deadlineMs) throw new EbbError('NOT_DRAINED', `${LOG} holds ${rows[0]?.count} of ${changes}`);
    await sleep(POLL_MS);
  }
}

function print(decodeSeconds: number, marks: Marks, before: StackStatus, after: StackStatus): void {
  const rate = (seconds: number): string => Math.round(CHANGES / seconds).toLocaleString('en');
  console.log(`${CHANGES.toLocaleString('en')} changes in transactions of ${ROWS_PER_TRANSACTION}\n`);
  console.log('| up to | changes/s |\n| --- | ---: |');
  console.log(`| decoded by Postgres, to nowhere | ${rate(decodeSeconds)} |`);
  console.log(`| in the topic (Debezium), the sink at work beside it | ${rate(marks.kafkaMs / 1000)} |`);
  console.log(`| in ClickHouse, log and current state | ${rate(marks.clickhouseMs / 1000)} |\n`);
  console.log('| part | µs of processor a change | memory MB |\n| --- | ---: | ---: |');
  for (const part of MEASURED) {
    const used = (after[part].cpuSeconds ?? 0) - (before[part].cpuSeconds ?? 0);
    console.log(`| ${part} | ${((used * 1e6) / CHANGES).toFixed(1)} | ${after[part].rssMb ?? 0} |`);
  }
}
