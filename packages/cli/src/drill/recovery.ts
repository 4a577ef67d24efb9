import { sleep } from '@ebb/core';
import type { Pool } from '@ebb/postgres';

export interface ProbeTarget {
  collectorUrl: string;
  writeKey: string;
  pool: Pool;
}

const POLL_MS = 20;
const REQUEST_TIMEOUT_MS = 5_000;
export const PROBE_SOURCE = 'drill_probe';

/**
 * Time until the whole path works again, ms: an event is posted until it is answered 202, then looked for in Postgres.
 * Raises when it does not within the deadline.
 */
export async function timeToRecover(target: ProbeTarget, probeId: string, timeoutMs: number): Promise<number> {
  const startMs = Date.now();
  const deadlineMs = startMs + timeoutMs;
  while (!(await isAccepted(target, probeId))) await pause(deadlineMs, `probe ${probeId} is not accepted`);
  while (!(await isVisible(target.pool, probeId))) await pause(deadlineMs, `probe ${probeId} is not in Postgres`);
  return Date.now() - startMs;
}

async function pause(deadlineMs: number, problem: string): Promise<void> {
  if (Date.now() > deadlineMs) throw new Error(`no recovery in time: ${problem}`);
  await sleep(POLL_MS);
}

async function isAccepted(target: ProbeTarget, probeId: string): Promise<boolean> {
  const event = {
    event_id: probeId,
    event_timestamp: new Date().toISOString(),
    event_type: 'page_view',
    user_id: 'drill-probe',
    page_url: 'https://shop.example/probe',
    source: PROBE_SOURCE,
  };
  try {
    const response = await fetch(`${target.collectorUrl}/v1/website-events`, {
      method: 'POST',
      headers: { authorization: `Bearer ${target.writeKey}`, 'content-type': 'application/json' },
      body: JSON.stringify(event),
      signal: AbortSignal.timeout(REQUEST_TIMEOUT_MS),
    });
    await response.body?.cancel();
    return response.status === 202;
  } catch {
    // Refused or cut off: the part that was killed is not back yet, which is what is being timed.
    return false;
  }
}

async function isVisible(pool: Pool, probeId: string): Promise<boolean> {
  try {
    // The time lets the search pass over all but the newest rows.
    const sql = `SELECT 1 FROM stream.web_events
      WHERE event_id = $1 AND user_key = 'drill-probe' AND event_time > now() - interval '10 minutes'`;
    return (await pool.query(sql, [probeId])).rows.length > 0;
  } catch {
    return false;
  }
}
