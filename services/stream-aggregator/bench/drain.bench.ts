/**
 * How fast a preloaded topic is drained, against baselines with the same client on the same topic (baseline-main.ts):
 *   EBB_POSTGRES_URL=… EBB_KAFKA_BROKERS=… node services/stream-aggregator/bench/drain.bench.ts
 *     [--events 1000000] [--rounds 3] [--ids random|time-ordered] [--modes discard,parse,accept,raw,full] [--prefill N]
 * Each mode reads all events of a topic; rounds alternate modes; medians are printed. The database must be migrated and
 * its events and KPIs are deleted before every measurement: take one made for this. `--prefill` first stores that many
 * raw events of the same day, with ids of the same sort.
 */
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { parseArgs } from 'node:util';
import { hostEnvironment } from '@ebb/config';
import { sleep } from '@ebb/core';
import { createKafka, createProducer, deleteTopics, ensureTopics } from '@ebb/kafka';
import { createPool } from '@ebb/postgres';
import { cpuSeconds, cpuSecondsOf, eventStream, peakMemoryMb } from '@ebb/testing';

const { values: options } = parseArgs({
  options: {
    events: { type: 'string', default: '1000000' },
    rounds: { type: 'string', default: '3' },
    customers: { type: 'string', default: '200000' },
    ids: { type: 'string', default: 'random' },
    modes: { type: 'string', default: 'discard,raw,full' },
    prefill: { type: 'string', default: '0' },
    'node-options': { type: 'string', default: '' },
  },
});
const events = Number(options.events);
const env = hostEnvironment();
const kafka = createKafka({ brokers: (env['EBB_KAFKA_BROKERS'] ?? '').split(','), clientId: 'bench' });
const pool = createPool({ url: env['EBB_POSTGRES_URL'] ?? '', applicationName: 'bench' });
const BROKER = /kafka\.Kafka/;
const PER_SECOND = 10_000;

interface Result {
  mode: string;
  eventsPerSecond: number;
  nodeUs: number;
  postgresUs: number;
  brokerUs: number;
  walBytes: number;
  peakMb: number;
}

async function createBenchTopics(topic: string): Promise<string[]> {
  const names = [topic, `${topic}-purchases`, `${topic}-dead`];
  const config = { 'message.timestamp.type': 'LogAppendTime' };
  await ensureTopics(
    kafka,
    names.map((name) => ({ name, partitions: 6, replicationFactor: 1, config })),
  );
  return names;
}

async function preload(topic: string, count: number, endMs: number): Promise<void> {
  const producer = createProducer(kafka);
  await producer.connect();
  const stream = eventStream({
    seed: topic,
    customers: Number(options.customers),
    perSecond: PER_SECOND,
    startMs: endMs - (count * 1000) / PER_SECOND,
    ids: options.ids === 'random' ? 'random' : 'time-ordered',
  });
  for (let sent = 0; sent < count; sent += 5_000)
    await producer.send(topic, stream.next(Math.min(5_000, count - sent)));
  await producer.disconnect();
}

/** Raw events that were there before, of the day the measured ones fall on. */
async function prefill(count: number, endMs: number): Promise<void> {
  const id = options.ids === 'random' ? 'gen_random_uuid()' : `uuidv7(interval '-1 hour')`;
  await pool.query(
    `INSERT INTO stream.web_events (event_time, _kafka_time, _offset, _partition, day, schema_version, is_identified,
       identity, event_id, user_key, source, event_type, session_id, page_url, product_id, device_type)
     SELECT $1::timestamptz, now(), -n, 0, $1::date, 1, true, id, id::text, 'prefilled-' || n % 200000, 'shop', 'page_view',
       'session-' || n % 1000000, 'https://shop.example/p/product-17', 'product-17', 'mobile'
     FROM (SELECT n, ${id} AS id FROM generate_series(1, $2::integer) n) e`,
    [new Date(endMs).toISOString(), count],
  );
  await pool.query('VACUUM ANALYZE stream.web_events');
}

async function storedUpTo(topic: string): Promise<number> {
  const { rows } = await pool.query<{ sum: string }>(
    'SELECT coalesce(sum(next_offset), 0) AS sum FROM stream.consumer_offsets WHERE topic = $1',
    [topic],
  );
  return Number(rows[0]?.sum);
}

async function walPosition(): Promise<number> {
  const { rows } = await pool.query<{ lsn: string }>(`SELECT pg_current_wal_insert_lsn() - '0/0'::pg_lsn AS lsn`);
  return Number(rows[0]?.lsn);
}

/** Resolves at the lines `begin` and `end`, or follows the stored position of the topic where `isService`. */
function follow(
  topic: string,
  isService: boolean,
  output: NodeJS.ReadableStream,
): { begun: Promise<void>; ended: Promise<void> } {
  const reached = async (count: number): Promise<void> => {
    while ((await storedUpTo(topic)) < count) await sleep(5);
  };
  const lines = createInterface({ input: output });
  const line = (wanted: string): Promise<void> =>
    new Promise((resolve) => lines.on('line', (text) => (text === wanted ? resolve() : undefined)));
  return isService ? { begun: reached(1), ended: reached(events) } : { begun: line('begin'), ended: line('end') };
}

async function measure(mode: string, topics: string[]): Promise<Result> {
  const [topic = ''] = topics;
  const isService = mode === 'full';
  const file = join(import.meta.dirname, isService ? 'full-main.ts' : 'baseline-main.ts');
  const args = isService ? topics : [mode, topic, String(events)];
  // As the stack and the compose file start the service.
  const asStarted = isService ? ['--max-semi-space-size=16'] : [];
  const nodeOptions = options['node-options'].split(' ').filter((text) => text !== '');
  const child = spawn(process.execPath, [...asStarted, ...nodeOptions, file, ...args], {
    env: { ...env, EBB_AGGREGATOR_GROUP: `bench-${topic}`, EBB_LOG_LEVEL: 'warn' },
    stdio: ['ignore', 'pipe', 'inherit'],
  });
  const pid = child.pid ?? 0;
  // Other servers may run on the machine: only the processes of this one count.
  const postgresSeconds = async (): Promise<number> => {
    const { rows } = await pool.query<{ pid: number }>('SELECT pid FROM pg_stat_activity');
    return rows.reduce((sum, row) => sum + cpuSeconds(row.pid), 0);
  };
  const look = async () => ({
    at: performance.now(),
    node: cpuSeconds(pid),
    postgres: await postgresSeconds(),
    broker: cpuSecondsOf(BROKER),
    wal: await walPosition(),
  });
  const { begun, ended } = follow(topic, isService, child.stdout);
  await begun;
  const before = await look();
  await ended;
  const after = await look();
  const us = (key: 'node' | 'postgres' | 'broker'): number =>
    Math.round(((after[key] - before[key]) * 1e7) / events) / 10;
  const result = {
    mode,
    eventsPerSecond: Math.round(events / ((after.at - before.at) / 1000)),
    nodeUs: us('node'),
    postgresUs: us('postgres'),
    brokerUs: us('broker'),
    walBytes: Math.round((after.wal - before.wal) / events),
    peakMb: peakMemoryMb(pid),
  };
  child.kill('SIGTERM');
  await once(child, 'exit');
  return result;
}

function median(values: number[]): number {
  return values.toSorted((a, b) => a - b)[Math.floor(values.length / 2)] ?? 0;
}

const modes = options.modes.split(',');
const endMs = Date.now();
const results: Result[] = [];
for (let round = 0; round < Number(options.rounds); round += 1) {
  const topics = await createBenchTopics(`bench-${endMs}-${round}`);
  await preload(topics[0] ?? '', events, endMs);
  for (const mode of modes) {
    // Both writers store the same identities: the second one would find only repetitions.
    await pool.query(
      'TRUNCATE stream.web_events, kpi.window_members, kpi.window_sessions, kpi.web_minute_parts, kpi.web_day_parts',
    );
    if (Number(options.prefill) > 0) await prefill(Number(options.prefill), endMs);
    await pool.query('CHECKPOINT');
    const result = await measure(mode, topics);
    results.push(result);
    process.stdout.write(`${JSON.stringify(result)}\n`);
  }
  await deleteTopics(kafka, topics);
}
const keys = ['eventsPerSecond', 'nodeUs', 'postgresUs', 'brokerUs', 'walBytes', 'peakMb'] as const;
for (const mode of modes) {
  const own = results.filter((result) => result.mode === mode);
  const medians = Object.fromEntries(keys.map((key) => [key, median(own.map((result) => result[key]))]));
  process.stdout.write(`${JSON.stringify({ median: mode, ...medians })}\n`);
}
await pool.end();
