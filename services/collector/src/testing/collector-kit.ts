import { topicDefinitions, TOPICS } from '@ebb/contracts';
import { createKafka, ensureTopics } from '@ebb/kafka';
import { createWriteKey, type NewWriteKey, type Pool } from '@ebb/postgres';
import { createMetrics, type Logger, Releasers } from '@ebb/runtime';
import { eventually, uniqueName } from '@ebb/testing';
import { pino } from 'pino';
import { loadCollectorConfig } from '../config.ts';
import type { TopicNames } from '../event-endpoint.ts';
import { type Collector, createCollector } from '../service.ts';

export interface TestCollector {
  url: string;
  topics: TopicNames;
  /** Secret of a key without limits of its own. */
  key: string;
  keyId: string;
  /** What was logged so far. */
  logLines: string[];
  metrics(): Promise<string>;
  drain(): Promise<void>;
  close(): Promise<void>;
}

export interface TestCollectorOptions {
  brokers: string[];
  pool: Pool;
  postgresUrl: string;
  settings?: Record<string, string>;
  key?: Partial<NewWriteKey>;
  topics?: TopicNames;
  /** Looks at the collector before it is ready. */
  onListening?: (url: string) => Promise<void>;
}

/** The production wiring over real Kafka and Postgres, with topics of its own. */
export async function startTestCollector(options: TestCollectorOptions): Promise<TestCollector> {
  const topics = options.topics ?? (await createTopics(options.brokers));
  const { id, key } = await createWriteKey(options.pool, { name: uniqueName('key'), ...options.key });
  const config = loadCollectorConfig({
    EBB_KAFKA_BROKERS: options.brokers.join(','),
    EBB_POSTGRES_URL: options.postgresUrl,
    EBB_COLLECTOR_PORT: '0',
    EBB_COLLECTOR_SETTINGS_REFRESH_MS: '500',
    ...options.settings,
  });
  const logLines: string[] = [];
  const logger: Logger = pino({ level: 'debug' }, { write: (line: string) => void logLines.push(line) });
  const releasers = new Releasers();
  const metrics = createMetrics('collector');
  const collector = await createCollector(config, { logger, metrics, releasers, topics });
  const running = collector.run();
  await options.onListening?.(collector.url);
  await untilReady(collector);
  const close = async (): Promise<void> => {
    await collector.drain?.();
    await collector.stop();
    await running;
    await releasers.releaseAll();
  };
  return {
    url: collector.url,
    topics,
    key,
    keyId: id,
    logLines,
    metrics: () => metrics.registry.metrics(),
    drain: async () => collector.drain?.(),
    close,
  };
}

export async function createTopics(brokers: string[]): Promise<TopicNames> {
  const prefix = uniqueName('collector');
  const topics = Object.fromEntries(
    Object.entries(TOPICS).map(([name, topic]) => [name, `${prefix}_${topic}`]),
  ) as unknown as TopicNames;
  const definitions = topicDefinitions({ partitions: 3, retentionDays: 1, replicationFactor: 1 });
  const kafka = createKafka({ brokers, clientId: 'collector-test' });
  await ensureTopics(
    kafka,
    definitions.map((definition) => ({ ...definition, name: `${prefix}_${definition.name}` })),
  );
  return topics;
}

export async function untilReady(collector: Pick<Collector, 'url'>): Promise<void> {
  await eventually(async () => (await fetch(`${collector.url}/healthz/ready`)).status === 200);
}
