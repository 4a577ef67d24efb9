import { sleep } from '@ebb/core';
import type { Clickhouse } from '@ebb/clickhouse';
import { processTreeUsage } from '@ebb/local-stack';
import type { Pool } from '@ebb/postgres';
import type { StackStatus } from '../private-stack.ts';

export interface PartUsage {
  readonly cpuSeconds: number;
  readonly rssMb: number;
}

/** The platform at one moment under load. */
export interface Sample {
  readonly atMs: number;
  /** By part: processor time since its start, and resident memory. Null in most samples. */
  readonly parts: Readonly<Record<string, PartUsage>> | null;
  /** Write-ahead log that replication slots hold back, and all there is on disk, MB. */
  readonly slotMb: number;
  readonly walMb: number;
  /** Active parts of the table that has most. */
  readonly clickhouseParts: number;
  readonly eventsBehind: number;
  readonly changesBehind: number;
  /** Sent → committed in Postgres, of the events of a quarter of a second. */
  readonly postgresDelaysMs: readonly number[];
}

export interface SampleSources {
  /** Of the stack as it came up; a part that starts anew meanwhile is no longer counted. */
  readonly status: StackStatus;
  readonly pool: Pool;
  readonly clickhouse: Clickhouse;
  /** `source` of the events under load. */
  readonly source: string;
  readonly onSample: (sample: Sample) => void;
}

const INTERVAL_MS = 5_000;
/** For the memory of PostgreSQL's processes the kernel walks every page they share: only in one of so many samples. */
const PARTS_EVERY = 6;
const SLICE_MS = 250;
/** A slice is looked at when everything in it has long arrived. */
const SLICE_AGE_MS = 10_000;

/** Takes a sample every five seconds until told to stop. */
export async function takeSamples(sources: SampleSources, signal: AbortSignal): Promise<Sample[]> {
  const samples: Sample[] = [];
  while (!signal.aborted) {
    const dueMs = Date.now() + INTERVAL_MS;
    const sample = await takeSample(sources, samples.length % PARTS_EVERY === 0);
    samples.push(sample);
    sources.onSample(sample);
    await sleep(Math.max(0, dueMs - Date.now()), signal);
  }
  return samples;
}

async function takeSample({ status, pool, clickhouse, source }: SampleSources, isWithParts: boolean): Promise<Sample> {
  const atMs = Date.now();
  const to = new Date(atMs - SLICE_AGE_MS);
  const from = new Date(to.getTime() - SLICE_MS);
  const [log, hops, postgresDelaysMs, clickhouseParts] = await Promise.all([
    readLog(pool),
    readBacklogs(pool),
    readPostgresDelays(pool, source, { from, to }),
    readTableParts(clickhouse),
  ]);
  return { atMs, parts: isWithParts ? readParts(status) : null, ...log, ...hops, clickhouseParts, postgresDelaysMs };
}

/** Read here: `ebb status` every few seconds would take a fifth of a core from what is measured. */
function readParts(status: StackStatus): Record<string, PartUsage> {
  const used = Object.entries(status).map(([name, { pid }]) => {
    const usage = pid === null ? null : processTreeUsage(pid);
    return [name, { cpuSeconds: usage?.cpuSeconds ?? 0, rssMb: (usage?.rssBytes ?? 0) / 1024 ** 2 }] as const;
  });
  return Object.fromEntries(used);
}

async function readLog(pool: Pool): Promise<Pick<Sample, 'slotMb' | 'walMb'>> {
  const { rows } = await pool.query<{ slot: string; wal: string }>(
    `SELECT coalesce((SELECT max(pg_current_wal_lsn() - restart_lsn) FROM pg_replication_slots), 0) AS slot,
       (SELECT sum(size) FROM pg_ls_waldir()) AS wal`,
  );
  return { slotMb: Number(rows[0]?.slot) / 1024 ** 2, walMb: Number(rows[0]?.wal) / 1024 ** 2 };
}

async function readBacklogs(pool: Pool): Promise<Pick<Sample, 'eventsBehind' | 'changesBehind'>> {
  const { rows } = await pool.query<{ hop: string; backlog: string | null }>('SELECT hop, backlog FROM ops.hops');
  const of = (name: string): number => Number(rows.find(({ hop }) => hop === name)?.backlog ?? 0);
  return { eventsBehind: of('events_to_clickhouse'), changesBehind: of('changes_to_clickhouse') };
}

async function readPostgresDelays(pool: Pool, source: string, range: { from: Date; to: Date }): Promise<number[]> {
  const { rows } = await pool.query<{ delay: number }>(
    `SELECT (extract(epoch FROM pg_xact_commit_timestamp(xmin) - event_time) * 1000)::float8 AS delay
     FROM stream.web_events WHERE event_time >= $1 AND event_time < $2 AND day = ($1 AT TIME ZONE 'UTC')::date AND source = $3`,
    [range.from, range.to, source],
  );
  return rows.map(({ delay }) => delay);
}

async function readTableParts(clickhouse: Clickhouse): Promise<number> {
  const rows = await clickhouse.query<{ parts: string }>(
    'SELECT max(parts) AS parts FROM (SELECT count() AS parts FROM system.parts WHERE active GROUP BY database, table)',
  );
  return Number(rows[0]?.parts ?? 0);
}
