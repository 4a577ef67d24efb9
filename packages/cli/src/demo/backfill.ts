import { HOUR_MS, SECOND_MS } from '@ebb/core';
import type { Pool } from '@ebb/postgres';

const LONGEST_MS = 3 * HOUR_MS;

/** What the shop's past is to be made up for, in whole seconds of `ebb simulate --backfill`. */
export async function shopBackfill(pool: Pool, nowMs: number): Promise<string> {
  const { rows } = await pool.query<{ newest: Date | null }>(
    `SELECT max(window_start) AS newest FROM kpi.web_minute_parts WHERE source = 'shop'`,
  );
  return backfillSince(rows[0]?.newest?.getTime() ?? null, nowMs);
}

/** Three hours, or what has passed since an earlier demo: its traffic a second time would double the figures of those hours. */
export function backfillSince(newestMs: number | null, nowMs: number): string {
  const missingMs = newestMs === null ? LONGEST_MS : Math.min(LONGEST_MS, Math.max(0, nowMs - newestMs));
  return `${Math.floor(missingMs / SECOND_MS)}s`;
}
