import { type ChildProcess, fork } from 'node:child_process';
import { once } from 'node:events';
import { join } from 'node:path';
import { topicDefinitions, TOPICS } from '@ebb/contracts';
import { envInteger, kafkaOptions, loadConfig, option, postgresOptions } from '@ebb/config';
import { must, sleep } from '@ebb/core';
import { createKafka, deleteTopics, ensureTopics } from '@ebb/kafka';
import { createPool, createWriteKey, revokeWriteKey } from '@ebb/postgres';
import type { TopicNames } from '../src/event-endpoint.ts';
import { drive, type LoadResult, makeBodies } from './load.ts';
import type { ServerReply, StartServer } from './servers.ts';

/**
 * The collector against `node:http` + `JSON.parse` + the same producer, at batches of 100 events: alternating runs on
 * one machine, medians, CPU per event of the server process. Needs a running stack:
 * `EBB_KAFKA_BROKERS=… EBB_POSTGRES_URL=… node services/collector/bench/collector.bench.ts`
 * It writes to topics of its own, which it deletes, and prints one JSON object.
 */
const config = loadConfig({
  kafkaBrokers: kafkaOptions.kafkaBrokers,
  postgresUrl: postgresOptions.postgresUrl,
  rounds: option('EBB_BENCH_ROUNDS', envInteger({ min: 1 }), { description: 'runs of each server', default: '5' }),
  seconds: option('EBB_BENCH_SECONDS', envInteger({ min: 1 }), { description: 'length of a run', default: '5' }),
  connections: option('EBB_BENCH_CONNECTIONS', envInteger({ min: 1 }), { description: 'clients', default: '16' }),
});

const EVENTS_PER_BODY = 100;
const KINDS = ['plain', 'collector'] as const;
type Kind = (typeof KINDS)[number];

interface Run extends LoadResult {
  cpuMicrosPerEvent: number;
  rssMegabytes: number;
}

interface Server {
  url: string;
  usage(): Promise<{ cpuMicros: number; rssBytes: number }>;
  stop(): Promise<void>;
}

async function startServer(start: StartServer): Promise<Server> {
  const child = fork(join(import.meta.dirname, 'servers.ts'), { stdio: ['ignore', 'inherit', 'inherit', 'ipc'] });
  child.send(start);
  const listening = await nextReply(child);
  if (listening.kind !== 'listening') throw new Error('the server process answered out of turn');
  return {
    url: listening.url,
    usage: async () => {
      child.send('usage');
      const usage = await nextReply(child);
      if (usage.kind !== 'usage') throw new Error('the server process answered out of turn');
      return usage;
    },
    stop: async () => {
      child.kill('SIGKILL');
      await once(child, 'exit');
    },
  };
}

async function nextReply(child: ChildProcess): Promise<ServerReply> {
  const [message] = (await Promise.race([
    once(child, 'message'),
    once(child, 'exit').then(() => {
      throw new Error('the server process ended');
    }),
  ])) as [ServerReply];
  return message;
}

async function measure(server: Server, key: string, bodies: Buffer[], seconds: number): Promise<Run> {
  const before = await server.usage();
  const result = await drive({ url: server.url, key }, bodies, {
    connections: config.connections,
    durationMs: seconds * 1_000,
    eventsPerBody: EVENTS_PER_BODY,
  });
  const after = await server.usage();
  return {
    ...result,
    cpuMicrosPerEvent: (after.cpuMicros - before.cpuMicros) / result.events,
    rssMegabytes: after.rssBytes / 1e6,
  };
}

function median(values: number[]): number {
  const sorted = values.toSorted((a, b) => a - b);
  return must(sorted[Math.floor(sorted.length / 2)], 'no runs');
}

function summarize(runs: Run[]): Record<string, number> {
  const of = (read: (run: Run) => number): number => Math.round(median(runs.map(read)) * 100) / 100;
  return {
    eventsPerSecond: Math.round(of((run) => run.eventsPerSecond)),
    cpuMicrosPerEvent: of((run) => run.cpuMicrosPerEvent),
    p50Ms: of((run) => run.p50Ms),
    p99Ms: of((run) => run.p99Ms),
    rssMegabytes: Math.round(of((run) => run.rssMegabytes)),
    refused: runs.reduce((sum, run) => sum + run.refused, 0),
  };
}

async function run(): Promise<void> {
  const kafka = createKafka({ brokers: config.kafkaBrokers, clientId: 'ebb-bench' });
  const pool = createPool({ url: config.postgresUrl, applicationName: 'ebb-bench' });
  const prefix = `bench_${Date.now().toString(36)}_`;
  const definitions = topicDefinitions({ partitions: 6, retentionDays: 1, replicationFactor: 1 }).map((definition) => ({
    ...definition,
    name: prefix + definition.name,
  }));
  const topics = Object.fromEntries(
    Object.entries(TOPICS).map(([name, topic]) => [name, prefix + topic]),
  ) as unknown as TopicNames;
  await ensureTopics(kafka, definitions);
  const key = await createWriteKey(pool, { name: prefix, ratePerSecond: 100_000_000, burst: 100_000_000 });
  const start = { brokers: config.kafkaBrokers, postgresUrl: config.postgresUrl, topics };
  const servers: Record<Kind, Server> = {
    plain: await startServer({ kind: 'plain', ...start }),
    collector: await startServer({ kind: 'collector', ...start }),
  };
  const bodies = makeBodies(64, EVENTS_PER_BODY);
  const runs: Record<Kind, Run[]> = { plain: [], collector: [] };
  try {
    while ((await fetch(`${servers.collector.url}/healthz/ready`)).status !== 200) await sleep(100);
    for (const kind of KINDS) await measure(servers[kind], key.key, bodies, 2);
    for (let round = 0; round < config.rounds; round++) {
      for (const kind of KINDS) runs[kind].push(await measure(servers[kind], key.key, bodies, config.seconds));
    }
  } finally {
    await Promise.all(KINDS.map((kind) => servers[kind].stop()));
    await revokeWriteKey(pool, key.id);
    await deleteTopics(
      kafka,
      definitions.map((definition) => definition.name),
    );
    await pool.end();
  }
  const plain = summarize(runs.plain);
  const collector = summarize(runs.collector);
  const ratio = median(
    runs.collector.map((one, index) => one.eventsPerSecond / must(runs.plain[index], 'a pair').eventsPerSecond),
  );
  const report = {
    benchmark: 'collector',
    eventsPerBody: EVENTS_PER_BODY,
    ...config,
    kafkaBrokers: undefined,
    postgresUrl: undefined,
  };
  process.stdout.write(
    `${JSON.stringify({ ...report, ratio: Math.round(ratio * 1_000) / 1_000, collector, plain })}\n`,
  );
}

await run();
