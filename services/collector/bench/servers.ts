import { createServer, type IncomingMessage } from 'node:http';
import type { AddressInfo } from 'node:net';
import { createKafka, createProducer } from '@ebb/kafka';
import { createLogger, createMetrics, Releasers } from '@ebb/runtime';
import { BatchingProducer } from '../src/batching-producer.ts';
import { loadCollectorConfig } from '../src/config.ts';
import type { TopicNames } from '../src/event-endpoint.ts';
import { createCollector } from '../src/service.ts';

/** What the measuring process sends to a server process it has forked. */
export interface StartServer {
  kind: 'collector' | 'plain';
  brokers: string[];
  postgresUrl: string;
  topics: TopicNames;
}

export type ServerReply = { kind: 'listening'; url: string } | { kind: 'usage'; cpuMicros: number; rssBytes: number };

const MAX_BATCH_BYTES = 900_000;

/** The collector as it runs in production, on topics of the benchmark. */
async function startCollector(options: StartServer): Promise<string> {
  const config = loadCollectorConfig({
    EBB_KAFKA_BROKERS: options.brokers.join(','),
    EBB_POSTGRES_URL: options.postgresUrl,
    EBB_COLLECTOR_PORT: '0',
  });
  const collector = await createCollector(config, {
    logger: createLogger({ name: 'collector', level: 'warn' }),
    metrics: createMetrics('collector'),
    releasers: new Releasers(),
    topics: options.topics,
  });
  void collector.run();
  return collector.url;
}

/** The yardstick: `node:http`, `JSON.parse` and the same producer; no key, no check, no limit. */
async function startPlain(options: StartServer): Promise<string> {
  const kafka = createKafka({ brokers: options.brokers, clientId: 'ebb-bench' });
  const producer = createProducer(kafka, { idempotent: false, compression: 'lz4' });
  await producer.connect();
  const batching = new BatchingProducer(producer, {
    maxBatchBytes: MAX_BATCH_BYTES,
    maxInFlight: 3,
    lingerMs: 2,
    nowMs: () => Date.now(),
    onProduced: () => {},
  });
  const answer = async (request: IncomingMessage): Promise<string> => {
    const chunks: Buffer[] = [];
    for await (const chunk of request) chunks.push(chunk as Buffer);
    const events = JSON.parse(Buffer.concat(chunks).toString('utf8')) as { user_id: string }[];
    await batching.send(
      events.map((event) => {
        const value = JSON.stringify(event);
        return { topic: options.topics.websiteEvents, key: event.user_id, value, weight: value.length };
      }),
    );
    return JSON.stringify({ accepted: events.length, rejected: [] });
  };
  const server = createServer((request, response) => {
    void answer(request).then((body) => {
      response.writeHead(202, { 'content-type': 'application/json' }).end(body);
    });
  });
  await new Promise<void>((resolve) => {
    server.listen(0, '127.0.0.1', resolve);
  });
  return `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
}

function reply(message: ServerReply): void {
  process.send?.(message);
}

process.on('message', (message: StartServer | 'usage') => {
  if (message === 'usage') {
    const { user, system } = process.cpuUsage();
    reply({ kind: 'usage', cpuMicros: user + system, rssBytes: process.memoryUsage.rss() });
    return;
  }
  const starting = message.kind === 'collector' ? startCollector(message) : startPlain(message);
  void starting.then((url) => reply({ kind: 'listening', url }));
});
