import { type Clickhouse, createClickhouse } from '@ebb/clickhouse';
import { TOPICS } from '@ebb/contracts';
import {
  BoundsReader,
  createKafka,
  createProducer,
  type KafkaHandle,
  kafkaOptionsFrom,
  LogBounds,
  StallWatch,
} from '@ebb/kafka';
import { createPool, type Pool } from '@ebb/postgres';
import type { Logger, Metrics, Releasers } from '@ebb/runtime';
import { assembleLane, type LaneParts, type SharedParts } from './assemble-lane.ts';
import type { CapturedTables } from './captured/types.ts';
import { CapturedSource } from './captured-source.ts';
import type { SinkConfig } from './config.ts';
import { DeadLetterSender } from './dead-letters.ts';
import { saveHops } from './hops-store.ts';
import { Maintenance } from './maintenance.ts';
import { createSinkMetrics } from './metrics.ts';
import { Monitor } from './monitor.ts';
import { openConsumer } from './open-consumer.ts';
import { PartsWatch } from './parts-watch.ts';
import { ProgressStore } from './progress-store.ts';
import { Sink } from './service.ts';
import { SERVICE_NAME } from './service-name.ts';
import { TopicFinder } from './topic-finder.ts';
import { loadPolicies } from './web/policies.ts';
import { WEB_EVENTS_TABLE } from './web/web-event-encoder.ts';
import { WebEvents } from './web/web-events.ts';

export interface TopicNames {
  readonly website: string;
  readonly deadLetters: string;
  /** What the names of captured topics begin with, the dot included. */
  readonly capturedPrefix: string;
}

export const DEFAULT_TOPICS: TopicNames = {
  website: TOPICS.websiteEvents,
  deadLetters: TOPICS.deadLetters,
  capturedPrefix: 'cdc.',
};

export interface SinkContext {
  readonly logger: Logger;
  readonly metrics: Metrics;
  readonly releasers: Releasers;
  readonly nowMs: () => number;
  readonly topics?: TopicNames;
  /** Makes the captured tables; given by tests and benchmarks that need other ones. */
  readonly createTables: (parts: TableParts) => CapturedTables;
}

export interface TableParts {
  readonly clickhouse: Clickhouse;
  readonly pool: Pool;
  readonly logger: Logger;
  readonly nowMs: () => number;
  readonly topicPrefix: string;
}

/** Longer inserts are given up and repeated; ClickHouse itself slows inserts down when parts pile up. */
const CLICKHOUSE_TIMEOUT_MS = 30_000;
/** The history of schemas is asked for so often at most. */
const REFRESH_MS = 40;
const MONITOR_MS = 5_000;

/** Assembles the service from its configuration. Connects to nothing yet: whatever is away is waited for while it runs. */
export function createSink(config: SinkConfig, context: SinkContext): Sink {
  const { logger, nowMs, topics = DEFAULT_TOPICS } = context;
  const shared = openStores(config, context);
  const { kafka, pool, clickhouse, bounds, logBounds, parts, metrics } = shared;
  const seek: LaneParts['seek'] = (lane, id, offset) => sink.seek(lane, id, offset);
  const tables = context.createTables({ clickhouse, pool, logger, nowMs, topicPrefix: topics.capturedPrefix });
  const capturedConsumer = openConsumer(kafka, { groupId: config.capturedGroup, topics: [], logger });
  const finder = new TopicFinder({
    listTopics: () => logBounds.topics(),
    isWanted: (topic) => topic.startsWith(topics.capturedPrefix),
    onChange: (found) => capturedConsumer.subscribe(found),
    logger,
  });
  const web = assembleLane(shared, webLane(shared, seek));
  const captured = assembleLane(shared, capturedLane(shared, { tables, finder, topics, nowMs, seek }));
  const monitor = new Monitor({
    lanes: [web, captured],
    bounds,
    parts,
    tables,
    stalls: new StallWatch(config.stallSeconds * 1000),
    metrics,
    logger,
    nowMs,
  });
  const webConsumer = openConsumer(kafka, { groupId: config.webGroup, topics: [topics.website], logger });
  const sink: Sink = new Sink({
    feeds: [
      { lane: web, consumer: webConsumer, hop: 'events_to_clickhouse' },
      { lane: captured, consumer: capturedConsumer, hop: 'changes_to_clickhouse' },
    ],
    monitor,
    finder,
    stoppedTables: () => tables.stoppedTables().map(({ table, reason }) => `${table}: ${reason}`),
    saveHops: (hops) => saveHops(pool, hops),
    logger,
    monitorMs: MONITOR_MS,
  });
  return sink;
}

interface Stores extends SharedParts {
  readonly kafka: KafkaHandle;
  readonly pool: Pool;
  readonly logBounds: LogBounds;
  readonly parts: PartsWatch;
}

function openStores(config: SinkConfig, { logger, releasers, nowMs, ...context }: SinkContext): Stores {
  const kafka = createKafka(
    kafkaOptionsFrom(config, SERVICE_NAME, (level, fields) => logger[level]({ event: 'kafka_client', ...fields })),
  );
  const pool = createPool({ url: config.postgresUrl, applicationName: SERVICE_NAME, max: 3 });
  releasers.add('pool', () => pool.end());
  const clickhouse = createClickhouse({
    url: config.clickhouseUrl,
    applicationName: SERVICE_NAME,
    requestTimeoutMs: CLICKHOUSE_TIMEOUT_MS,
  });
  releasers.add('clickhouse', () => clickhouse.close());
  const logBounds = new LogBounds(kafka);
  releasers.add('log-bounds', () => logBounds.close());
  const letters = new DeadLetterSender(
    createProducer(kafka),
    context.topics?.deadLetters ?? DEFAULT_TOPICS.deadLetters,
  );
  releasers.add('dead-letters', () => letters.close());
  const bounds = new BoundsReader((topic) => logBounds.read(topic));
  const metrics = createSinkMetrics(context.metrics, nowMs);
  return {
    config,
    kafka,
    pool,
    clickhouse,
    logBounds,
    bounds,
    letters,
    metrics,
    logger,
    parts: new PartsWatch(clickhouse),
  };
}

function webLane({ metrics, pool, parts }: Stores, seek: LaneParts['seek']): LaneParts {
  const { dead } = metrics.lane('web');
  const source = new WebEvents({ loadPolicies: () => loadPolicies(pool), onDead: (code) => dead.inc({ code }) });
  return {
    name: 'web',
    source,
    gatherMs: 0,
    slowdown: () => parts.slowdown(WEB_EVENTS_TABLE),
    betweenFlushes: () => Promise.resolve(),
    seek,
  };
}

interface CapturedParts {
  readonly tables: CapturedTables;
  readonly finder: TopicFinder;
  readonly topics: TopicNames;
  readonly nowMs: () => number;
  readonly seek: LaneParts['seek'];
}

function capturedLane({ clickhouse, bounds, parts, logger }: Stores, captured: CapturedParts): LaneParts {
  const { tables, finder, topics, nowMs, seek } = captured;
  const source = new CapturedSource(tables);
  const progress = new ProgressStore(clickhouse, 'captured');
  const maintenance = new Maintenance({
    tables,
    isOpen: () => source.isOpen,
    topics: () => finder.topics,
    bounds,
    loadProgress: () => progress.load(),
    logger,
    nowMs,
  });
  // State and log of one captured table begin alike.
  const tablesOf = (topic: string): string => `raw.${topic.slice(topics.capturedPrefix.length).replaceAll('.', '_')}`;
  return {
    name: 'captured',
    source,
    gatherMs: REFRESH_MS,
    slowdown: (topic) => parts.slowdown(tablesOf(topic)),
    betweenFlushes: () => maintenance.runWhenDue(),
    seek,
  };
}
