import { type Clickhouse, createClickhouse } from '@ebb/clickhouse';
import { EbbError, must, sleep } from '@ebb/core';
import { createKafka, createProducer, type KafkaHandle } from '@ebb/kafka';
import { createPool, type Pool } from '@ebb/postgres';
import { withCommitTimestamps } from '../bench/latency.ts';
import type { PrivateStack, StackStatus } from '../private-stack.ts';
import { waitUntilProcessed } from '../verify/backlog.ts';
import { startLoad, type WebLoad } from './load.ts';
import { type Spread, spreadOf } from './percentiles.ts';
import { runProbes } from './probes.ts';
import { type Sample, takeSamples } from './sampler.ts';
import { countTables, isComplete, type TableCount } from '../verify/table-counts.ts';

export interface SoakOptions {
  /** Of all kinds together: web events, order documents, CRM changes. */
  readonly ratePerSecond: number;
  readonly minutes: number;
  readonly print: (line: string) => void;
}

export interface SoakOutcome {
  readonly rates: { readonly web: number; readonly purchases: number; readonly crm: number };
  readonly seconds: number;
  /** From the start; nothing of it is in the figures. */
  readonly warmUpSeconds: number;
  readonly load: WebLoad;
  readonly samples: readonly Sample[];
  /** Sent → committed in Postgres, of samples of all events. */
  readonly postgres: Spread | null;
  /** Sent → read in ClickHouse, of probes. */
  readonly events: Spread | null;
  /** Committed in Postgres → read in ClickHouse, of probes. */
  readonly changes: Spread | null;
  readonly lostProbes: readonly string[];
  /** From the end of the load until both databases hold everything. */
  readonly drainMs: number;
  readonly counts: readonly TableCount[];
  readonly ledger: string;
  /** The ledger's own cycles while the load ran: how many, for what share of the time its queries ran (waiting included), alarms that came up. */
  readonly cycles: LedgerCycles;
  readonly isComplete: boolean;
}

const SOURCE = 'soak';
/** Caches, the planner and the compilers of the JVMs warm up: not the steady state, but no more than this share of a run. */
const WARM_UP_MS = 90_000;
const WARM_UP_SHARE = 0.25;
const DRAIN_TIMEOUT_MS = 600_000;
const POLL_MS = 500;
const PROBE_PAUSE_MS = 2_000;

export interface LedgerCycles {
  readonly count: number;
  readonly rows: number;
  readonly queryShare: number;
  readonly alarms: number;
}

interface Connections {
  readonly stack: PrivateStack;
  readonly pool: Pool;
  readonly clickhouse: Clickhouse;
  readonly kafka: KafkaHandle;
}

/** The whole platform on a stack of its own under a steady load: what it costs, how late it is, and that it stays so. */
export async function runSoak(stack: PrivateStack, options: SoakOptions): Promise<SoakOutcome> {
  await withCommitTimestamps(stack);
  const status = await stack.status();
  const pool = createPool({ url: status.postgres.url, applicationName: 'ebb-soak', max: 6 });
  const clickhouse = createClickhouse({ url: status.clickhouse.url, applicationName: 'ebb-soak' });
  const kafka = createKafka({ brokers: [status.kafka.brokers], clientId: 'ebb-soak' });
  try {
    return await soak({ stack, pool, clickhouse, kafka }, status, options);
  } finally {
    await clickhouse.close();
    await pool.end();
  }
}

async function soak(connections: Connections, status: StackStatus, options: SoakOptions): Promise<SoakOutcome> {
  const { stack, pool, clickhouse, kafka } = connections;
  const producer = createProducer(kafka, { idempotent: false, maxInFlight: 5 });
  await producer.connect();
  const seconds = options.minutes * 60;
  const startMs = Date.now();
  const load = startLoad(stack, status, { ratePerSecond: options.ratePerSecond, seconds, source: SOURCE });
  const warmUpMs = Math.min(WARM_UP_MS, seconds * 1_000 * WARM_UP_SHARE);
  await sleep(warmUpMs);
  const observing = new AbortController();
  const progress = printProgress(options, startMs);
  const samples = takeSamples({ status, pool, clickhouse, source: SOURCE, onSample: progress }, observing.signal);
  const targets = { producer, pool, clickhouse, name: 'soak', pauseMs: PROBE_PAUSE_MS };
  const probes = runProbes(targets, observing.signal);
  const loaded = load.finished().then((web) => ({ web, endMs: Date.now() }));
  // Together: an observer that fails must end the soak, and not the process with the stack left behind.
  const [{ web: summary, endMs }, taken, delays] = await Promise.all([
    loaded.finally(() => observing.abort()),
    samples,
    probes,
  ]);
  const cycles = await readCycles(pool, startMs, endMs);
  await producer.disconnect();
  const counts = await untilDrained(connections);
  const drainMs = Date.now() - endMs;
  const ledger = await stack.commands.capture(['ledger', 'run', '--full']);
  return {
    rates: load.rates,
    seconds,
    warmUpSeconds: warmUpMs / 1_000,
    load: summary,
    samples: taken,
    postgres: spreadOf(taken.flatMap((sample) => sample.postgresDelaysMs)),
    events: spreadOf(delays.eventsMs),
    changes: spreadOf(delays.changesMs),
    lostProbes: delays.lost,
    drainMs,
    counts,
    ledger,
    cycles,
    isComplete: isComplete(counts) && delays.lost.length === 0 && cycles.alarms === 0,
  };
}

/** An alarm that later closed by itself would have been a false one, so findings are counted whatever became of them. */
async function readCycles(pool: Pool, startMs: number, endMs: number): Promise<LedgerCycles> {
  const { rows } = await pool.query<{ count: number; rows: number; seconds: number; alarms: number }>(
    `SELECT count(*)::integer AS count, coalesce(sum(rows_checked), 0)::float8 AS rows,
       coalesce(sum(engine_seconds), 0)::float8 AS seconds, (SELECT count(*)::integer FROM ops.ledger) AS alarms
     FROM ops.ledger_cycles WHERE started_at BETWEEN $1 AND $2`,
    [new Date(startMs), new Date(endMs)],
  );
  const { count, rows: checked, seconds, alarms } = must(rows[0], 'an aggregate is one row');
  return { count, rows: checked, queryShare: (seconds * 1_000) / (endMs - startMs), alarms };
}

/** Waits until Postgres holds what the topics hold, and ClickHouse what Postgres holds. */
async function untilDrained({ pool, kafka, clickhouse }: Connections): Promise<TableCount[]> {
  await waitUntilProcessed(pool, kafka, { stuckMs: DRAIN_TIMEOUT_MS });
  const deadlineMs = Date.now() + DRAIN_TIMEOUT_MS;
  for (;;) {
    const counts = await countTables(pool, clickhouse);
    if (isComplete(counts)) return counts;
    if (Date.now() > deadlineMs) {
      const behind = counts.filter((one) => one.postgres !== one.clickhouse).map((one) => one.table);
      throw new EbbError('NOT_DRAINED', `ClickHouse does not reach Postgres in ${behind.join(', ')}`);
    }
    await sleep(POLL_MS);
  }
}

function printProgress(options: SoakOptions, startMs: number): (sample: Sample) => void {
  let shownMs = 0;
  return (sample) => {
    if (sample.atMs - shownMs < 30_000) return;
    shownMs = sample.atMs;
    const minute = ((sample.atMs - startMs) / 60_000).toFixed(1);
    const p99Ms = spreadOf(sample.postgresDelaysMs)?.p99Ms ?? Number.NaN;
    options.print(
      `${minute.padStart(5)} min  Postgres p99 ${p99Ms.toFixed(0)} ms  behind: ${sample.eventsBehind} events, ` +
        `${sample.changesBehind} changes  slot ${sample.slotMb.toFixed(0)} MB  parts ${sample.clickhouseParts}`,
    );
  };
}
