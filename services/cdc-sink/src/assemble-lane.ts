import type { Clickhouse } from '@ebb/clickhouse';
import type { BoundsReader, TopicPartition } from '@ebb/kafka';
import type { Logger } from '@ebb/runtime';
import { BatchWriter } from './batch-writer.ts';
import type { SinkConfig } from './config.ts';
import type { DeadLetterSender } from './dead-letters.ts';
import { Lane } from './lane.ts';
import type { SinkMetrics } from './metrics.ts';
import { ProgressStore } from './progress-store.ts';
import type { RowSource } from './row-source.ts';

const MIB = 1024 ** 2;
const QUEUE_BYTES = 2 * MIB;
const BUSY_ROWS = 2_000;

/** What both lanes use. */
export interface SharedParts {
  readonly config: SinkConfig;
  readonly metrics: SinkMetrics;
  readonly clickhouse: Clickhouse;
  readonly bounds: BoundsReader;
  readonly letters: DeadLetterSender;
  readonly logger: Logger;
}

export interface LaneParts {
  readonly name: string;
  readonly source: RowSource;
  readonly gatherMs: number;
  readonly slowdown: (topic: string) => number;
  readonly betweenFlushes: () => Promise<void>;
  readonly seek: (lane: Lane, id: TopicPartition, offset: number) => void;
}

/** A lane with its own progress, and the limits of the configuration. */
export function assembleLane(
  { config, metrics, clickhouse, bounds, letters, logger }: SharedParts,
  parts: LaneParts,
): Lane {
  const progress = new ProgressStore(clickhouse, parts.name);
  const laneMetrics = metrics.lane(parts.name);
  const writer = new BatchWriter({
    clickhouse,
    saveProgress: (positions, signal) => progress.save(positions, signal),
    sendDeadLetters: async (dead) => {
      await letters.send(dead);
      for (const { code } of dead) metrics.deadLetters.inc({ code });
    },
    logger,
    metrics: laneMetrics,
  });
  const { batchRows: rows, lingerMs, busyMs, sparseMs } = config;
  const bytes = config.batchMb * MIB;
  const lane: Lane = new Lane(
    {
      ...parts,
      writer,
      loadProgress: () => progress.load(),
      bounds: (id) => bounds.of(id),
      seek: (id, offset) => parts.seek(lane, id, offset),
      logger,
      metrics: laneMetrics,
    },
    {
      name: parts.name,
      queueBytes: QUEUE_BYTES,
      waitingBytes: 2 * bytes,
      gatherMs: parts.gatherMs,
      flush: { rows, bytes, lingerMs, busyMs, sparseMs, busyRows: BUSY_ROWS },
    },
  );
  return lane;
}
