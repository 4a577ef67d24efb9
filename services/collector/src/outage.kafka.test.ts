import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { join } from 'node:path';
import { parseReceipt, tallyDigests, topicDefinitions, TOPICS, webEventDigest } from '@ebb/contracts';
import { must, sleep } from '@ebb/core';
import { createKafka, ensureTopics } from '@ebb/kafka';
import { createWriteKey } from '@ebb/postgres';
import { eventually, type PrivateKafka, startPrivateKafka, testPostgres } from '@ebb/testing';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { startTestCollector, type TestCollector } from './testing/collector-kit.ts';
import { pageView, pageViewIdentity, send } from './testing/events.ts';
import { readTopic } from './testing/read-topic.ts';

const MAX_BYTES = 2_000_000;
const PRODUCE_TIMEOUT_MS = 2_000;
let kafka: PrivateKafka;
let collector: TestCollector;

beforeAll(async () => {
  kafka = await startPrivateKafka();
  const database = await testPostgres();
  collector = await startTestCollector({
    brokers: kafka.brokers,
    pool: database.pool,
    postgresUrl: database.roleUrl('ebb_collector'),
    settings: {
      EBB_COLLECTOR_PRODUCE_TIMEOUT_MS: String(PRODUCE_TIMEOUT_MS),
      EBB_COLLECTOR_MAX_IN_FLIGHT_BYTES: String(MAX_BYTES),
    },
    key: { ratePerSecond: 1_000_000, burst: 1_000_000 },
  });
});

afterAll(() => collector.close());

interface Sent {
  /** Ids of the events of requests answered 202. */
  promised: string[];
  statuses: Map<number, number>;
  retryAfters: Set<string | null>;
  slowestMs: number;
}

function emptySent(): Sent {
  return { promised: [], statuses: new Map(), retryAfters: new Set(), slowestMs: 0 };
}

/** Waits until that many more events were promised. */
async function untilPromised(sent: Sent, more: number): Promise<void> {
  const wanted = sent.promised.length + more;
  await eventually(() => sent.promised.length >= wanted, { timeoutMs: 30_000 });
}

interface Target {
  url: string;
  key: string;
}

/** Eight clients that send batches, one request after the other each, until told to stop or refused a connection. */
async function sendUntil(
  signal: AbortSignal,
  prefix: string,
  { url, key }: Target,
  sent: Sent = emptySent(),
): Promise<Sent> {
  const client = async (name: number): Promise<void> => {
    for (let request = 0; !signal.aborted; request++) {
      const ids = [1, 2, 3, 4, 5].map((n) => `${prefix}-${name}-${request}-${n}`);
      const startedAt = performance.now();
      const body = ids.map((id) => pageView({ event_id: id, anonymous_id: `v-${id}` }));
      const response = await send(url, body, { key }).catch(() => null);
      // Nobody listens any more: the end of a drain or of the process.
      if (response === null) return;
      await response.arrayBuffer();
      sent.slowestMs = Math.max(sent.slowestMs, performance.now() - startedAt);
      sent.statuses.set(response.status, (sent.statuses.get(response.status) ?? 0) + 1);
      if (response.status === 202) sent.promised.push(...ids);
      else sent.retryAfters.add(response.headers.get('retry-after'));
      if (response.status !== 202) await sleep(20);
    }
  };
  await Promise.all(Array.from({ length: 8 }, (_, name) => client(name)));
  return sent;
}

/** What was promised and is not in the topic. */
async function missing(sent: Sent, topic: string): Promise<string[]> {
  const messages = await readTopic(kafka.brokers, topic);
  const stored = new Set(messages.map(({ text }) => (JSON.parse(text) as { event_id: string }).event_id));
  return sent.promised.filter((id) => !stored.has(id));
}

const isReady = async (): Promise<boolean> => (await fetch(`${collector.url}/healthz/ready`)).ok;

test('a killed broker: 503 while it is away, everything promised is there afterwards', async () => {
  const stop = new AbortController();
  const sent = emptySent();
  const sending = sendUntil(stop.signal, 'kill', collector, sent);
  await untilPromised(sent, 200);
  await kafka.signal('SIGKILL');
  await eventually(async () => !(await isReady()));
  await kafka.start();
  await untilPromised(sent, 200);
  stop.abort();
  await sending;
  expect([...sent.statuses.keys()].toSorted((a, b) => a - b)).toEqual([202, 503]);
  expect([...sent.retryAfters].every((value) => Number(value) >= 1)).toBe(true);
  expect(await missing(sent, collector.topics.websiteEvents)).toEqual([]);
}, 120_000);

test('a frozen broker: answers stay prompt, memory stays bounded, and all is well once it thaws', async () => {
  await kafka.signal('SIGSTOP');
  const big = 'x'.repeat(7_000);
  const body = Array.from({ length: 40 }, () => pageView({ properties: { big } }));
  const startedAt = performance.now();
  const answers = await Promise.all(
    Array.from({ length: 40 }, () => send(collector.url, body, { key: collector.key })),
  );
  expect(performance.now() - startedAt).toBeLessThan(PRODUCE_TIMEOUT_MS + 20_000);
  expect(new Set(answers.map((response) => response.status))).toEqual(new Set([503]));
  const held = /ebb_collector_in_flight_bytes (\d+)/.exec(await collector.metrics())?.[1];
  expect(Number(held)).toBeGreaterThan(0);
  expect(Number(held)).toBeLessThanOrEqual(MAX_BYTES);
  await eventually(async () => !(await isReady()));
  await kafka.signal('SIGCONT');
  await eventually(isReady, { timeoutMs: 60_000 });
  await eventually(async () => (await collector.metrics()).includes('ebb_collector_in_flight_bytes 0\n'), {
    timeoutMs: 60_000,
  });
  expect((await send(collector.url, pageView(), { key: collector.key })).status).toBe(202);
}, 180_000);

test('a drain under load answers every request and loses nothing it promised', async () => {
  const stop = new AbortController();
  const sent = emptySent();
  const sending = sendUntil(stop.signal, 'drain', collector, sent);
  await untilPromised(sent, 100);
  const startedAt = performance.now();
  await collector.drain();
  expect(performance.now() - startedAt).toBeLessThan(30_000);
  await sending;
  expect(await missing(sent, collector.topics.websiteEvents)).toEqual([]);
  expect([...sent.statuses.keys()].filter((status) => status !== 202 && status !== 503)).toEqual([]);
  await expect(fetch(`${collector.url}/healthz/live`)).rejects.toThrow('fetch failed');
});

describe('the process', () => {
  test('killed under load, it has lost nothing it promised; terminated, it ends in order with its receipts sent', async () => {
    const database = await testPostgres();
    const kafkaClient = createKafka({ brokers: kafka.brokers, clientId: 'collector-test' });
    await ensureTopics(kafkaClient, topicDefinitions({ partitions: 3, retentionDays: 1, replicationFactor: 1 }));
    const { key } = await createWriteKey(database.pool, {
      name: 'process',
      ratePerSecond: 1_000_000,
      burst: 1_000_000,
    });
    const environment = {
      EBB_KAFKA_BROKERS: kafka.brokers.join(','),
      EBB_POSTGRES_URL: database.roleUrl('ebb_collector'),
      EBB_COLLECTOR_PORT: '0',
    };
    for (const signal of ['SIGKILL', 'SIGTERM'] as const) {
      const child = await startProcess(environment);
      const sent = emptySent();
      const sending = sendUntil(new AbortController().signal, signal, { url: child.url, key }, sent);
      await untilPromised(sent, 200);
      const code = await child.end(signal);
      await sending;
      expect(code).toBe(signal === 'SIGTERM' ? 0 : null);
      expect(await missing(sent, TOPICS.websiteEvents)).toEqual([]);
      if (signal === 'SIGKILL') continue;
      const receipts = await readTopic(kafka.brokers, TOPICS.collectorReceipts);
      const tallies = receipts.map(({ text }) => parseReceipt(Buffer.from(text)));
      const checksum = tallies.reduce((sum, tally) => sum + (tally.ok ? tally.value.checksum : 0n), 0n);
      // A drain delivers every answer, so the receipts and what the clients were told are the same.
      expect(checksum % (1n << 64n)).toBe(
        tallyDigests([...sent.promised].map((id) => webEventDigest(pageViewIdentity(id, `v-${id}`)))).checksum,
      );
    }
  }, 120_000);
});

interface CollectorProcess {
  url: string;
  /** Sends the signal and resolves with the exit code. */
  end(signal: NodeJS.Signals): Promise<number | null>;
}

async function startProcess(environment: Record<string, string>): Promise<CollectorProcess> {
  const main = join(import.meta.dirname, 'main.ts');
  const child = spawn(process.execPath, [main], { env: environment, stdio: ['ignore', 'pipe', 'inherit'] });
  const exited = once(child, 'exit') as Promise<[number | null]>;
  let log = '';
  child.stdout.on('data', (chunk: Buffer) => {
    log += chunk.toString();
  });
  const url = await eventually(() => must(/"url":"([^"]+)"/.exec(log)?.[1], `no address in its log: ${log}`));
  await eventually(async () => (await fetch(`${url}/healthz/ready`)).ok);
  const end = async (signal: NodeJS.Signals): Promise<number | null> => {
    child.kill(signal);
    return (await exited)[0];
  };
  return { url, end };
}
