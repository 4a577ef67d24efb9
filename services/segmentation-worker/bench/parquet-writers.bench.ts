/**
 * Who writes exports of customers: ClickHouse itself into the object store, or this process with hyparquet-writer.
 *   node services/segmentation-worker/bench/parquet-writers.bench.ts [--rows 500000] [--rounds 3]
 * Starts a ClickHouse and an object store of its own. Eight columns of profiles; both files are read back and counted.
 */
import { randomBytes } from 'node:crypto';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { parseArgs } from 'node:util';
import { createClickhouse, nameFiles, readColumns } from '@ebb/clickhouse';
import { must } from '@ebb/core';
import {
  anyFreePort,
  CLICKHOUSE_ADMIN,
  OBJECT_STORE_BUCKET,
  startClickhouse,
  startObjectStore,
} from '@ebb/local-stack';
import { createObjectStore } from '@ebb/object-store';
import { ByteWriter, parquetWrite } from 'hyparquet-writer';

const { values: options } = parseArgs({
  options: { rows: { type: 'string', default: '500000' }, rounds: { type: 'string', default: '3' } },
});
const rows = Number(options.rows);

const directory = await mkdtemp(join(tmpdir(), 'ebb-parquet-bench-'));
const secret = (): string => randomBytes(16).toString('hex');
const login = { accessKey: 'bench', secretKey: secret() };
const files = await startObjectStore({
  dataDir: join(directory, 'objects'),
  port: await anyFreePort(),
  login,
  logFile: join(directory, 'objects.log'),
});
const server = await startClickhouse({
  dataDir: join(directory, 'data'),
  port: await anyFreePort(),
  users: [{ name: CLICKHOUSE_ADMIN, password: secret(), readonly: false }],
  logFile: join(directory, 'clickhouse.log'),
});
const clickhouse = createClickhouse({ url: server.url, applicationName: 'bench', requestTimeoutMs: 600_000 });
const at = { url: files.url, bucket: OBJECT_STORE_BUCKET, ...login };
const store = createObjectStore(at);

async function byClickhouse(key: string): Promise<void> {
  await clickhouse.command(
    `INSERT INTO FUNCTION s3(ebb_files, filename = '${key}', format = 'Parquet') SELECT * FROM bench.profiles`,
    {},
    { settings: { s3_truncate_on_insert: 1, output_format_parquet_compression_method: 'snappy' } },
  );
}

async function byHyparquet(key: string): Promise<void> {
  const columns = await readColumns(clickhouse, 'SELECT * FROM bench.profiles');
  const writer = new ByteWriter();
  void parquetWrite({
    writer,
    columnData: [
      ...[...columns.texts].map(([name, data]) => ({ name, data, type: 'STRING' as const })),
      ...[...columns.numbers].map(([name, data]) => ({ name, data, type: 'DOUBLE' as const })),
    ],
    codec: 'SNAPPY',
  });
  await store.put(key, Buffer.from(writer.getBytes()));
}

async function measure(write: (key: string) => Promise<void>, key: string) {
  const startedAt = performance.now();
  await write(key);
  const seconds = (performance.now() - startedAt) / 1000;
  const [found] = await clickhouse.query<{ rows: string }>(
    `SELECT count() AS rows FROM s3(ebb_files, filename = '${key}', format = 'Parquet')`,
  );
  if (Number(found?.rows) !== rows) throw new Error(`${key} holds ${found?.rows} of ${rows} rows`);
  return { rowsPerSecond: Math.round(rows / seconds), megabytes: must(await store.stat(key), key).size / 1e6 };
}

try {
  await nameFiles(clickhouse, at);
  await clickhouse.command('CREATE DATABASE bench');
  await clickhouse.command(
    `CREATE TABLE bench.profiles ENGINE = MergeTree ORDER BY customer AS
     SELECT concat('customer-', toString(number)) AS customer, ['free', 'basic', 'premium'][number % 3 + 1] AS tier,
       ['DE', 'GB', 'FR', 'US'][number % 4 + 1] AS country, toFloat64(number % 365) AS recency,
       toFloat64(1 + number % 17) AS frequency, (number % 100000) / 7 AS monetary, toFloat64(number % 900) AS events,
       toFloat64(number % 60) AS sessions
     FROM numbers(${rows})`,
  );
  const found = [];
  for (const [writer, write] of [
    ['ClickHouse', byClickhouse],
    ['hyparquet-writer', byHyparquet],
  ] as const) {
    const rounds = [];
    for (let round = 0; round < Number(options.rounds); round += 1) {
      rounds.push(await measure(write, `bench/${writer}.parquet`));
    }
    const sorted = rounds.toSorted((a, b) => a.rowsPerSecond - b.rowsPerSecond);
    found.push({ writer, ...must(sorted[Math.floor(sorted.length / 2)], 'one round at least') });
  }
  console.table(found);
  console.log(JSON.stringify({ bench: 'parquet-writers', rows, found }));
} finally {
  await clickhouse.close();
  await server.stop();
  await files.stop();
  await rm(directory, { recursive: true, force: true });
}
