import type { Counter, Gauge, Histogram, Metrics } from '@ebb/runtime';

export interface CollectorMetrics {
  requests: Counter<'route' | 'status'>;
  requestSeconds: Histogram<'route'>;
  refusals: Counter<'code'>;
  events: Counter<'topic' | 'key'>;
  rejections: Counter<'topic' | 'code' | 'key'>;
  deadLettersSuppressed: Counter<'key'>;
  produceSeconds: Histogram;
  produceFailures: Counter;
  producedBatchMessages: Histogram;
  settingsFailures: Counter;
  receiptsSent: Counter;
}

/** What gauges read when they are scraped. */
export interface GaugeSources {
  inFlightRequests: () => number;
  inFlightBytes: () => number;
  /** Seconds since keys and policies were last read; grows while Postgres is away. */
  settingsAgeSeconds: () => number;
  activeKeys: () => number;
  kafkaHealthy: () => boolean;
  receiptsUnsent: () => number;
}

const REQUEST_BUCKETS = [0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10];
const BATCH_BUCKETS = [1, 10, 50, 100, 250, 500, 1_000, 2_500, 5_000];

export function createCollectorMetrics(metrics: Metrics): CollectorMetrics {
  return {
    requests: metrics.counter('requests_total', 'answered requests', ['route', 'status']),
    requestSeconds: metrics.histogram('request_seconds', 'time to answer event requests', REQUEST_BUCKETS, ['route']),
    refusals: metrics.counter('refusals_total', 'requests refused as a whole', ['code']),
    events: metrics.counter('events_accepted_total', 'events answered 202', ['topic', 'key']),
    rejections: metrics.counter('events_rejected_total', 'events rejected one by one', ['topic', 'code', 'key']),
    deadLettersSuppressed: metrics.counter(
      'dead_letters_suppressed_total',
      'rejected events beyond the quota of dead letters, only counted',
      ['key'],
    ),
    produceSeconds: metrics.histogram('produce_seconds', 'time until Kafka acknowledged a batch', REQUEST_BUCKETS),
    produceFailures: metrics.counter('produce_failures_total', 'batches that Kafka did not acknowledge'),
    producedBatchMessages: metrics.histogram('produced_batch_messages', 'messages in one produce', BATCH_BUCKETS),
    settingsFailures: metrics.counter('settings_refresh_failures_total', 'failed reads of write keys and policies'),
    receiptsSent: metrics.counter('receipts_sent_total', 'receipts acknowledged by Kafka'),
  };
}

export function registerGauges(metrics: Metrics, sources: GaugeSources): void {
  read(metrics, 'in_flight_requests', 'event requests under way', sources.inFlightRequests);
  read(metrics, 'in_flight_bytes', 'bytes of bodies held', sources.inFlightBytes);
  read(metrics, 'settings_age_seconds', 'age of the write keys and policies in use', sources.settingsAgeSeconds);
  read(metrics, 'active_write_keys', 'write keys that are valid now', sources.activeKeys);
  read(metrics, 'kafka_healthy', '1 while Kafka takes events', () => (sources.kafkaHealthy() ? 1 : 0));
  read(metrics, 'receipts_unsent', 'receipts waiting for Kafka', sources.receiptsUnsent);
}

function read(metrics: Metrics, name: string, help: string, value: () => number): void {
  const gauge: Gauge = metrics.gauge(name, help);
  // prom-client asks `collect` on every scrape; assigning it keeps the runtime's factory free of such details.
  Object.assign(gauge, { collect: () => gauge.set(value()) });
}
