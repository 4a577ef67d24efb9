import { createClickhouse } from '@ebb/clickhouse';
import { sleep } from '@ebb/core';
import { createKafka, createProducer } from '@ebb/kafka';
import { createPool } from '@ebb/postgres';
import { type PrivateStack, withPrivateStack } from '../private-stack.ts';
import { type Spread, spreadOf } from '../soak/percentiles.ts';
import { runProbes } from '../soak/probes.ts';

/** Committed in Postgres → read in ClickHouse while so many rows of the CRM change each second. */
const RATES_PER_SECOND = [2_000, 5_000, 10_000];
const SECONDS = 30;
const SETTLE_MS = 5_000;
const PROBE_PAUSE_MS = 100;

await withPrivateStack('bench-cdc', async (stack) => {
  console.log(
    '| row changes/s | probes | p50 ms | p95 ms | p99 ms | max ms |\n| ---: | ---: | ---: | ---: | ---: | ---: |',
  );
  for (const rate of RATES_PER_SECOND) {
    const spread = await measure(stack, rate);
    if (spread === null) throw new Error(`no probe was seen at ${rate} rows/s`);
    const cells = [rate, spread.count, spread.p50Ms, spread.p95Ms, spread.p99Ms, spread.maxMs];
    console.log(`| ${cells.map((cell) => cell.toLocaleString('en')).join(' | ')} |`);
  }
});

async function measure(stack: PrivateStack, rate: number): Promise<Spread | null> {
  const { postgres, clickhouse: warehouse, kafka } = await stack.status();
  const pool = createPool({ url: postgres.url, applicationName: 'ebb-bench', max: 2 });
  const clickhouse = createClickhouse({ url: warehouse.url, applicationName: 'ebb-bench' });
  const producer = createProducer(createKafka({ brokers: [kafka.brokers], clientId: 'ebb-bench' }), {
    idempotent: false,
  });
  await producer.connect();
  try {
    const load = stack.commands.run(['simulate', 'crm', '--rate', String(rate), '--duration', `${SECONDS}s`]);
    await sleep(SETTLE_MS);
    const observing = new AbortController();
    const targets = { producer, pool, clickhouse, name: `rate-${rate}`, pauseMs: PROBE_PAUSE_MS };
    const probes = runProbes(targets, observing.signal);
    await load.finally(() => {
      observing.abort();
    });
    return spreadOf((await probes).changesMs);
  } finally {
    await producer.disconnect();
    await clickhouse.close();
    await pool.end();
  }
}
