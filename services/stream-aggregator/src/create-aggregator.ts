import { retry } from '@ebb/core';
import {
  BoundsReader,
  createConsumer,
  createKafka,
  type KafkaHandle,
  kafkaOptionsFrom,
  LogBounds,
  StallWatch,
  STEADY_FETCH,
} from '@ebb/kafka';
import { type Client, connectClient, createPool, isTransient, unsentBytes } from '@ebb/postgres';
import type { Logger, Metrics, Releasers } from '@ebb/runtime';
import { BatchBuilder } from './batch-builder.ts';
import { BatchWriter } from './batch-writer.ts';
import { BusinessCalendar } from './business-calendar.ts';
import type { AggregatorConfig } from './config.ts';
import { DecodeGate } from './decode-gate.ts';
import { SERVICE_NAME } from './decode.ts';
import { Lane } from './lane.ts';
import { MemberCache } from './member-cache.ts';
import { createAggregatorMetrics } from './metrics.ts';
import { Monitor } from './monitor.ts';
import { PolicyKeeper } from './policy-keeper.ts';
import { loadBusinessTimezone } from './policy-store.ts';
import { Aggregator, DEFAULT_TOPICS, type TopicNames } from './service.ts';

export interface AggregatorContext {
  readonly logger: Logger;
  readonly metrics: Metrics;
  readonly releasers: Releasers;
  readonly nowMs: () => number;
  readonly topics?: TopicNames;
}

const MIB = 1024 ** 2;
/** More than any topic has partitions here: a chunk that waits for room must not hold back other partitions. */
const CHUNKS_AT_ONCE = 64;
const BATCH_BYTES = 8 * MIB;
const QUEUE_BYTES_PER_LANE = 2 * MIB;
const LINGER_BELOW_MESSAGES = 500;
/** A fetch and a transaction cost as much as some fifty events: at most so many of them a second, twice as many lanes. */
const PACE_MS = 70;
const MONITOR_MS = 5_000;

/**
 * Statements of a batch look up few keys in big tables. A plan made while a table was small, or for tables the statistics
 * do not know yet, would read it whole: these settings leave only the lookups. Waiting for a rebuild of the same day ends
 * as a failure that is tried again, so that it shows and is not taken for a stall.
 */
const LANE_SETTINGS = `SET enable_hashjoin = off; SET enable_mergejoin = off; SET enable_seqscan = off; SET jit = off;
  SET plan_cache_mode = force_generic_plan;
  SET lock_timeout = '10s'`;

/** Assembles the service from its configuration. Waits for Postgres, for as long as it takes, to read its time zone. */
export async function createAggregator(config: AggregatorConfig, context: AggregatorContext): Promise<Aggregator> {
  const { logger, releasers, nowMs, topics = DEFAULT_TOPICS } = context;
  const kafka = openKafka(config, logger);
  const metrics = createAggregatorMetrics(context.metrics, nowMs);
  const pool = createPool({ url: config.postgresUrl, applicationName: SERVICE_NAME, max: 2 });
  releasers.add('pool', () => pool.end());
  const logBounds = new LogBounds(kafka);
  releasers.add('log-bounds', () => logBounds.close());
  const bounds = new BoundsReader((topic) => logBounds.read(topic));
  const calendar = new BusinessCalendar(await waitForTimezone(config, logger));
  const consumer = createConsumer(kafka, {
    groupId: config.group,
    topics: Object.values(topics),
    ...STEADY_FETCH,
    paceMs: PACE_MS,
    concurrency: CHUNKS_AT_ONCE,
    onRestart: (error) => logger.warn({ event: 'consumer_restarted', message: error.message }),
  });
  const policies = new PolicyKeeper();
  const gate = new DecodeGate(() => lanes.reduce((sum, { client }) => sum + (client ? unsentBytes(client) : 0), 0));
  const lanes: Lane[] = Array.from({ length: config.lanes }, (_, index) => {
    const cache = new MemberCache(Math.ceil(config.cacheUsers / config.lanes));
    return new Lane(
      {
        connect: () => connectLane(config, logger, index),
        builder: new BatchBuilder(policies, gate, nowMs),
        writer: new BatchWriter(calendar, cache),
        bounds: (id) => bounds.of(id),
        seek: (id, offset) => aggregator.seek(id, offset),
        logger,
        metrics,
      },
      {
        messages: config.batchMessages,
        bytes: BATCH_BYTES,
        queueBytes: QUEUE_BYTES_PER_LANE,
        lingerMs: config.lingerMs,
        lingerMessages: LINGER_BELOW_MESSAGES,
      },
    );
  });
  const stalls = new StallWatch(config.stallSeconds * 1000);
  const monitor = new Monitor({ lanes, bounds, pool, stalls, metrics, logger, nowMs });
  const monitorMs = MONITOR_MS;
  const aggregator = new Aggregator({ topics, consumer, lanes, monitor, pool, metrics, logger, nowMs, monitorMs });
  return aggregator;
}

function openKafka(config: AggregatorConfig, logger: Logger): KafkaHandle {
  return createKafka(
    kafkaOptionsFrom(config, SERVICE_NAME, (level, fields) => logger[level]({ event: 'kafka_client', ...fields })),
  );
}

async function connectLane(config: AggregatorConfig, logger: Logger, index: number): Promise<Client> {
  const client = await connectClient({
    url: config.postgresUrl,
    applicationName: `${SERVICE_NAME} lane ${index}`,
    onError: (error) => logger.warn({ event: 'connection_lost', lane: index, message: error.message }),
  });
  await client.query(LANE_SETTINGS);
  return client;
}

async function waitForTimezone(config: AggregatorConfig, logger: Logger): Promise<string> {
  const read = async (): Promise<string> => {
    const client = await connectClient({ url: config.postgresUrl, applicationName: SERVICE_NAME });
    try {
      return await loadBusinessTimezone(client);
    } finally {
      await client.end();
    }
  };
  return retry(
    read,
    { attempts: Number.POSITIVE_INFINITY, initialDelayMs: 100, maxDelayMs: 3_000 },
    {
      isRetryable: isTransient,
      onRetry: (error, attempt) => logger.warn({ event: 'postgres_unreachable', attempt, message: String(error) }),
    },
  );
}
