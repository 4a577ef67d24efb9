/**
 * How fast features of customers come from ClickHouse into Float64Arrays as Arrow, against the same rows as JSON:
 *   node services/segmentation-worker/bench/features.bench.ts [--rows 5000000] [--rounds 3]
 * Starts a ClickHouse of its own. Three features, without and with the customer's id; medians are printed, and as JSON.
 */
import { randomBytes } from 'node:crypto';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { parseArgs } from 'node:util';
import { createClickhouse, readColumns } from '@ebb/clickhouse';
import { must } from '@ebb/core';
import { anyFreePort, CLICKHOUSE_ADMIN, startClickhouse } from '@ebb/local-stack';

const { values: options } = parseArgs({
  options: { rows: { type: 'string', default: '5000000' }, rounds: { type: 'string', default: '3' } },
});
const rows = Number(options.rows);
const FEATURES = 'toFloat64(recency) AS recency, toFloat64(frequency) AS frequency, toFloat64(monetary) AS monetary';
/** Objects of so many rows would not fit in memory; their rate does not depend on how many there are. */
const JSON_SHARE = 10;

const directory = await mkdtemp(join(tmpdir(), 'ebb-features-bench-'));
const server = await startClickhouse({
  dataDir: join(directory, 'data'),
  port: await anyFreePort(),
  users: [{ name: CLICKHOUSE_ADMIN, password: randomBytes(16).toString('hex'), readonly: false }],
  logFile: join(directory, 'clickhouse.log'),
});
const clickhouse = createClickhouse({ url: server.url, applicationName: 'bench', requestTimeoutMs: 600_000 });

async function rate(expected: number, read: () => Promise<number>): Promise<number> {
  const startedAt = performance.now();
  const found = await read();
  if (found !== expected) throw new Error(`${found} of ${expected} rows were read`);
  return Math.round((expected * 1000) / (performance.now() - startedAt));
}

const modes: Readonly<Record<string, () => Promise<number>>> = {
  'Arrow, three features': () =>
    rate(rows, async () => (await readColumns(clickhouse, `SELECT ${FEATURES} FROM bench.customers`)).rows),
  'Arrow, three features and the id': () =>
    rate(rows, async () => (await readColumns(clickhouse, `SELECT customer, ${FEATURES} FROM bench.customers`)).rows),
  'JSON, three features': () =>
    rate(
      rows / JSON_SHARE,
      async () => (await clickhouse.query(`SELECT ${FEATURES} FROM bench.customers LIMIT ${rows / JSON_SHARE}`)).length,
    ),
};

try {
  await clickhouse.command('CREATE DATABASE bench');
  await clickhouse.command(
    `CREATE TABLE bench.customers (customer String, recency Int32, frequency UInt32, monetary Decimal(38, 2))
     ENGINE = MergeTree ORDER BY customer`,
  );
  await clickhouse.command(
    `INSERT INTO bench.customers SELECT toString(number), number % 365, 1 + number % 17, (number % 100000) / 7
     FROM numbers(${rows})`,
  );
  const medians: { mode: string; rowsPerSecond: number }[] = [];
  for (const [mode, measure] of Object.entries(modes)) {
    const rates: number[] = [];
    for (let round = 0; round < Number(options.rounds); round += 1) rates.push(await measure());
    const sorted = rates.toSorted((a, b) => a - b);
    medians.push({ mode, rowsPerSecond: must(sorted[Math.floor(sorted.length / 2)], 'one round at least') });
  }
  console.table(medians);
  console.log(`wanted: 5,000,000 rows/s of features`);
  console.log(JSON.stringify({ bench: 'features', rows, medians }));
} finally {
  await clickhouse.close();
  await server.stop();
  await rm(directory, { recursive: true, force: true });
}
