import type { Pool } from '@ebb/postgres';

export type HopName = 'events_to_clickhouse' | 'changes_to_clickhouse';

export interface HopState {
  readonly hop: HopName;
  /** Everything that was in the topics at this moment is visible; null before that is known. */
  readonly asOfMs: number | null;
  /** Messages waiting. */
  readonly backlog: number;
  readonly problem: string | null;
}

const PROBLEM_LENGTH = 300;

/** Writes how far the lanes are, for people to look at; nothing depends on it. */
export async function saveHops(pool: Pool, hops: readonly HopState[]): Promise<void> {
  for (const { hop, asOfMs, backlog, problem } of hops) {
    await pool.query(
      `INSERT INTO ops.hops (hop, as_of, backlog, problem, updated_at) VALUES ($1, $2, $3, $4, now())
       ON CONFLICT (hop) DO UPDATE SET as_of = excluded.as_of, backlog = excluded.backlog, problem = excluded.problem,
         updated_at = excluded.updated_at`,
      [hop, asOfMs === null ? null : new Date(asOfMs), backlog, problem?.slice(0, PROBLEM_LENGTH) ?? null],
    );
  }
}
