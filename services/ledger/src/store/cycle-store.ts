import type { Pool } from '@ebb/postgres';

export interface CycleRecord {
  readonly startedAt: Date;
  readonly rows: number;
  readonly engineSeconds: number;
  readonly open: number;
  readonly oldestSeconds: number | null;
  readonly problems: readonly string[];
}

const KEPT_DAYS = 8;

export class CycleStore {
  readonly #pool: Pool;

  constructor(pool: Pool) {
    this.#pool = pool;
  }

  async record({ startedAt, rows, engineSeconds, open, oldestSeconds, problems }: CycleRecord): Promise<void> {
    await this.#pool.query(
      `INSERT INTO ops.ledger_cycles (started_at, finished_at, rows_checked, engine_seconds, open_findings,
         oldest_unverified_seconds, problems)
       VALUES ($1, now(), $2, $3, $4, $5, $6)`,
      [startedAt.toISOString(), rows, engineSeconds, open, oldestSeconds, problems],
    );
    await this.#pool.query('DELETE FROM ops.ledger_cycles WHERE finished_at < now() - make_interval(days => $1)', [
      KEPT_DAYS,
    ]);
    await this.#compactAccounts();
  }

  /** Accounts of a day ago by the hour: a thousandth of the rows, and what they say stays the same. */
  async #compactAccounts(): Promise<void> {
    await this.#pool.query(
      `WITH old AS (
         DELETE FROM ops.batch_ledger b WHERE b.minute < date_trunc('hour', now() - interval '26 hours')
           AND b.minute >= date_trunc('hour', now() - interval '28 hours')
           AND EXISTS (SELECT FROM ops.batch_ledger o WHERE o.topic = b.topic AND o.partition = b.partition
             AND o.minute <> b.minute AND date_trunc('hour', o.minute, 'UTC') = date_trunc('hour', b.minute, 'UTC'))
         RETURNING *)
       INSERT INTO ops.batch_ledger (topic, partition, minute, from_offset, to_offset, batches, messages, new, duplicate,
         dead, checksum, jumps, first_kafka_time, last_kafka_time)
       SELECT topic, partition, min(minute), min(from_offset), max(to_offset), sum(batches), sum(messages), sum(new),
         sum(duplicate), sum(dead), mod(sum(checksum), 18446744073709551616), sum(jumps), min(first_kafka_time),
         max(last_kafka_time)
       FROM old GROUP BY topic, partition, date_trunc('hour', minute, 'UTC')`,
    );
  }
}
