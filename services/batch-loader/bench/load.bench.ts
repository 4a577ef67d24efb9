/**
 * How fast a CSV of a real year (525,461 lines, 45 MB) gets into raw.retail_transactions_bronze with every check, against
 * ClickHouse's own CSV reader filling the same table without any, and against parsing alone with csv-parse:
 *   node services/batch-loader/bench/load.bench.ts [--rounds 3]
 * Starts a ClickHouse of its own. Rows per second of processor time count Node's and ClickHouse's together: what one core
 * does. Medians are printed at the end, and as JSON.
 */
import { createHash } from 'node:crypto';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { parseArgs } from 'node:util';
import { gunzipSync } from 'node:zlib';
import { migrateClickhouse } from '@ebb/clickhouse';
import { must } from '@ebb/core';
import { ONLINE_RETAIL_YEAR_1 } from '@ebb/datasets';
import { withServers } from '@ebb/local-stack';
import { cpuSeconds, type OwnClickhouse, ownClickhouse } from '@ebb/testing';
import { parse } from 'csv-parse';
import { claimOf } from '../src/datasets/catalogue.ts';
import { loadCsv } from '../src/formats/load-csv.ts';
import { Quarantine } from '../src/load/quarantine.ts';
import type { Content } from '../src/source/content.ts';

const { values: options } = parseArgs({ options: { rounds: { type: 'string', default: '3' } } });
const PIECE_BYTES = 1024 ** 2;
const TABLE = 'raw.retail_transactions_bronze';
const claim = must(claimOf('daily_sales/year.csv'), 'the catalogue knows the file');

const file = gunzipSync(readFileSync(ONLINE_RETAIL_YEAR_1.path));
const { rows } = ONLINE_RETAIL_YEAR_1;
const WANTED_PER_SECOND = 200_000;

interface Measured {
  mode: string;
  rowsPerSecond: number;
  nodeUs: number;
  clickhouseUs: number;
  /** Rows per second of one core, both processes together. */
  rowsPerCoreSecond: number;
}

type Work = (server: OwnClickhouse) => Promise<void>;

const MODES: Readonly<Record<string, Work>> = {
  'batch-loader': byLoader,
  'ClickHouse CSVWithNames, no checks': byClickhouse,
  'csv-parse, parsing alone': byCsvParse,
};
let loadId = 0;

await withServers('load-bench', async (owner) => {
  const server = await ownClickhouse(owner);
  await migrateClickhouse({ url: server.url, directory: join(import.meta.dirname, '../../../sql/clickhouse') });
  const results = Object.keys(MODES).map((): Measured[] => []);
  for (let round = 0; round < Number(options.rounds); round += 1) {
    for (const [index, [mode, work]] of Object.entries(MODES).entries())
      results[index]?.push(await measure(server, mode, work));
  }
  report(results.map(median));
});

async function measure(server: OwnClickhouse, mode: string, work: Work): Promise<Measured> {
  await server.clickhouse.command(`TRUNCATE TABLE ${TABLE}`);
  const before = { at: performance.now(), node: cpuSeconds(process.pid), clickhouse: cpuSeconds(server.pid) };
  await work(server);
  const node = (cpuSeconds(process.pid) - before.node) / rows;
  const warehouse = (cpuSeconds(server.pid) - before.clickhouse) / rows;
  return {
    mode,
    rowsPerSecond: Math.round((rows * 1000) / (performance.now() - before.at)),
    nodeUs: Math.round(node * 1e8) / 100,
    clickhouseUs: Math.round(warehouse * 1e8) / 100,
    rowsPerCoreSecond: Math.round(1 / (node + warehouse)),
  };
}

async function* pieces(): AsyncGenerator<Buffer> {
  for (let at = 0; at < file.length; at += PIECE_BYTES)
    yield await Promise.resolve(file.subarray(at, at + PIECE_BYTES));
}

async function byLoader({ clickhouse }: OwnClickhouse): Promise<void> {
  loadId += 1;
  // Which content it is costs time too.
  const sha256 = createHash('sha256').update(file).digest('hex');
  const facts = { loadId, claim, processingDay: '2025-06-26', loadedAtMs: Date.now() };
  const content: Content = {
    bytes: file.length,
    sha256,
    stream: pieces,
    read: (start, end) => Promise.resolve(file.subarray(start, end)),
    dispose: () => Promise.resolve(),
  };
  const quarantine = new Quarantine(clickhouse, facts);
  const load = { clickhouse, facts, quarantine, content, chunks: pieces, needsFinalNewline: true, copies: null };
  const loaded = await loadCsv(load, must(claim.dataset.csv, 'columns'));
  if (loaded !== rows || quarantine.lines > 0) throw new Error(`${loaded} of ${rows} rows were loaded`);
}

async function byClickhouse({ url: at }: OwnClickhouse): Promise<void> {
  const url = new URL(at);
  const authorization = `Basic ${Buffer.from(`${url.username}:${url.password}`).toString('base64')}`;
  const query = `INSERT INTO ${TABLE} FORMAT CSVWithNames`;
  // The file's "Customer ID" is the one heading that is no column there.
  const body = Buffer.from(file.toString('latin1').replace('Customer ID', 'CustomerID'), 'latin1');
  const response = await fetch(`${url.origin}/?query=${encodeURIComponent(query)}`, {
    method: 'POST',
    headers: { authorization },
    body,
  });
  if (!response.ok) throw new Error(await response.text());
}

async function byCsvParse(): Promise<void> {
  const parser = parse({ columns: false });
  let count = -1;
  parser.on('data', () => {
    count += 1;
  });
  const ended = new Promise<void>((resolve, reject) => {
    parser.on('end', resolve);
    parser.on('error', reject);
  });
  for await (const piece of pieces()) parser.write(piece);
  parser.end();
  await ended;
  if (count !== rows) throw new Error(`csv-parse read ${count} of ${rows} rows`);
}

function median(results: readonly Measured[]): Measured {
  const sorted = results.toSorted((a, b) => a.rowsPerCoreSecond - b.rowsPerCoreSecond);
  return must(sorted[Math.floor(sorted.length / 2)], 'one round at least');
}

function report(medians: readonly Measured[]): void {
  console.table(medians);
  const [loader = 0, reader, parser] = medians.map((one) => one.rowsPerCoreSecond);
  const ratio = (other: number | undefined): string => (loader / (other ?? 1)).toFixed(2);
  console.log(
    `of ClickHouse's own reader ${ratio(reader)}, of csv-parse alone ${ratio(parser)}; ` +
      `wanted: ${WANTED_PER_SECOND.toLocaleString('en')} rows/s on one core`,
  );
  console.log(JSON.stringify({ bench: 'load', rows, medians }));
  if (loader < WANTED_PER_SECOND) process.exitCode = 1;
}
