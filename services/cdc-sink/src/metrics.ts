import type { Counter, Gauge, Metrics } from '@ebb/runtime';
import type { TopicBatch } from './waiting-rows.ts';

const DELAY_BUCKETS_S = [0.05, 0.1, 0.15, 0.2, 0.25, 0.3, 0.4, 0.5, 0.75, 1, 1.5, 2, 5, 30, 300];
const INSERT_BUCKETS_S = [0.005, 0.01, 0.02, 0.05, 0.1, 0.2, 0.5, 1, 5, 30];
const INSERT_ROWS = [1, 10, 100, 1_000, 2_500, 5_000, 10_000, 25_000, 50_000, 100_000];

export interface InsertFigures {
  readonly rows: number;
  readonly bytes: number;
  readonly seconds: number;
}

/** Figures of one lane. */
export interface LaneMetrics {
  readonly retries: { inc(labels: { kind: string }): void };
  readonly dead: { inc(labels: { code: string }): void };
  inserted(table: string, figures: InsertFigures): void;
  /** A topic's batch is visible. */
  stored(batch: TopicBatch): void;
}

export interface SinkMetrics {
  readonly lag: Gauge<'lane' | 'topic' | 'partition'>;
  readonly stopped: Gauge<'lane' | 'topic' | 'partition'>;
  readonly waitingBytes: Gauge<'lane'>;
  readonly parts: Gauge<'table'>;
  readonly partAlerts: Gauge;
  readonly deadRowRatio: Gauge<'table'>;
  readonly stoppedTables: Gauge<'table'>;
  readonly deadLetters: Counter<'code'>;
  lane(name: string): LaneMetrics;
}

/** `nowMs` is compared with broker times, so it should be a synchronised clock. */
export function createSinkMetrics(metrics: Metrics, nowMs: () => number): SinkMetrics {
  const partition = ['lane', 'topic', 'partition'] as const;
  const byLane = laneMetrics(metrics, nowMs);
  return {
    lag: metrics.gauge('lag_messages', 'Messages not yet visible in ClickHouse', partition),
    stopped: metrics.gauge('partition_stopped', '1 while the partition waits for somebody to decide', partition),
    waitingBytes: metrics.gauge('waiting_bytes', 'Bytes decoded and not yet acknowledged', ['lane']),
    parts: metrics.gauge('parts', 'Active parts, of the partition that has most', ['table']),
    partAlerts: metrics.gauge('tables_with_many_parts', 'Tables with so many parts that the sink slows down'),
    deadRowRatio: metrics.gauge('dead_row_ratio', 'Share of rows that are deleted or replaced', ['table']),
    stoppedTables: metrics.gauge('table_stopped', '1 while a table takes no rows', ['table']),
    deadLetters: metrics.counter('dead_letters_total', 'Messages sent to the dead letters', ['code']),
    lane: byLane,
  };
}

function laneMetrics(metrics: Metrics, nowMs: () => number): (lane: string) => LaneMetrics {
  const table = ['lane', 'table'] as const;
  const rows = metrics.counter('rows_total', 'Rows acknowledged by ClickHouse, repetitions included', table);
  const bytes = metrics.counter('insert_bytes_total', 'Bytes of acknowledged inserts', table);
  const insertRows = metrics.histogram('insert_rows', 'Rows per insert', INSERT_ROWS, ['lane']);
  const seconds = metrics.histogram(
    'insert_seconds',
    'From sending an insert to its acknowledgement',
    INSERT_BUCKETS_S,
    ['lane'],
  );
  const messages = metrics.counter('messages_total', 'Messages whose effect is visible in ClickHouse', ['lane']);
  const delay = metrics.histogram('delay_seconds', 'From broker time to visible in ClickHouse', DELAY_BUCKETS_S, [
    'lane',
  ]);
  const retries = metrics.counter('retries_total', 'Attempts to store that failed', ['lane', 'kind']);
  const dead = metrics.counter('messages_without_row_total', 'Messages that do not count, by reason', ['lane', 'code']);
  return (lane) => ({
    retries: { inc: ({ kind }) => retries.inc({ lane, kind }) },
    dead: { inc: ({ code }) => dead.inc({ lane, code }) },
    inserted: (tableName, figures) => {
      rows.inc({ lane, table: tableName }, figures.rows);
      bytes.inc({ lane, table: tableName }, figures.bytes);
      insertRows.observe({ lane }, figures.rows);
      seconds.observe({ lane }, figures.seconds);
    },
    stored: (batch) => {
      const atMs = nowMs();
      messages.inc({ lane }, batch.messages);
      // The oldest and the newest message of each slice stand for the rest.
      for (const { oldestMs, newestMs } of batch.times) {
        delay.observe({ lane }, Math.max(0, atMs - oldestMs) / 1000);
        delay.observe({ lane }, Math.max(0, atMs - newestMs) / 1000);
      }
    },
  });
}
