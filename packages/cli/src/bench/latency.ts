import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { fileURLToPath } from 'node:url';
import { sleep } from '@ebb/core';
import { createPool, type Pool } from '@ebb/postgres';
import { z } from 'zod';
import type { PrivateStack, StackStatus } from '../private-stack.ts';

const OPEN_LOOP = fileURLToPath(new URL('../load/open-loop.ts', import.meta.url));
/** Connections, caches and the planner warm up; their time is not the steady state's. */
const SETTLE_SECONDS = 5;

export interface LatencyResult {
  ratePerSecond: number;
  events: number;
  p50Ms: number;
  p95Ms: number;
  p99Ms: number;
  maxMs: number;
  /** Ticks of the load that came late by more than a tick: the generator itself was short of processor. */
  lateTicks: number;
  /** Processor time per event, µs. */
  cpuUs: Record<'aggregator' | 'postgres' | 'kafka', number>;
  walBytesPerEvent: number;
  aggregatorRssMb: number;
}

const loadSchema = z.object({ sent: z.number(), acknowledged: z.number(), lateTicks: z.number(), cpuMs: z.number() });

const percentilesSchema = z.object({
  events: z.coerce.number(),
  p50: z.number(),
  p95: z.number(),
  p99: z.number(),
  max: z.number(),
});

/**
 * Sent → visible in Postgres at one rate: from the moment an event is handed to the producer (its event time) to the
 * commit of the transaction that stored it (`pg_xact_commit_timestamp`, see `withCommitTimestamps`), for every event
 * after the first seconds. Both clocks are this machine's. `source` sets the events apart from those of other measurements.
 */
export async function measureLatency(
  stack: PrivateStack,
  ratePerSecond: number,
  seconds: number,
  source = `bench_${ratePerSecond}`,
): Promise<LatencyResult> {
  const before = await stack.status();
  const pool = createPool({ url: before.postgres.url, applicationName: 'ebb-bench' });
  try {
    const walBefore = await walPosition(pool);
    const load = await runOpenLoop(['--brokers', before.kafka.brokers, '--source', source], ratePerSecond, seconds);
    await waitForRows(pool, source, load.acknowledged);
    const [after, walAfter] = [await stack.status(), await walPosition(pool)];
    const { events, p50: p50Ms, p95: p95Ms, p99: p99Ms, max: maxMs } = await percentiles(pool, source);
    return {
      ratePerSecond,
      events,
      p50Ms,
      p95Ms,
      p99Ms,
      maxMs,
      lateTicks: load.lateTicks,
      cpuUs: cpuPerEvent(before, after, load.sent),
      walBytesPerEvent: (walAfter - walBefore) / load.sent,
      aggregatorRssMb: after.aggregator.rssMb ?? Number.NaN,
    };
  } finally {
    await pool.end();
  }
}

/** Lets Postgres keep the commit time of transactions; takes a restart, which the supervisor does. */
export async function withCommitTimestamps(stack: PrivateStack): Promise<void> {
  const { postgres } = await stack.status();
  const pool = createPool({ url: postgres.url, applicationName: 'ebb-bench', max: 1 });
  await pool.query('ALTER SYSTEM SET track_commit_timestamp = on');
  await pool.end();
  process.kill(postgres.pid ?? 0, 'SIGINT');
  for (let status = postgres; status.state !== 'ready' || status.pid === postgres.pid;) {
    await sleep(250);
    status = (await stack.status()).postgres;
  }
}

function cpuPerEvent(before: StackStatus, after: StackStatus, events: number): LatencyResult['cpuUs'] {
  const used = (name: 'aggregator' | 'postgres' | 'kafka'): number =>
    (((after[name].cpuSeconds ?? 0) - (before[name].cpuSeconds ?? 0)) * 1e6) / events;
  return { aggregator: used('aggregator'), postgres: used('postgres'), kafka: used('kafka') };
}

async function walPosition(pool: Pool): Promise<number> {
  const { rows } = await pool.query<{ position: string }>(`SELECT pg_current_wal_lsn() - '0/0'::pg_lsn AS position`);
  return Number(rows[0]?.position);
}

async function runOpenLoop(target: string[], rate: number, seconds: number): Promise<z.infer<typeof loadSchema>> {
  const args = [OPEN_LOOP, ...target, '--rate', String(rate), '--seconds', String(seconds)];
  const child = spawn(process.execPath, args, { stdio: ['ignore', 'pipe', 'inherit'] });
  let output = '';
  child.stdout.on('data', (chunk: Buffer) => (output += chunk.toString()));
  await once(child, 'close');
  return loadSchema.parse(JSON.parse(output));
}

async function waitForRows(pool: Pool, source: string, expected: number): Promise<void> {
  const deadlineMs = Date.now() + 60_000;
  for (;;) {
    const { rows } = await pool.query<{ count: string }>('SELECT count(*) FROM stream.web_events WHERE source = $1', [
      source,
    ]);
    if (Number(rows[0]?.count) >= expected) return;
    if (Date.now() > deadlineMs) throw new Error(`only ${rows[0]?.count} of ${expected} events arrived`);
    await sleep(250);
  }
}

async function percentiles(pool: Pool, source: string): Promise<z.infer<typeof percentilesSchema>> {
  const { rows } = await pool.query(
    `SELECT count(*) AS events, percentile_cont(0.5) WITHIN GROUP (ORDER BY delay) AS p50,
       percentile_cont(0.95) WITHIN GROUP (ORDER BY delay) AS p95,
       percentile_cont(0.99) WITHIN GROUP (ORDER BY delay) AS p99, max(delay) AS max
     FROM (SELECT (extract(epoch FROM pg_xact_commit_timestamp(xmin) - event_time) * 1000)::float8 AS delay
       FROM stream.web_events WHERE source = $1 AND event_time >=
         (SELECT min(event_time) FROM stream.web_events WHERE source = $1) + make_interval(secs => $2)) AS delays`,
    [source, SETTLE_SECONDS],
  );
  return percentilesSchema.parse(rows[0]);
}
