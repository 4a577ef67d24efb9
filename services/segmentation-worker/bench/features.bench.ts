/**
 * How fast features of customers come from ClickHouse into Float64Arrays as Arrow, against the same rows as JSON:
 *   node services/segmentation-worker/bench/features.bench.ts [--rows 5000000] [--rounds 3]
 * Starts a ClickHouse of its own. Three features, without and with the customer's id; medians are printed, and as JSON.
 */
import { parseArgs } from 'node:util';
import { readColumns } from '@ebb/clickhouse';
import { must } from '@ebb/core';
import { withServers } from '@ebb/local-stack';
import { cpuSeconds, type OwnClickhouse, ownClickhouse } from '@ebb/testing';

const { values: options } = parseArgs({
  options: { rows: { type: 'string', default: '5000000' }, rounds: { type: 'string', default: '3' } },
});
const rows = Number(options.rows);
const FEATURES = 'toFloat64(recency) AS recency, toFloat64(frequency) AS frequency, toFloat64(monetary) AS monetary';
/** Objects of so many rows would not fit in memory; their rate does not depend on how many there are. */
const JSON_SHARE = 10;
const WANTED_PER_SECOND = 5_000_000;

interface Measured {
  rowsPerSecond: number;
  /** Processor time a row. */
  nodeNs: number;
  clickhouseNs: number;
}

interface Mode {
  rows: number;
  read: () => Promise<number>;
}

await withServers('features-bench', async (owner) => {
  const server = await ownClickhouse(owner);
  await fill(server);
  const medians: ({ mode: string } & Measured)[] = [];
  for (const [mode, one] of Object.entries(modesOf(server))) {
    const rounds: Measured[] = [];
    for (let round = 0; round < Number(options.rounds); round += 1) rounds.push(await measure(server.pid, one));
    const sorted = rounds.toSorted((a, b) => a.rowsPerSecond - b.rowsPerSecond);
    medians.push({ mode, ...must(sorted[Math.floor(sorted.length / 2)], 'one round at least') });
  }
  console.table(medians);
  console.log(`wanted: ${WANTED_PER_SECOND.toLocaleString('en')} rows/s of features`);
  console.log(JSON.stringify({ bench: 'features', rows, medians }));
  if ((medians[0]?.rowsPerSecond ?? 0) < WANTED_PER_SECOND) process.exitCode = 1;
});

async function fill({ clickhouse }: OwnClickhouse): Promise<void> {
  await clickhouse.command('CREATE DATABASE bench');
  await clickhouse.command(
    `CREATE TABLE bench.customers (customer String, recency Int32, frequency UInt32, monetary Decimal(38, 2))
     ENGINE = MergeTree ORDER BY customer`,
  );
  await clickhouse.command(
    `INSERT INTO bench.customers SELECT toString(number), number % 365, 1 + number % 17, (number % 100000) / 7
     FROM numbers(${rows})`,
  );
  // No merge beside what is measured.
  await clickhouse.command('OPTIMIZE TABLE bench.customers FINAL');
}

function modesOf({ clickhouse }: OwnClickhouse): Readonly<Record<string, Mode>> {
  const few = rows / JSON_SHARE;
  const columns = (names: string) => async () =>
    (await readColumns(clickhouse, `SELECT ${names} FROM bench.customers`)).rows;
  const objects = async () => (await clickhouse.query(`SELECT ${FEATURES} FROM bench.customers LIMIT ${few}`)).length;
  return {
    'Arrow, three features': { rows, read: columns(FEATURES) },
    'Arrow, three features and the id': { rows, read: columns(`customer, ${FEATURES}`) },
    'JSON, three features': { rows: few, read: objects },
  };
}

async function measure(clickhousePid: number, mode: Mode): Promise<Measured> {
  const before = { at: performance.now(), node: cpuSeconds(process.pid), clickhouse: cpuSeconds(clickhousePid) };
  const found = await mode.read();
  if (found !== mode.rows) throw new Error(`${found} of ${mode.rows} rows were read`);
  const nanoseconds = (pid: number, earlier: number): number =>
    Math.round(((cpuSeconds(pid) - earlier) * 1e9) / mode.rows);
  return {
    rowsPerSecond: Math.round((mode.rows * 1000) / (performance.now() - before.at)),
    nodeNs: nanoseconds(process.pid, before.node),
    clickhouseNs: nanoseconds(clickhousePid, before.clickhouse),
  };
}
