import { DAY_MS } from '@ebb/core';
import type { Pool, PoolClient } from '@ebb/postgres';
import { dayNumber, dayText } from './days.ts';

/** Days for which partitions are made ahead of the first event. */
const DAYS_AHEAD = 7;
const LOCK_KEY = 4_212_003;

interface Candidate {
  day: string;
  partition: string;
}

/**
 * Makes partitions ahead and drops raw days that nothing can be accepted for any more; returns the days dropped.
 * A day goes when every partition of the topics was read to a time from which the day is out of retention, so that lag
 * never turns an accepted event into one without a home. A replayed old day stays for the retention after it came in.
 * One instance does it at a time.
 */
export async function keepRetention(pool: Pool, nowMs: number): Promise<string[]> {
  const client = await pool.connect();
  try {
    const { rows } = await client.query<{ locked: boolean }>('SELECT pg_try_advisory_lock($1) AS locked', [LOCK_KEY]);
    if (rows[0]?.locked !== true) return [];
    try {
      await makeAhead(client, nowMs);
      return await dropExpired(client);
    } finally {
      await client.query('SELECT pg_advisory_unlock($1)', [LOCK_KEY]);
    }
  } finally {
    client.release();
  }
}

async function makeAhead(client: PoolClient, nowMs: number): Promise<void> {
  const today = dayNumber(nowMs);
  const days = Array.from({ length: DAYS_AHEAD + 2 }, (_, index) => dayText(today - 1 + index));
  await client.query('SELECT stream.ensure_days($1::date[])', [days]);
}

async function dropExpired(client: PoolClient): Promise<string[]> {
  const cutoffMs = await loadCutoff(client);
  if (cutoffMs === null) return [];
  const { rows } = await client.query<Candidate>(
    // Materialised first: the planner may otherwise read a day out of the name of every relation there is, and fail.
    `WITH partitions AS MATERIALIZED (
       SELECT c.relname AS name, c.oid FROM pg_inherits i JOIN pg_class c ON c.oid = i.inhrelid
       WHERE i.inhparent = 'stream.web_events'::regclass
     )
     SELECT to_date(right(name, 8), 'YYYYMMDD') AS day, oid::regclass::text AS partition FROM partitions
     WHERE to_date(right(name, 8), 'YYYYMMDD') < $1::date ORDER BY 1`,
    [dayText(dayNumber(cutoffMs))],
  );
  const dropped: string[] = [];
  for (const { day } of rows) {
    if (await dropUnlessRecent(client, day, cutoffMs)) dropped.push(day);
  }
  return dropped;
}

/** Start of the oldest day that may still get an event that is no replay. */
async function loadCutoff(client: PoolClient): Promise<number | null> {
  const { rows } = await client.query<{ read_until: Date | null; days: number }>(
    `SELECT (SELECT CASE WHEN bool_and(caught_up_at IS NOT NULL) THEN min(caught_up_at) END FROM stream.watermarks)
       AS read_until,
       (SELECT max(raw_retention_days) FROM ops.policies
        WHERE version >= (SELECT max(version) FROM ops.policies)) AS days`,
  );
  const { read_until: readUntil, days } = rows[0] ?? { read_until: null, days: 0 };
  return readUntil === null ? null : readUntil.getTime() - days * DAY_MS;
}

async function dropUnlessRecent(client: PoolClient, day: string, cutoffMs: number): Promise<boolean> {
  const { rows } = await client.query<{ recent: boolean }>(
    'SELECT EXISTS (SELECT FROM stream.web_events WHERE day = $1 AND _kafka_time >= $2) AS recent',
    [day, new Date(cutoffMs).toISOString()],
  );
  if (rows[0]?.recent === true) return false;
  await client.query('BEGIN');
  try {
    // Dropping waits for every transaction on the parent, and everything after it waits for the drop: not for long.
    await client.query(`SET LOCAL lock_timeout = '3s'`);
    const result = await client.query<{ events: string | null }>('SELECT stream.drop_day($1::date) AS events', [day]);
    await client.query('COMMIT');
    return result.rows[0]?.events !== null;
  } catch (error) {
    await client.query('ROLLBACK');
    throw error;
  }
}
