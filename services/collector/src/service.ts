import { randomBytes } from 'node:crypto';
import type { AddressInfo } from 'node:net';
import { TOPICS } from '@ebb/contracts';
import { type Clock, errorMessage, systemClock } from '@ebb/core';
import { createKafka, createProducer, kafkaOptionsFrom, type Producer, topicOffsets } from '@ebb/kafka';
import { createPool, hashWriteKey } from '@ebb/postgres';
import type { Logger, Metrics, Readiness, Releasers, Service } from '@ebb/runtime';
import type { FastifyInstance } from 'fastify';
import { BatchingProducer } from './batching-producer.ts';
import type { CollectorConfig } from './config.ts';
import { EventEndpoint, type TopicNames } from './event-endpoint.ts';
import { createHttpServer } from './http-server.ts';
import { InFlightBudget } from './in-flight-budget.ts';
import { KafkaHealth } from './kafka-health.ts';
import { type CollectorMetrics, createCollectorMetrics, registerGauges } from './metrics.ts';
import { MinuteQuota } from './minute-quota.ts';
import { ReceiptLedger } from './receipt-ledger.ts';
import { ReceiptSender } from './receipt-sender.ts';
import { SettingsStore } from './settings-store.ts';
import { TokenBuckets } from './token-bucket.ts';
import { withTimeout } from './with-timeout.ts';

export interface CollectorDeps {
  logger: Logger;
  metrics: Metrics;
  releasers: Releasers;
  clock?: Clock;
  /** Other topic names let tests share a broker. */
  topics?: TopicNames;
}

export interface Collector extends Service {
  /** `http://host:port` it listens on. */
  readonly url: string;
}

export const MAX_EVENTS = 1_000;
export const MAX_BODY_BYTES = 1_000_000;
const MAX_INFLATION_RATIO = 100;
/** A record batch of a topic may take 1 MiB. */
const MAX_BATCH_BYTES = 900_000;
const MAX_PRODUCES_IN_FLIGHT = 3;
const LINGER_MS = 2;
/** 5 ms doubling to 1 s: some 8 s in all, below the answer's own deadline. */
const PRODUCE_RETRIES = 14;
const PROBE_TIMEOUT_MS = 3_000;
const CLOSE_IDLE_MS = 50;
const SETTINGS_TIMEOUT_MS = 2_000;

/**
 * Builds the collector and starts listening. Start order: Kafka client, settings, HTTP; stop order: not ready, no new
 * requests, requests under way answered, receipts flushed, clients closed (by the releasers).
 */
export async function createCollector(config: CollectorConfig, deps: CollectorDeps): Promise<Collector> {
  const parts = assembleParts(config, deps);
  const app = assembleHttp(config, deps, parts);
  const collector = new RunningCollector(app, parts);
  await parts.producer.connect().catch((error: unknown) => {
    // Kafka may come later; the health check keeps looking.
    deps.logger.warn({ event: 'kafka_unavailable', message: errorMessage(error) });
  });
  deps.releasers.add('producer', () => parts.producer.disconnect());
  await parts.settings.refresh();
  await app.listen({ host: config.host, port: config.port });
  deps.releasers.add('http', () => app.close());
  collector.url = `http://${urlHost(config.host)}:${(app.server.address() as AddressInfo).port}`;
  deps.logger.info({ event: 'listening', url: collector.url });
  return collector;
}

function urlHost(host: string): string {
  return host.includes(':') ? `[${host}]` : host;
}

interface Parts {
  clock: Clock;
  topics: TopicNames;
  producer: Producer;
  batching: BatchingProducer;
  health: KafkaHealth;
  settings: SettingsStore;
  receipts: ReceiptLedger;
  receiptSender: ReceiptSender;
  budget: InFlightBudget;
  buckets: TokenBuckets;
  metrics: CollectorMetrics;
  drain: { started: boolean };
}

function assembleParts(config: CollectorConfig, deps: CollectorDeps): Parts {
  const clock = deps.clock ?? systemClock;
  const nowMs = (): number => clock.nowMs();
  const topics = deps.topics ?? TOPICS;
  const metrics = createCollectorMetrics(deps.metrics);
  const kafka = createKafka(
    kafkaOptionsFrom(config, 'ebb-collector', (level, fields) =>
      deps.logger[level]({ event: 'kafka_client', ...fields }),
    ),
  );
  // Not idempotent: after a send that failed for good, kafkajs gives its sequence numbers to the next batch, and a
  // broker that did store the first one acknowledges the second without storing it. Repeats are removed by event id.
  const producer = createProducer(kafka, {
    idempotent: false,
    timeoutMs: config.produceTimeoutMs,
    retries: PRODUCE_RETRIES,
    compression: 'lz4',
  });
  const batching: BatchingProducer = new BatchingProducer(producer, {
    maxBatchBytes: MAX_BATCH_BYTES,
    maxInFlight: MAX_PRODUCES_IN_FLIGHT,
    lingerMs: LINGER_MS,
    nowMs,
    onProduced: ({ messages, durationMs, error }) => {
      health.report(error);
      metrics.producedBatchMessages.observe(messages);
      if (error === undefined) metrics.produceSeconds.observe(durationMs / 1_000);
      else metrics.produceFailures.inc();
    },
  });
  const health = new KafkaHealth({
    probe: () =>
      withTimeout(
        topicOffsets(kafka, topics.websiteEvents),
        PROBE_TIMEOUT_MS,
        () => new Error('the brokers do not answer'),
      ),
    oldestInFlightMs: () => batching.oldestInFlightMs(),
    nowMs,
    logger: deps.logger,
  });
  const budget = new InFlightBudget({ maxRequests: config.maxInFlightRequests, maxBytes: config.maxInFlightBytes });
  const receipts = new ReceiptLedger(randomBytes(6).toString('hex'));
  const receiptSender = new ReceiptSender({
    ledger: receipts,
    producer: batching,
    topic: topics.collectorReceipts,
    clock,
    logger: deps.logger,
    onSent: (count) => metrics.receiptsSent.inc(count),
  });
  const buckets = new TokenBuckets(clock);
  const settings = createSettings(config, deps, { metrics, buckets, nowMs });
  registerGauges(deps.metrics, {
    inFlightRequests: () => budget.requests,
    inFlightBytes: () => budget.bytes,
    settingsAgeSeconds: () => settings.ageSeconds(),
    activeKeys: () => settings.current?.keys.size ?? 0,
    kafkaHealthy: () => health.healthy,
    receiptsUnsent: () => receipts.unsent.length,
  });
  const drain = { started: false };
  return {
    clock,
    topics,
    producer,
    batching,
    health,
    settings,
    receipts,
    receiptSender,
    budget,
    buckets,
    metrics,
    drain,
  };
}

function createSettings(
  config: CollectorConfig,
  deps: CollectorDeps,
  parts: { metrics: CollectorMetrics; buckets: TokenBuckets; nowMs: () => number },
): SettingsStore {
  const pool = createPool({
    url: config.postgresUrl,
    max: 2,
    applicationName: 'ebb-collector',
    statementTimeoutMs: SETTINGS_TIMEOUT_MS,
    connectTimeoutMs: SETTINGS_TIMEOUT_MS,
  });
  deps.releasers.add('postgres', () => pool.end());
  return new SettingsStore({
    pool,
    refreshMs: config.settingsRefreshMs,
    nowMs: parts.nowMs,
    logger: deps.logger,
    onFailure: () => parts.metrics.settingsFailures.inc(),
    onRefresh: (settings) => parts.buckets.retain(settings.keys.ids),
  });
}

function assembleHttp(config: CollectorConfig, deps: CollectorDeps, parts: Parts): FastifyInstance {
  const limits = { maxEvents: MAX_EVENTS, maxBytes: MAX_BODY_BYTES };
  const endpoint = new EventEndpoint({
    ...parts,
    limits: { ...limits, maxRatio: MAX_INFLATION_RATIO, produceTimeoutMs: config.produceTimeoutMs },
    deadLetterQuota: new MinuteQuota(config.deadLettersPerMinute, parts.clock),
    producer: parts.batching,
  });
  const demoShopKey = config.demoShopKey === '' ? null : config.demoShopKey;
  return createHttpServer({
    endpoint,
    settings: () => parts.settings.current,
    access: { demoKeyHash: demoShopKey === null ? null : Buffer.from(hashWriteKey(demoShopKey), 'hex') },
    demoShopKey,
    readiness: () => readinessOf(parts),
    isDraining: () => parts.drain.started,
    limits: { ...limits, requestTimeoutMs: config.requestTimeoutMs, maxConnections: config.maxConnections },
    metrics: deps.metrics,
    collectorMetrics: parts.metrics,
    logger: deps.logger,
  });
}

function readinessOf(parts: Parts): Readiness {
  const reasons: string[] = [];
  if (parts.drain.started) reasons.push('stopping');
  if (parts.settings.current === null) reasons.push('write keys not loaded');
  if (!parts.health.healthy) reasons.push('kafka unavailable');
  return { ready: reasons.length === 0, reasons };
}

class RunningCollector implements Collector {
  url = '';
  readonly #app: FastifyInstance;
  readonly #parts: Parts;

  constructor(app: FastifyInstance, parts: Parts) {
    this.#app = app;
    this.#parts = parts;
  }

  async run(): Promise<void> {
    await Promise.all([this.#parts.settings.run(), this.#parts.health.run(), this.#parts.receiptSender.run()]);
  }

  /** Idle connections are closed, open requests answered; then the last receipts go out. */
  async drain(): Promise<void> {
    this.#parts.drain.started = true;
    // Closing looks for idle connections only once; a connection may become idle later, or never have been used.
    const closing = setInterval(() => this.#app.server.closeIdleConnections(), CLOSE_IDLE_MS);
    await this.#app.close().finally(() => clearInterval(closing));
    await this.#parts.receiptSender.finish();
  }

  stop(): Promise<void> {
    this.#parts.drain.started = true;
    this.#parts.settings.stop();
    this.#parts.health.stop();
    this.#parts.receiptSender.stop();
    return Promise.resolve();
  }
}
