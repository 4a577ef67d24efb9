import type { Clickhouse } from '@ebb/clickhouse';
import { z } from 'zod';
import { PARTS_ALERT, slowdownOf } from './flush-policy.ts';

const partsRow = z.object({ table: z.string(), parts: z.coerce.number() });

/** How many active parts the tables of `raw` have, which says how well merging keeps up with inserting. */
export class PartsWatch {
  readonly #clickhouse: Clickhouse;
  #parts: ReadonlyMap<string, number> = new Map();

  constructor(clickhouse: Clickhouse) {
    this.#clickhouse = clickhouse;
  }

  /** By table, with its database; of the partition that has most, since ClickHouse's own limits are per partition. */
  get parts(): ReadonlyMap<string, number> {
    return this.#parts;
  }

  get alerts(): string[] {
    return [...this.#parts].filter(([, parts]) => parts >= PARTS_ALERT).map(([table]) => table);
  }

  async look(): Promise<void> {
    const rows = await this.#clickhouse.query(
      `SELECT table, max(parts) AS parts FROM (
         SELECT concat(database, '.', table) AS table, partition_id, count() AS parts FROM system.parts
         WHERE active AND database IN ('raw', 'ops') GROUP BY database, table, partition_id)
       GROUP BY table`,
    );
    this.#parts = new Map(rows.map((row) => partsRow.parse(row)).map(({ table, parts }) => [table, parts]));
  }

  /** For a topic whose tables' names begin with `prefix`: the table that is worst off decides. */
  slowdown(prefix: string): number {
    let slowest = 1;
    for (const [table, parts] of this.#parts)
      if (table.startsWith(prefix)) slowest = Math.max(slowest, slowdownOf(parts));
    return slowest;
  }
}
