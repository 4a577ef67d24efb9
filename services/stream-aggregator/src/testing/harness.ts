import { hostEnvironment } from '@ebb/config';
import { must } from '@ebb/core';
import { createKafka, createProducer, ensureTopics, type KafkaHandle, type Producer, topicOffsets } from '@ebb/kafka';
import { createLogger, createMetrics, type Metrics, Releasers } from '@ebb/runtime';
import { testKafka, type TestPostgres, uniqueName } from '@ebb/testing';
import { type Aggregator, createAggregator, loadAggregatorConfig, type TopicNames } from '../index.ts';

export interface TestTopics extends TopicNames {
  readonly kafka: KafkaHandle;
  readonly producer: Producer;
  close(): Promise<void>;
}

/** Topics of their own for one test, and a producer. */
export async function createTopics(partitions: number): Promise<TestTopics> {
  const kafka = createKafka({ ...testKafka(), clientId: 'aggregator-test' });
  const names = {
    website: uniqueName('website'),
    purchase: uniqueName('purchase'),
    dead_letters: uniqueName('dead'),
  };
  await setPartitions(kafka, names, partitions);
  const producer = createProducer(kafka);
  await producer.connect();
  return { ...names, kafka, producer, close: () => producer.disconnect() };
}

export async function setPartitions(kafka: KafkaHandle, names: TopicNames, partitions: number): Promise<void> {
  await ensureTopics(
    kafka,
    [names.website, names.purchase, names.dead_letters].map((name) => ({
      name,
      partitions,
      replicationFactor: 1,
      config: { 'message.timestamp.type': 'LogAppendTime' },
    })),
  );
}

export interface RunningAggregator {
  readonly aggregator: Aggregator;
  readonly metrics: Metrics;
  /** Rejects when the service failed by itself. */
  readonly done: Promise<void>;
  stop(): Promise<void>;
}

export interface StartOptions {
  readonly topics: TopicNames;
  readonly group: string;
  readonly env?: Record<string, string>;
}

/** The production assembly in this process, with the permissions of its role. */
export async function startAggregator(database: TestPostgres, options: StartOptions): Promise<RunningAggregator> {
  const config = loadAggregatorConfig({
    EBB_POSTGRES_URL: database.roleUrl('ebb_aggregator'),
    EBB_KAFKA_BROKERS: testKafka().brokers.join(','),
    EBB_AGGREGATOR_GROUP: options.group,
    ...options.env,
  });
  const releasers = new Releasers();
  const metrics = createMetrics('stream-aggregator');
  const logger = createLogger({ name: 'test', level: hostEnvironment()['EBB_TEST_LOG_LEVEL'] ?? 'fatal' });
  const { website, purchase, dead_letters } = options.topics;
  const topics = { website, purchase, dead_letters };
  const aggregator = await createAggregator(config, { logger, metrics, releasers, nowMs: () => Date.now(), topics });
  const done = aggregator.run();
  done.catch(() => {});
  const stop = async (): Promise<void> => {
    await aggregator.drain();
    await aggregator.stop();
    await done.catch(() => {});
    await releasers.releaseAll();
  };
  return { aggregator, metrics, done, stop };
}

/** Waits until everything the topics hold is stored. */
export async function isDrained(database: TestPostgres, { kafka, ...names }: TestTopics): Promise<boolean> {
  const { rows } = await database.pool.query<{ topic: string; partition: number; next_offset: string }>(
    'SELECT topic, partition, next_offset FROM stream.consumer_offsets',
  );
  const stored = new Map(rows.map((row) => [`${row.topic}:${row.partition}`, BigInt(row.next_offset)]));
  for (const topic of [names.website, names.purchase, names.dead_letters]) {
    for (const { partition, high } of await topicOffsets(kafka, topic)) {
      if ((stored.get(`${topic}:${partition}`) ?? 0n) < high) return false;
    }
  }
  return true;
}

/** A metric's value by its name without the common prefix. */
export async function metricValue(
  metrics: Metrics,
  name: string,
  labels: Record<string, string> = {},
): Promise<number> {
  const metric = must(metrics.registry.getSingleMetric(`ebb_stream_aggregator_${name}`), `no metric ${name}`);
  const { values } = await metric.get();
  return values
    .filter((value) => Object.entries(labels).every(([label, wanted]) => value.labels[label] === wanted))
    .reduce((sum, { value }) => sum + value, 0);
}
