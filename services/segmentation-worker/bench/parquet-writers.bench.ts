/**
 * Who writes exports of customers: ClickHouse itself into the object store, or this process with hyparquet-writer.
 *   node services/segmentation-worker/bench/parquet-writers.bench.ts [--rows 500000] [--rounds 3]
 * Starts a ClickHouse and an object store of its own. Eight columns of profiles; both files are read back and counted.
 */
import { randomBytes } from 'node:crypto';
import { join } from 'node:path';
import { parseArgs } from 'node:util';
import { type Clickhouse, nameFiles, readColumns } from '@ebb/clickhouse';
import { must } from '@ebb/core';
import { anyFreePort, OBJECT_STORE_BUCKET, type ServerOwner, startObjectStore, withServers } from '@ebb/local-stack';
import { createObjectStore, type ObjectStore } from '@ebb/object-store';
import { ownClickhouse } from '@ebb/testing';
import { ByteWriter, parquetWrite } from 'hyparquet-writer';

const { values: options } = parseArgs({
  options: { rows: { type: 'string', default: '500000' }, rounds: { type: 'string', default: '3' } },
});
const rows = Number(options.rows);

interface Places {
  clickhouse: Clickhouse;
  store: ObjectStore;
}

type Write = (places: Places, key: string) => Promise<void>;

const WRITERS: Readonly<Record<string, Write>> = { ClickHouse: byClickhouse, 'hyparquet-writer': byHyparquet };

await withServers('parquet-bench', async (owner) => {
  const places = await open(owner);
  await fill(places.clickhouse);
  const found = [];
  for (const [writer, write] of Object.entries(WRITERS)) {
    const rounds = [];
    for (let round = 0; round < Number(options.rounds); round += 1) {
      rounds.push(await measure(places, write, `bench/${writer}.parquet`));
    }
    const sorted = rounds.toSorted((a, b) => a.rowsPerSecond - b.rowsPerSecond);
    found.push({ writer, ...must(sorted[Math.floor(sorted.length / 2)], 'one round at least') });
  }
  console.table(found);
  console.log(JSON.stringify({ bench: 'parquet', rows, found }));
});

/** A ClickHouse that knows an object store of its own. */
async function open(owner: ServerOwner): Promise<Places> {
  const login = { accessKey: 'bench', secretKey: randomBytes(16).toString('hex') };
  const { directory } = owner;
  const port = await anyFreePort();
  const logFile = join(directory, 'objects.log');
  const files = await owner.own(startObjectStore({ dataDir: join(directory, 'objects'), port, login, logFile }));
  const { clickhouse } = await ownClickhouse(owner);
  const at = { url: files.url, bucket: OBJECT_STORE_BUCKET, ...login };
  await nameFiles(clickhouse, at);
  return { clickhouse, store: createObjectStore(at) };
}

async function fill(clickhouse: Clickhouse): Promise<void> {
  await clickhouse.command('CREATE DATABASE bench');
  await clickhouse.command(
    `CREATE TABLE bench.profiles ENGINE = MergeTree ORDER BY customer AS
     SELECT concat('customer-', toString(number)) AS customer, ['free', 'basic', 'premium'][number % 3 + 1] AS tier,
       ['DE', 'GB', 'FR', 'US'][number % 4 + 1] AS country, toFloat64(number % 365) AS recency,
       toFloat64(1 + number % 17) AS frequency, (number % 100000) / 7 AS monetary, toFloat64(number % 900) AS events,
       toFloat64(number % 60) AS sessions
     FROM numbers(${rows})`,
  );
}

async function byClickhouse({ clickhouse }: Places, key: string): Promise<void> {
  await clickhouse.command(
    `INSERT INTO FUNCTION s3(ebb_files, filename = '${key}', format = 'Parquet') SELECT * FROM bench.profiles`,
    {},
    { settings: { s3_truncate_on_insert: 1, output_format_parquet_compression_method: 'snappy' } },
  );
}

async function byHyparquet({ clickhouse, store }: Places, key: string): Promise<void> {
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

async function measure(places: Places, write: Write, key: string) {
  const startedAt = performance.now();
  await write(places, key);
  const seconds = (performance.now() - startedAt) / 1000;
  const [found] = await places.clickhouse.query<{ rows: string }>(
    `SELECT count() AS rows FROM s3(ebb_files, filename = '${key}', format = 'Parquet')`,
  );
  if (Number(found?.rows) !== rows) throw new Error(`${key} holds ${found?.rows} of ${rows} rows`);
  const { size } = must(await places.store.stat(key), key);
  return { rowsPerSecond: Math.round(rows / seconds), megabytes: Math.round(size / 1e5) / 10 };
}
