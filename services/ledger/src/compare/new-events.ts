import { sleep } from '@ebb/core';
import { z } from 'zod';
import type { Queryable } from './engines.ts';
import { type Positions, positionSql } from './positions.ts';
import type { Pace } from './row-set.ts';
import { timeText } from './web-set.ts';

/** Events between two positions, and when Kafka took them. Nothing below a stored position ever changes. */
export interface NewEvents {
  readonly before: Positions;
  readonly boundary: Positions;
  readonly first: Date;
  readonly last: Date;
  /** At most: positions between the two. */
  readonly rows: number;
}

export interface NewEventsConditions {
  readonly postgresWhere: string;
  readonly postgresParts: readonly string[];
  readonly clickhouseWhere: string;
}

/** A part of this size takes a core about 0.2 s. */
const PART_ROWS = 50_000;

const stretchRow = z.object({ first: z.date().nullable(), last: z.date().nullable() });

/** Null where nothing came between the two positions. */
export async function newEvents(
  client: Queryable,
  topic: string,
  before: Positions,
  boundary: Positions,
): Promise<NewEvents | null> {
  const moved = [...boundary].filter(([partition, offset]) => offset > (before.get(partition) ?? offset));
  if (moved.length === 0) return null;
  const { rows } = await client.query(
    `SELECT min(b.first_kafka_time) AS first, max(b.last_kafka_time) AS last
     FROM ops.batch_ledger b JOIN unnest($2::integer[], $3::bigint[], $4::bigint[]) m (partition, was, now)
       ON b.topic = $1 AND b.partition = m.partition AND b.to_offset > m.was AND b.from_offset < m.now`,
    [
      topic,
      moved.map(([partition]) => partition),
      moved.map(([partition]) => before.get(partition) ?? 0),
      moved.map(([, offset]) => offset),
    ],
  );
  const { first, last } = stretchRow.parse(rows[0]);
  if (first === null || last === null) return null;
  const count = moved.reduce((sum, [partition, offset]) => sum + offset - (before.get(partition) ?? 0), 0);
  return { before, boundary, first, last, rows: count };
}

/** The parts are stretches of Kafka's time, which is what Postgres finds these rows by. */
export function newEventsConditions({ before, boundary, first, last, rows }: NewEvents): NewEventsConditions {
  const positions = `_offset >= ${positionSql(before)} AND _offset < ${positionSql(boundary, '0')}`;
  // Times of the ledger of batches are whole milliseconds, as Kafka's are.
  const [firstMs, endMs] = [first.getTime(), last.getTime() + 1];
  const count = Math.max(1, Math.min(Math.ceil(rows / PART_ROWS), endMs - firstMs));
  const cut = (index: number): Date => new Date(firstMs + Math.floor(((endMs - firstMs) * index) / count));
  const within = (from: Date, to: Date): string =>
    `_kafka_time >= ${timeText(from)}::timestamptz AND _kafka_time < ${timeText(to)}::timestamptz AND ${positions}`;
  return {
    postgresWhere: within(cut(0), cut(count)),
    postgresParts: Array.from({ length: count }, (_, index) => within(cut(index), cut(index + 1))),
    clickhouseWhere: `_kafka_time >= toDateTime64(${timeText(first)}, 3, 'UTC')
      AND _kafka_time <= toDateTime64(${timeText(last)}, 3, 'UTC') AND ${positions}`,
  };
}

/** Spreads parts evenly over `spreadMs` from now on; who is late waits for nothing. */
export function paceOver(spreadMs: number, signal?: AbortSignal): Pace {
  const startedAt = performance.now();
  return (done, all) => {
    const dueMs = startedAt + (spreadMs * done) / all - performance.now();
    return done === all || dueMs <= 0 ? Promise.resolve() : sleep(dueMs, signal);
  };
}
