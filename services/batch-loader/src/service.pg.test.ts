import { mkdtemp, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createMetrics, createLogger, Releasers } from '@ebb/runtime';
import { eventually, testObjectStore, type TestObjectStore } from '@ebb/testing';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { loadLoaderConfig } from './config.ts';
import { createLoader, type LoaderParts } from './create-loader.ts';
import { workLoaderJobs } from './loader-jobs.ts';
import { createLoaderMetrics } from './metrics.ts';
import { LoaderService } from './service.ts';
import { dailyFile, dailyKey, loaderGround, type LoaderGround } from './testing/loader-ground.ts';

let ground: LoaderGround;
let objects: TestObjectStore;
let parts: LoaderParts;
let service: LoaderService;
let running: Promise<void>;
let uploads = '';
const releasers = new Releasers();
const START_MS = 180_000;
const WAIT = { timeoutMs: 90_000 };

/** The service as it runs: on a bucket and a folder, with its own login. */
beforeAll(async () => {
  ground = await loaderGround();
  objects = await testObjectStore();
  uploads = await mkdtemp(join(tmpdir(), 'ebb-daily-'));
  const config = loadLoaderConfig({
    EBB_POSTGRES_URL: ground.postgresUrl,
    EBB_CLICKHOUSE_URL: ground.server.url,
    EBB_OBJECT_STORE_URL: objects.url,
    EBB_OBJECT_STORE_ACCESS_KEY: objects.accessKey,
    EBB_OBJECT_STORE_SECRET_KEY: objects.secretKey,
    EBB_OBJECT_STORE_BUCKET: objects.bucket,
    EBB_LOADER_FOLDER: ground.folder,
    EBB_LOADER_POLL_SECONDS: '0.2',
    EBB_LOADER_SETTLE_SECONDS: '0',
    EBB_LOADER_TRUNCATED_WAIT_SECONDS: '0',
    EBB_DAILY_FILES_DIR: uploads,
  });
  const logger = createLogger({ name: 'test', logTo: 'stderr', level: 'fatal' });
  parts = createLoader(config, { logger, releasers });
  service = new LoaderService({
    ...parts,
    metrics: createLoaderMetrics(createMetrics('batch-loader')),
    logger,
    pollMs: config.pollSeconds * 1000,
    jobs: (signal) => workLoaderJobs({ ...parts, dailyFilesDir: config.dailyFilesDir, logger }, signal),
  });
  running = service.run();
}, START_MS);

afterAll(async () => {
  await service.stop();
  await running;
  await releasers.releaseAll();
}, START_MS);

const rowsOf = async (name: string): Promise<number> => {
  const [row] = await ground.rows<{ n: string }>(
    `SELECT count() AS n FROM raw.retail_transactions_bronze_current WHERE source_file = '${name}'`,
  );
  return Number(row?.n);
};

async function job(
  kind: string,
  params: object,
  key: string,
): Promise<{ status: string; result: unknown; error: string }> {
  await ground.pool.query('SELECT ops.enqueue_job($1, $2, $3)', [kind, JSON.stringify(params), key]);
  return eventually(async () => {
    const { rows } = await ground.pool.query<{ status: string; result: unknown; error: string }>(
      'SELECT status, result, error FROM ops.job_runs WHERE key = $1',
      [key],
    );
    const [row] = rows;
    if (row === undefined || !['done', 'failed'].includes(row.status)) throw new Error(`job ${key} is not over`);
    return row;
  }, WAIT);
}

test(
  'what appears in the bucket is loaded, replaced, and never twice because it is in the folder too',
  async () => {
    const key = dailyKey('2025-06-01');
    await objects.store.put(key, Buffer.from(dailyFile(5)));
    await eventually(async () => (await rowsOf(key)) === 5, WAIT);
    await ground.put(key, dailyFile(5));
    await ground.put(dailyKey('2025-06-02'), dailyFile(2, 900_000));
    await eventually(async () => (await rowsOf(dailyKey('2025-06-02'))) === 2, WAIT);
    expect(await rowsOf(key)).toBe(5);
    await objects.store.put(key, Buffer.from(dailyFile(3, 10_000)));
    await eventually(async () => (await rowsOf(key)) === 3, WAIT);
    expect(service.readiness()).toEqual({ ready: true, reasons: [] });
  },
  START_MS,
);

test(
  'a JSON file in the bucket is landed as Parquet beside it, which the warehouse reads in place',
  async () => {
    await objects.store.put(
      'documents/tickets/t1.json',
      Buffer.from('[{"id": 1, "text": "slow"}, {"id": 2, "text": null}]'),
    );
    await eventually(async () => {
      const [row] = await ground.rows<{ n: string }>(
        `SELECT count() AS n FROM raw.documents_current WHERE collection = 'tickets'`,
      );
      return Number(row?.n) === 2;
    }, WAIT);
    const url = `${objects.url}/${objects.bucket}/landed/tickets/t1.json.parquet`;
    const rows = await ground.rows(
      `SELECT * FROM s3('${url}', '${objects.accessKey}', '${objects.secretKey}', 'Parquet') ORDER BY id`,
    );
    expect(rows).toEqual([
      { id: '1', text: 'slow' },
      { id: '2', text: null },
    ]);
  },
  START_MS,
);

test(
  'jobs send the days of a folder, catch up a missed one, and load them',
  async () => {
    const days = ['2025-06-10', '2025-06-11', '2025-06-12'];
    for (const [index, day] of days.entries()) {
      await writeFile(join(uploads, `${day}_transactions.csv`), dailyFile(2, 500_000 + index * 10));
    }
    expect(await job('files.upload', { until: '2025-06-11' }, 'upload-1')).toMatchObject({
      result: { days: 2, files: 2 },
    });
    expect(await job('files.upload', {}, 'upload-2')).toMatchObject({ result: { days: 3, files: 1 } });
    await objects.store.put(dailyKey('2025-06-13'), Buffer.from('wrong,header\n1,2\n'));
    const loaded = await job('files.load', { prefix: 'daily_sales/' }, 'load-1');
    expect(loaded).toMatchObject({ status: 'done', result: { last_day: '2025-06-12' } });
    for (const day of days) expect(await rowsOf(dailyKey(day))).toBe(2);
    expect(await job('files.load', { colour: 'red' }, 'load-2')).toMatchObject({ status: 'failed' });
  },
  START_MS,
);

test(
  'a store that is away is said so, and looked at again',
  async () => {
    await objects.kill();
    await eventually(() => !service.readiness().ready, WAIT);
    await objects.start();
    await eventually(() => service.readiness().ready, WAIT);
    const key = dailyKey('2025-06-20');
    await objects.store.put(key, Buffer.from(dailyFile(1, 777_000)));
    await eventually(async () => (await rowsOf(key)) === 1, WAIT);
    expect(service.readiness().reasons).toEqual([]);
  },
  START_MS,
);
