import { type Clickhouse, RowBinaryWriter } from '@ebb/clickhouse';
import { z } from 'zod';
import type { PartitionProgress } from './captured/types.ts';

const progressRow = z.object({
  topic: z.string(),
  partition: z.int().min(0),
  next_offset: z.coerce.number().int().min(0),
  max_version: z.coerce.bigint(),
});

const COLUMNS = ['lane', 'topic', 'partition', 'next_offset', 'max_version'];
const TABLE = 'ops.sink_progress';

/**
 * How far each partition is stored: the only truth about where to go on, kept beside the data, so that a ClickHouse that
 * was set back goes on from where it stands. The consumer group's offsets are a mirror.
 */
export class ProgressStore {
  readonly #clickhouse: Clickhouse;
  readonly #lane: string;
  readonly #writer = new RowBinaryWriter(4_096);

  constructor(clickhouse: Clickhouse, lane: string) {
    this.#clickhouse = clickhouse;
    this.#lane = lane;
  }

  /** Progress of every partition of the lane that has any, whoever reads it now. */
  async load(): Promise<PartitionProgress[]> {
    // The greatest position is stored: one is written only when everything below it is, and rows are merged some time.
    const rows = await this.#clickhouse.query(
      `SELECT topic, partition, max(next_offset) AS next_offset, toString(max(max_version)) AS max_version
       FROM ${TABLE} WHERE lane = {lane:String} GROUP BY topic, partition`,
      { lane: this.#lane },
    );
    return rows.map((row) => {
      const { topic, partition, next_offset, max_version } = progressRow.parse(row);
      return { topic, partition, nextOffset: next_offset, maxVersion: max_version };
    });
  }

  /** Only after everything below the positions is acknowledged. */
  async save(positions: readonly PartitionProgress[], signal: AbortSignal): Promise<void> {
    if (positions.length === 0) return;
    const writer = this.#writer;
    for (const { topic, partition, nextOffset, maxVersion } of positions) {
      writer.string(this.#lane);
      writer.string(topic);
      writer.int32(partition);
      writer.int64(nextOffset);
      writer.uint128(maxVersion);
    }
    await this.#clickhouse.insert(TABLE, { columns: COLUMNS, format: 'RowBinary', body: writer.take(), signal });
  }
}
