import { withPrivateStack } from '../private-stack.ts';
import { type LatencyResult, measureLatency, withCommitTimestamps } from './latency.ts';

/** Sent → visible at rising rates, on one stack, printed as a Markdown table. */
const RATES_PER_SECOND = [2_000, 5_000, 10_000];
const SECONDS = 25;

const COLUMNS: readonly (readonly [string, (row: LatencyResult) => string])[] = [
  ['events/s', (row) => row.ratePerSecond.toLocaleString('en')],
  ['p50 ms', (row) => row.p50Ms.toFixed(0)],
  ['p95 ms', (row) => row.p95Ms.toFixed(0)],
  ['p99 ms', (row) => row.p99Ms.toFixed(0)],
  ['max ms', (row) => row.maxMs.toFixed(0)],
  ['aggregator µs/event', (row) => row.cpuUs.aggregator.toFixed(1)],
  ['Postgres µs/event', (row) => row.cpuUs.postgres.toFixed(1)],
  ['Kafka µs/event', (row) => row.cpuUs.kafka.toFixed(1)],
  ['WAL bytes/event', (row) => row.walBytesPerEvent.toFixed(0)],
  ['aggregator RSS MB', (row) => row.aggregatorRssMb.toFixed(0)],
  ['late ticks', (row) => String(row.lateTicks)],
];

await withPrivateStack('bench', async (stack) => {
  await withCommitTimestamps(stack);
  console.log(`| ${COLUMNS.map(([name]) => name).join(' | ')} |`);
  console.log(`|${COLUMNS.map(() => ' ---: |').join('')}`);
  for (const rate of RATES_PER_SECOND) {
    const result = await measureLatency(stack, rate, SECONDS);
    console.log(`| ${COLUMNS.map(([, format]) => format(result)).join(' | ')} |`);
  }
});
