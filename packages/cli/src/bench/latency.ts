import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { fileURLToPath } from 'node:url';
import { sleep } from '@ebb/core';
import { createPool, type Pool } from '@ebb/postgres';
import { z } from 'zod';
import type { PrivateStack } from '../private-stack.ts';

const OPEN_LOOP = fileURLToPath(new URL('../load/open-loop.ts', import.meta.url));
const SETTLE_SECONDS = 5;

export interface LatencyResult {
  ratePerSecond: number;
  events: number;
  p50Ms: number;
  p95Ms: number;
  p99Ms: number;
  maxMs: number;
  lateTicks: number;
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
 * commit of the transaction that stored it (`pg_xact_commit_timestamp`, so `track_commit_timestamp` must be on), for
 * every event after the first seconds. Both clocks are this machine's.
 */
export async function measureLatency(
  stack: PrivateStack,
  ratePerSecond: number,
  seconds: number,
): Promise<LatencyResult> {
  const status = await stack.status();
  const source = `bench_${ratePerSecond}`;
  const load = await runOpenLoop(['--brokers', status.kafka.brokers, '--source', source], ratePerSecond, seconds);
  const pool = createPool({ url: status.postgres.url, applicationName: 'ebb-bench' });
  try {
    await waitForRows(pool, source, load.acknowledged);
    const figures = await percentiles(pool, source);
    const { events, p50: p50Ms, p95: p95Ms, p99: p99Ms, max: maxMs } = figures;
    return { ratePerSecond, events, p50Ms, p95Ms, p99Ms, maxMs, lateTicks: load.lateTicks };
  } finally {
    await pool.end();
  }
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
