/**
 * How fast a CSV of a real year (525,461 lines, 45 MB) gets into raw.retail_transactions_bronze with every check, against
 * ClickHouse's own CSV reader filling the same table without any, and against parsing alone with csv-parse:
 *   node services/batch-loader/bench/load.bench.ts [--rounds 3]
 * Starts a ClickHouse of its own. Rows per second of processor time count Node's and ClickHouse's together: what one core
 * does. Medians are printed at the end, and as JSON.
 */
import { createHash, randomBytes } from 'node:crypto';
import { readFileSync } from 'node:fs';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { parseArgs } from 'node:util';
import { gunzipSync } from 'node:zlib';
import { createClickhouse, migrateClickhouse } from '@ebb/clickhouse';
import { must } from '@ebb/core';
import { ONLINE_RETAIL_YEAR_1 } from '@ebb/datasets';
import { anyFreePort, CLICKHOUSE_ADMIN, startClickhouse } from '@ebb/local-stack';
import { cpuSeconds } from '@ebb/testing';
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
const directory = await mkdtemp(join(tmpdir(), 'ebb-load-bench-'));
const server = await startClickhouse({
  dataDir: join(directory, 'data'),
  port: await anyFreePort(),
  users: [{ name: CLICKHOUSE_ADMIN, password: randomBytes(16).toString('hex'), readonly: false }],
  logFile: join(directory, 'clickhouse.log'),
});
const clickhouse = createClickhouse({ url: server.url, applicationName: 'bench', requestTimeoutMs: 600_000 });

interface Measured {
  mode: string;
  rowsPerSecond: number;
  nodeUs: number;
  clickhouseUs: number;
  /** Rows per second of one core, both processes together. */
  rowsPerCoreSecond: number;
}

async function measure(mode: string, work: () => Promise<void>): Promise<Measured> {
  await clickhouse.command(`TRUNCATE TABLE ${TABLE}`);
  const before = { at: performance.now(), node: cpuSeconds(process.pid), clickhouse: cpuSeconds(server.pid) };
  await work();
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

let loadId = 0;
const byLoader = (): Promise<Measured> =>
  measure('batch-loader', async () => {
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
  });

const byClickhouse = (): Promise<Measured> =>
  measure('ClickHouse CSVWithNames, no checks', async () => {
    const url = new URL(server.url);
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
  });

const byCsvParse = (): Promise<Measured> =>
  measure('csv-parse, parsing alone', async () => {
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
  });

function median(results: readonly Measured[]): Measured {
  const sorted = results.toSorted((a, b) => a.rowsPerCoreSecond - b.rowsPerCoreSecond);
  return must(sorted[Math.floor(sorted.length / 2)], 'one round at least');
}

try {
  await migrateClickhouse({ url: server.url, directory: join(import.meta.dirname, '../../../sql/clickhouse') });
  const modes = [byLoader, byClickhouse, byCsvParse];
  const results: Measured[][] = modes.map(() => []);
  for (let round = 0; round < Number(options.rounds); round += 1) {
    for (const [index, mode] of modes.entries()) results[index]?.push(await mode());
  }
  const medians = results.map(median);
  console.table(medians);
  const [loader, reader, parser] = medians.map((one) => one.rowsPerCoreSecond);
  const ratio = (other: number | undefined): string => ((loader ?? 0) / (other ?? 1)).toFixed(2);
  console.log(
    `of ClickHouse's own reader ${ratio(reader)}, of csv-parse alone ${ratio(parser)}; wanted: 200,000 rows/s`,
  );
  console.log(JSON.stringify({ bench: 'load', rows, medians }));
} finally {
  await clickhouse.close();
  await server.stop();
  await rm(directory, { recursive: true, force: true });
}
