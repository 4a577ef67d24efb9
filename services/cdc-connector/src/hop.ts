import type { Pool } from '@ebb/postgres';

export interface HopState {
  /** All that was committed before has come out; null before the first heartbeat came. */
  asOfMs: number | null;
  backlogBytes: bigint;
  problem: string | null;
}

/** How far the way from Postgres to Kafka has come, for those who show all hops. */
export async function writeHop(pool: Pool, { asOfMs, backlogBytes, problem }: HopState): Promise<void> {
  await pool.query(
    `INSERT INTO ops.hops (hop, as_of, backlog, problem) VALUES ('postgres_to_kafka', $1, $2, $3)
     ON CONFLICT (hop) DO UPDATE
       SET as_of = coalesce(excluded.as_of, ops.hops.as_of), backlog = excluded.backlog, problem = excluded.problem,
         updated_at = now()`,
    [asOfMs === null ? null : new Date(asOfMs), backlogBytes, problem],
  );
}
