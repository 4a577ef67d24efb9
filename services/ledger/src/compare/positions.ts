import type { Clickhouse } from '@ebb/clickhouse';
import { z } from 'zod';
import type { Queryable } from './engines.ts';

/** Next offset by partition. */
export type Positions = ReadonlyMap<number, number>;

const positionRow = z.object({ topic: z.string(), partition: z.coerce.number(), next_offset: z.coerce.number() });

/** How far the aggregator has stored a topic, as of the client's snapshot. */
export async function aggregatorPositions(client: Queryable, topic: string): Promise<Positions> {
  const { rows } = await client.query(
    'SELECT topic, partition, next_offset FROM stream.consumer_offsets WHERE topic = $1',
    [topic],
  );
  return new Map(
    rows.map((row) => positionRow.parse(row)).map(({ partition, next_offset: next }) => [partition, next]),
  );
}

/** How far the sink has stored each of the topics. */
export async function sinkPositions(
  clickhouse: Clickhouse,
  topics: readonly string[],
): Promise<ReadonlyMap<string, Positions>> {
  const rows = await clickhouse.query(
    `SELECT topic, partition, max(next_offset) AS next_offset FROM ops.sink_progress
     WHERE topic IN {topics:Array(String)} GROUP BY topic, partition`,
    { topics },
  );
  const positions = new Map<string, Map<number, number>>(topics.map((topic) => [topic, new Map()]));
  for (const row of rows) {
    const { topic, partition, next_offset: next } = positionRow.parse(row);
    positions.get(topic)?.set(partition, next);
  }
  return positions;
}

/** Below both: a partition that only one side knows has come to 0 on the other. */
export function lowest(a: Positions, b: Positions): Positions {
  const partitions = new Set([...a.keys(), ...b.keys()]);
  return new Map(
    [...partitions].map((partition) => [partition, Math.min(a.get(partition) ?? 0, b.get(partition) ?? 0)]),
  );
}

/** Whether every partition has come to `wanted`. */
export function hasReached(current: Positions, wanted: Positions): boolean {
  return [...wanted].every(([partition, offset]) => offset === 0 || (current.get(partition) ?? 0) >= offset);
}

/** Greater than any offset. */
export const NO_LIMIT = '9223372036854775807';

/** SQL, the same in both engines: the position of a row's partition; `otherwise` for partitions nobody knows. */
export function positionSql(positions: Positions, otherwise: string = NO_LIMIT, partition = '_partition'): string {
  if (positions.size === 0) return otherwise;
  const cases = [...positions].map(([partition, offset]) => `WHEN ${partition} THEN ${offset}`);
  return `(CASE ${partition} ${cases.join(' ')} ELSE ${otherwise} END)`;
}

export function positionsToJson(positions: Positions): Record<string, number> {
  return Object.fromEntries([...positions].map(([partition, offset]) => [String(partition), offset]));
}

export function positionsFromJson(value: unknown): Positions {
  const record = z.record(z.string(), z.number()).catch({}).parse(value);
  return new Map(Object.entries(record).map(([partition, offset]) => [Number(partition), offset]));
}
