/**
 * How fast a preloaded topic of web events is drained into ClickHouse, against ClickHouse's own insert of the same rows
 * from a JSONEachRow file, in the same run and into the same table:
 *   node services/cdc-sink/bench/sink.bench.ts [--events 500000] [--rounds 3]
 * Starts servers of its own; close everything else. Medians are printed at the end.
 */
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { createWriteStream } from 'node:fs';
import { join } from 'node:path';
import { parseArgs } from 'node:util';
import { STORED_WEB_EVENT_COLUMNS } from '@ebb/contracts';
import { hostEnvironment } from '@ebb/config';
import { sleep } from '@ebb/core';
import { createKafka, createProducer, deleteTopics, ensureTopics, type KafkaHandle } from '@ebb/kafka';
import { type ServerOwner, stoppable, withServers } from '@ebb/local-stack';
import { cpuSeconds, eventStream, peakMemoryMb } from '@ebb/testing';
import { type BenchServers, startServers } from './servers.ts';

const { values: options } = parseArgs({
  options: {
    events: { type: 'string', default: '500000' },
    rounds: { type: 'string', default: '3' },
    'node-options': { type: 'string', default: '--max-semi-space-size=16' },
  },
});
const events = Number(options.events);
const columns = STORED_WEB_EVENT_COLUMNS.join(', ');

interface Bench extends BenchServers {
  owner: ServerOwner;
  client: KafkaHandle;
}

interface Result {
  mode: string;
  rowsPerSecond: number;
  nodeUs: number;
  clickhouseUs: number;
  brokerUs: number;
  peakMb: number;
  inserts: number;
}

async function preload({ client }: Bench, topic: string): Promise<void> {
  const config = { 'message.timestamp.type': 'LogAppendTime' };
  await ensureTopics(client, [
    { name: topic, partitions: 6, replicationFactor: 1, config },
    { name: `${topic}-dead`, partitions: 1, replicationFactor: 1, config },
  ]);
  const producer = createProducer(client);
  await producer.connect();
  const startMs = Date.now() - events / 10;
  const stream = eventStream({ seed: topic, customers: 200_000, perSecond: 10_000, startMs, ids: 'random' });
  for (let sent = 0; sent < events; sent += 5_000)
    await producer.send(topic, stream.next(Math.min(5_000, events - sent)));
  await producer.disconnect();
}

async function storedUpTo({ warehouse }: Bench, topic: string): Promise<number> {
  const [row] = await warehouse.clickhouse.query<{ sum: string }>(
    `SELECT sum(position) AS sum FROM
       (SELECT max(next_offset) AS position FROM ops.sink_progress WHERE topic = {topic:String} GROUP BY partition)`,
    { topic },
  );
  return Number(row?.sum ?? 0);
}

async function empty({ warehouse }: Bench): Promise<void> {
  await warehouse.clickhouse.command('TRUNCATE TABLE raw.web_events');
  await sleep(500);
}

async function measureSink(bench: Bench, topic: string): Promise<Result> {
  const nodeOptions = options['node-options'].split(' ').filter((text) => text !== '');
  const child = spawn(
    process.execPath,
    [...nodeOptions, join(import.meta.dirname, '../src/testing/sink-main.ts'), topic, `${topic}-dead`, `${topic}-cdc.`],
    {
      env: {
        ...hostEnvironment(),
        EBB_POSTGRES_URL: bench.postgresUrl,
        EBB_KAFKA_BROKERS: bench.kafka.brokers,
        EBB_CLICKHOUSE_URL: bench.warehouse.url,
        EBB_CDC_SINK_WEB_GROUP: `${topic}-web`,
        EBB_CDC_SINK_CAPTURED_GROUP: `${topic}-captured`,
        EBB_LOG_LEVEL: hostEnvironment()['EBB_LOG_LEVEL'] ?? 'warn',
      },
      stdio: ['ignore', 'inherit', 'inherit'],
    },
  );
  const pid = child.pid ?? 0;
  const sink = await bench.owner.own(Promise.resolve(stoppable(child)));
  const look = () => ({
    at: performance.now(),
    node: cpuSeconds(pid),
    clickhouse: cpuSeconds(bench.warehouse.pid),
    broker: cpuSeconds(bench.kafka.pid),
  });
  let begun = 0;
  while (begun === 0) {
    await sleep(10);
    begun = await storedUpTo(bench, topic);
  }
  const before = look();
  let stored = begun;
  while (stored < events) {
    await sleep(100);
    stored = await storedUpTo(bench, topic);
  }
  const after = look();
  const measured = events - begun;
  const us = (key: 'node' | 'clickhouse' | 'broker'): number =>
    Math.round(((after[key] - before[key]) * 1e7) / measured) / 10;
  const [parts] = await bench.warehouse.clickhouse.query<{ level: string }>(
    `SELECT max(max_block_number) AS level FROM system.parts WHERE database = 'raw' AND table = 'web_events' AND active`,
  );
  const result: Result = {
    mode: 'sink',
    rowsPerSecond: Math.round(measured / ((after.at - before.at) / 1000)),
    nodeUs: us('node'),
    clickhouseUs: us('clickhouse'),
    brokerUs: us('broker'),
    peakMb: peakMemoryMb(pid),
    inserts: Number(parts?.level ?? 0),
  };
  await sink.stop();
  return result;
}

/** The rows that the sink stored, as ClickHouse writes them. */
async function exportRows({ warehouse }: Bench, file: string): Promise<void> {
  const out = createWriteStream(file);
  const stream = warehouse.clickhouse.queryStream(
    `SELECT ${columns} FROM raw.web_events`,
    {},
    { settings: { output_format_json_quote_64bit_integers: 0 } },
  );
  for await (const rows of stream) {
    if (!out.write(rows.map((row) => `${JSON.stringify(row)}\n`).join(''))) await once(out, 'drain');
  }
  out.end();
  await once(out, 'finish');
}

async function measureOwnInsert({ warehouse }: Bench, file: string): Promise<Result> {
  const { clickhouse, pid } = warehouse;
  const types = await clickhouse.query<{ name: string; type: string }>(
    `SELECT name, type FROM system.columns WHERE database = 'raw' AND table = 'web_events'`,
  );
  const typeOf = new Map(types.map(({ name, type }) => [name, type]));
  const structure = STORED_WEB_EVENT_COLUMNS.map((name) => `${name} ${typeOf.get(name) ?? ''}`)
    .join(', ')
    .replaceAll("'", "\\'");
  const cpuBefore = cpuSeconds(pid);
  const startedAt = performance.now();
  await clickhouse.command(
    `INSERT INTO raw.web_events (${columns}) SELECT ${columns} FROM file('${file}', 'JSONEachRow', '${structure}')`,
  );
  const seconds = (performance.now() - startedAt) / 1000;
  const clickhouseUs = Math.round(((cpuSeconds(pid) - cpuBefore) * 1e7) / events) / 10;
  const zero = { nodeUs: 0, brokerUs: 0, peakMb: 0, inserts: 1 };
  return { mode: 'own insert of JSONEachRow', rowsPerSecond: Math.round(events / seconds), clickhouseUs, ...zero };
}

function median(values: number[]): number {
  return values.toSorted((a, b) => a - b)[Math.floor(values.length / 2)] ?? 0;
}

async function round(bench: Bench): Promise<Result[]> {
  const topic = `bench-${Date.now()}`;
  const file = join(bench.owner.directory, 'rows.json');
  await preload(bench, topic);
  await empty(bench);
  const sink = await measureSink(bench, topic);
  await exportRows(bench, file);
  await empty(bench);
  const own = await measureOwnInsert(bench, file);
  await deleteTopics(bench.client, [topic, `${topic}-dead`]);
  return [sink, own];
}

await withServers('sink-bench', async (owner) => {
  const servers = await startServers(owner);
  const bench = { ...servers, owner, client: createKafka({ brokers: [servers.kafka.brokers], clientId: 'bench' }) };
  const results: Result[] = [];
  for (let number = 0; number < Number(options.rounds); number += 1) {
    const measured = await round(bench);
    for (const result of measured) console.log(JSON.stringify(result));
    results.push(...measured);
  }
  const of = (mode: string): number =>
    median(results.filter((result) => result.mode.startsWith(mode)).map(({ rowsPerSecond }) => rowsPerSecond));
  const ratio = Math.round((of('sink') / of('own')) * 100) / 100;
  console.log(JSON.stringify({ median: 'rows per second', sink: of('sink'), own: of('own'), ratio }));
});
