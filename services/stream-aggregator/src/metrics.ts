import type { Counter, Gauge, Metrics } from '@ebb/runtime';
import type { WriteOutcome } from './batch-writer.ts';
import type { Batch, Position } from './types.ts';

const DELAY_BUCKETS_S = [0.005, 0.01, 0.02, 0.035, 0.05, 0.075, 0.1, 0.25, 0.5, 1, 5, 30, 300];
const BATCH_BUCKETS_S = [0.002, 0.005, 0.01, 0.02, 0.05, 0.1, 0.2, 0.5, 1, 5];
const BATCH_MESSAGES = [1, 10, 50, 100, 250, 500, 1_000, 2_500, 5_000, 10_000];

export interface AggregatorMetrics {
  readonly fenced: Counter;
  readonly failures: Counter<'kind'>;
  readonly lag: Gauge<'topic' | 'partition'>;
  readonly stopped: Gauge<'topic' | 'partition'>;
  readonly watermarkAge: Gauge<'topic' | 'partition'>;
  readonly cachedUsers: Gauge;
  readonly droppedDays: Counter;
  /** A batch was committed. */
  stored(batch: Batch, outcome: WriteOutcome, durationMs: number): void;
}

/** `nowMs` is compared with broker times, so it should be a synchronised clock. */
export function createAggregatorMetrics(metrics: Metrics, nowMs: () => number): AggregatorMetrics {
  const events = metrics.counter('events_total', 'Messages committed, by what became of them', ['kind', 'result']);
  const dead = metrics.counter('dead_letters_total', 'Dead letters stored', ['service', 'code']);
  const messages = metrics.histogram('batch_messages', 'Messages per transaction', BATCH_MESSAGES);
  const seconds = metrics.histogram('batch_seconds', 'From decoding to commit', BATCH_BUCKETS_S);
  const delay = metrics.histogram('delay_seconds', 'From broker time to commit', DELAY_BUCKETS_S, ['kind']);

  const observeDelay = (kind: string, rows: readonly Position[]): void => {
    // The first and the last of a batch stand for the rest.
    for (const row of [rows[0], rows.at(-1)]) {
      if (row !== undefined) delay.observe({ kind }, Math.max(0, nowMs() - row.kafkaTimeMs) / 1000);
    }
  };
  const stored = (batch: Batch, outcome: WriteOutcome, durationMs: number): void => {
    events.inc({ kind: 'website', result: 'stored' }, batch.web.length - outcome.repeatedWeb);
    events.inc({ kind: 'website', result: 'repeated' }, outcome.repeatedWeb);
    events.inc({ kind: 'purchase', result: 'stored' }, batch.purchases.length);
    for (const letter of batch.deadLetters) dead.inc({ service: letter.service, code: letter.code });
    messages.observe(batch.web.length + batch.purchases.length + batch.deadLetters.length);
    seconds.observe(durationMs / 1000);
    observeDelay('website', batch.web);
    observeDelay('purchase', batch.purchases);
  };

  const labels = ['topic', 'partition'] as const;
  return {
    fenced: metrics.counter('fenced_total', 'Batches rolled back because their positions had moved'),
    failures: metrics.counter('batch_failures_total', 'Batches that failed and were tried again', ['kind']),
    lag: metrics.gauge('lag_messages', 'Messages not yet stored', labels),
    stopped: metrics.gauge('partition_stopped', '1 while the partition waits for somebody to decide', labels),
    watermarkAge: metrics.gauge('watermark_age_seconds', 'Age of the greatest event time seen', labels),
    cachedUsers: metrics.gauge('cached_users', 'Users remembered as counted'),
    droppedDays: metrics.counter('dropped_days_total', 'Days of raw events dropped by retention'),
    stored,
  };
}
