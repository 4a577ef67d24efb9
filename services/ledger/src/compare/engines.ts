import type { Clickhouse } from '@ebb/clickhouse';
import type { KafkaHandle } from '@ebb/kafka';
import { type Pool, withTransaction } from '@ebb/postgres';

export interface Stores {
  readonly pool: Pool;
  readonly clickhouse: Clickhouse;
  readonly kafka: KafkaHandle;
}

/** What can be asked for rows: a pool, or a client within its snapshot. */
export interface Queryable {
  query(sql: string, parameters?: unknown[]): Promise<{ rows: unknown[] }>;
}

/**
 * Each statement in a transaction of its own, with the settings that the texts depend on. For rows that never change, and
 * for second looks: a snapshot held for long keeps the dead versions of rows that are updated many times a second.
 */
export function eachByItself(pool: Pool): Queryable {
  return {
    query: (sql, parameters) =>
      withTransaction(
        pool,
        async (client) => {
          await client.query(POSTGRES_SETTINGS);
          return client.query(sql, parameters);
        },
        { readOnly: true },
      ),
  };
}

/** Time both engines worked for the ledger, s; what its budget is about. */
export class WorkMeter {
  seconds = 0;

  async measure<T>(work: () => Promise<T>): Promise<T> {
    const startedAt = performance.now();
    try {
      return await work();
    } finally {
      this.seconds += (performance.now() - startedAt) / 1000;
    }
  }
}

/** One core of each engine at most; the texts depend on these settings. */
export const POSTGRES_SETTINGS = `SET LOCAL timezone = 'UTC'; SET LOCAL datestyle = 'ISO, YMD';
  SET LOCAL intervalstyle = 'postgres'; SET LOCAL bytea_output = 'hex'; SET LOCAL jit = off;
  SET LOCAL max_parallel_workers_per_gather = 0`;

export const CLICKHOUSE_SETTINGS = { max_threads: 1, max_block_size: 8192 } as const;
