import type { Clickhouse } from '@ebb/clickhouse';
import { sleep } from '@ebb/core';
import type { Pool } from '@ebb/postgres';
import { currentView } from '../capture-check/compare-table.ts';
import { DRILL_TABLE } from './crm-load.ts';

export interface ProbeTarget {
  collectorUrl: string;
  writeKey: string;
  pool: Pool;
  clickhouse: Clickhouse;
}

export interface Probe {
  /** Event id of the probe; repeated sending is one event. */
  eventId: string;
  /** Key of the probe's row in the drill's table. */
  rowId: number;
}

/** Time until each way works again, ms. */
export interface Recovery {
  /** An event that is posted until the collector accepts it is in Postgres. */
  postgresMs: number;
  /** The same event is in ClickHouse. */
  clickhouseMs: number;
  /** A row committed in Postgres is in ClickHouse, by the connector. */
  changesMs: number;
}

const POLL_MS = 25;
const REQUEST_TIMEOUT_MS = 5_000;
export const PROBE_SOURCE = 'drill_probe';

/** Raises when one of the ways does not work again within the deadline. */
export async function timeToRecover(target: ProbeTarget, probe: Probe, timeoutMs: number): Promise<Recovery> {
  const startMs = Date.now();
  const deadlineMs = startMs + timeoutMs;
  const until = async (what: string, isSo: () => Promise<boolean>): Promise<number> => {
    while (!(await isSo().catch(() => false))) {
      if (Date.now() > deadlineMs) throw new Error(`no recovery within ${timeoutMs} ms: ${what}`);
      await sleep(POLL_MS);
    }
    return Date.now() - startMs;
  };
  const event = `probe ${probe.eventId}`;
  const row = `probe row ${probe.rowId}`;
  const follow = async (): Promise<[number, number]> => {
    await until(`${event} is not accepted`, () => isAccepted(target, probe.eventId));
    return Promise.all([
      until(`${event} is not in Postgres`, () => isInPostgres(target.pool, probe.eventId)),
      until(`${event} is not in ClickHouse`, () => isInClickhouse(target.clickhouse, probe.eventId)),
    ]);
  };
  const followRow = async (): Promise<number> => {
    await until(`${row} cannot be written`, () => isWritten(target.pool, probe.rowId));
    return until(`${row} is not in ClickHouse`, () => isCaptured(target.clickhouse, probe.rowId));
  };
  const [[postgresMs, clickhouseMs], changesMs] = await Promise.all([follow(), followRow()]);
  return { postgresMs, clickhouseMs, changesMs };
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
  // Refused or cut off: the part at fault is not back yet, which is what is being timed.
  const response = await fetch(`${target.collectorUrl}/v1/website-events`, {
    method: 'POST',
    headers: { authorization: `Bearer ${target.writeKey}`, 'content-type': 'application/json' },
    body: JSON.stringify(event),
    signal: AbortSignal.timeout(REQUEST_TIMEOUT_MS),
  });
  await response.body?.cancel();
  return response.status === 202;
}

async function isInPostgres(pool: Pool, probeId: string): Promise<boolean> {
  // The time lets the search pass over all but the newest rows.
  const sql = `SELECT 1 FROM stream.web_events
    WHERE event_id = $1 AND user_key = 'drill-probe' AND event_time > now() - interval '10 minutes'`;
  return (await pool.query(sql, [probeId])).rows.length > 0;
}

async function isInClickhouse(clickhouse: Clickhouse, probeId: string): Promise<boolean> {
  const sql = `SELECT 1 AS found FROM raw.web_events
    WHERE source = {source: String} AND user_key = 'drill-probe' AND event_id = {id: String} LIMIT 1`;
  return (await clickhouse.query(sql, { id: probeId, source: PROBE_SOURCE })).length > 0;
}

async function isWritten(pool: Pool, rowId: number): Promise<boolean> {
  const name = `${DRILL_TABLE.schema}.${DRILL_TABLE.table}`;
  await pool.query(`INSERT INTO ${name} (id, balance) VALUES ($1, 0) ON CONFLICT DO NOTHING`, [rowId]);
  return true;
}

async function isCaptured(clickhouse: Clickhouse, rowId: number): Promise<boolean> {
  const sql = `SELECT 1 AS found FROM ${currentView(DRILL_TABLE)} WHERE id = {id: Int64}`;
  return (await clickhouse.query(sql, { id: rowId })).length > 0;
}
