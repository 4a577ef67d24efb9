import { hostEnvironment } from '@ebb/config';
import { must } from '@ebb/core';
import { createKafka, createProducer, ensureTopics, type KafkaHandle, type Producer, topicOffsets } from '@ebb/kafka';
import { createLogger, createMetrics, type Metrics, Releasers } from '@ebb/runtime';
import { type TestClickhouse, testKafka, type TestPostgres, uniqueName } from '@ebb/testing';
import type { CapturedTables } from '../captured/types.ts';
import { createSink, loadSinkConfig, type Sink, type TableParts, type TopicNames } from '../index.ts';
import { noTables } from './no-tables.ts';

export interface TestTopics extends TopicNames {
  readonly kafka: KafkaHandle;
  readonly producer: Producer;
  close(): Promise<void>;
}

/** Topics of their own for one test, and a producer; captured ones are made by `createTopic`. */
export async function createTopics(partitions: number, brokers = testKafka().brokers): Promise<TestTopics> {
  const kafka = createKafka({ brokers, clientId: 'sink-test' });
  const names = {
    website: uniqueName('website'),
    deadLetters: uniqueName('dead'),
    capturedPrefix: `${uniqueName('cdc')}.`,
  };
  for (const name of [names.website, names.deadLetters]) await createTopic(kafka, name, partitions);
  const producer = createProducer(kafka);
  await producer.connect();
  return { ...names, kafka, producer, close: () => producer.disconnect() };
}

export async function createTopic(kafka: KafkaHandle, name: string, partitions: number): Promise<void> {
  const config = { 'message.timestamp.type': 'LogAppendTime' };
  await ensureTopics(kafka, [{ name, partitions, replicationFactor: 1, config }]);
}

export interface SinkSetting {
  readonly database: TestPostgres;
  readonly clickhouse: TestClickhouse;
  readonly topics: TopicNames;
  readonly brokers?: string[];
  /** Consumer groups of instances that share the work. */
  readonly group: string;
}

export interface RunningSink {
  readonly sink: Sink;
  readonly metrics: Metrics;
  /** Rejects when the service failed by itself. */
  readonly done: Promise<void>;
  stop(): Promise<void>;
}

/** What a sink of this setting is started with. */
export function sinkEnvironment({ database, clickhouse, brokers, group }: SinkSetting): Record<string, string> {
  return {
    EBB_POSTGRES_URL: database.roleUrl('ebb_sink'),
    EBB_CLICKHOUSE_URL: clickhouse.url,
    EBB_KAFKA_BROKERS: (brokers ?? testKafka().brokers).join(','),
    EBB_CDC_SINK_WEB_GROUP: `${group}-web`,
    EBB_CDC_SINK_CAPTURED_GROUP: `${group}-captured`,
  };
}

/** The production assembly in this process, with the permissions of its role. */
export function startSink(
  setting: SinkSetting,
  env: Record<string, string> = {},
  createTables: (parts: TableParts) => CapturedTables = () => noTables,
): RunningSink {
  const config = loadSinkConfig({ ...sinkEnvironment(setting), ...env });
  const releasers = new Releasers();
  const metrics = createMetrics('cdc-sink');
  const logger = createLogger({ name: 'test', level: hostEnvironment()['EBB_TEST_LOG_LEVEL'] ?? 'fatal' });
  const { website, deadLetters, capturedPrefix } = setting.topics;
  const topics = { website, deadLetters, capturedPrefix };
  const sink = createSink(config, { logger, metrics, releasers, nowMs: () => Date.now(), topics, createTables });
  const done = sink.run();
  done.catch(() => {});
  const stop = async (): Promise<void> => {
    await sink.drain();
    await sink.stop();
    await done.catch(() => {});
    await releasers.releaseAll();
  };
  return { sink, metrics, done, stop };
}

/** Whether everything the topics hold is stored. */
export async function isDrained({ clickhouse }: SinkSetting, kafka: KafkaHandle, topics: string[]): Promise<boolean> {
  const rows = await clickhouse.clickhouse.query<{ topic: string; partition: number; next_offset: string }>(
    'SELECT topic, partition, max(next_offset) AS next_offset FROM ops.sink_progress GROUP BY topic, partition',
  );
  const stored = new Map(rows.map((row) => [`${row.topic}:${row.partition}`, BigInt(row.next_offset)]));
  for (const topic of topics) {
    for (const { partition, high } of await topicOffsets(kafka, topic)) {
      if ((stored.get(`${topic}:${partition}`) ?? 0n) < high) return false;
    }
  }
  return true;
}

/** Sum of a metric's values by its name without the common prefix, of the values with these labels. */
export async function metricValue(
  metrics: Metrics,
  name: string,
  labels: Record<string, string> = {},
): Promise<number> {
  const metric = must(metrics.registry.getSingleMetric(`ebb_cdc_sink_${name}`), `no metric ${name}`);
  const { values } = await metric.get();
  return values
    .filter((value) => Object.entries(labels).every(([label, wanted]) => value.labels[label] === wanted))
    .reduce((sum, { value }) => sum + value, 0);
}
