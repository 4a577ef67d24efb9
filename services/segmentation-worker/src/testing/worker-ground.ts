import type { Clickhouse } from '@ebb/clickhouse';
import type { Pool, RoleName } from '@ebb/postgres';
import { createLogger, createMetrics } from '@ebb/runtime';
import { rfmStatistics, rfmTable, schemeC, rfmPoint, type RfmRow, type RfmTable } from '@ebb/segments';
import {
  eventually,
  testClickhouse,
  type TestClickhouse,
  testObjectStore,
  type TestObjectStore,
  testPostgres,
} from '@ebb/testing';
import type { WorkerParts } from '../create-worker.ts';
import { type JobsContext, workSegmentationJobs } from '../jobs/worker-jobs.ts';
import { createWorkerMetrics } from '../metrics.ts';

export const SOURCE = 'retail_files';
export const AS_OF = '2026-04-28';
const WAIT = { timeoutMs: 90_000 };

export interface JobEnd {
  status: string;
  result: Record<string, unknown> | null;
  error: string | null;
  attempts: number;
}

export interface WorkerGround {
  readonly server: TestClickhouse;
  readonly objects: TestObjectStore;
  readonly postgresUrl: string;
  roleUrl(role: RoleName): string;
  readonly pool: Pool;
  readonly clickhouse: Clickhouse;
  readonly parts: WorkerParts;
  /** Publishes a build of the marts with these customers. */
  publishMarts(rows: readonly RfmRow[], asOf?: string): Promise<string>;
  enqueue(kind: string, params: object, key: string): Promise<void>;
  jobEnd(key: string): Promise<JobEnd>;
  /** Enqueues a job and works until it has ended. */
  job(kind: string, params: object, key: string, parts?: Partial<WorkerParts>): Promise<JobEnd>;
  /** A worker of these parts, until stopped; `ended` rejects with what ended it. */
  work(parts?: Partial<WorkerParts>): { stop: () => Promise<void>; ended: Promise<void> };
  rows<T = Record<string, unknown>>(sql: string): Promise<T[]>;
  /** Cluster of every customer that readers see. */
  visible(): Promise<Map<string, number>>;
}

/** Servers of the test's own, and workers on them with the worker's own login. */
export async function workerGround(): Promise<WorkerGround> {
  const [server, objects, postgres] = [await testClickhouse(), await testObjectStore(), await testPostgres()];
  const { clickhouse } = server;
  const { pool } = postgres;
  const clock = { nowMs: () => Date.now() };
  const parts: WorkerParts = { pool, clickhouse, store: objects.store, codeVersion: 'test', clock };
  const logger = createLogger({ name: 'test', logTo: 'stderr', level: 'fatal' });
  const postgresUrl = postgres.roleUrl('ebb_segmentation');
  const metrics = createWorkerMetrics(createMetrics('segmentation-worker'));
  const context: JobsContext = { ...parts, postgresUrl, logger, metrics, pollMs: 20 };
  const work: WorkerGround['work'] = (changed = {}) => {
    const stopping = new AbortController();
    const ended = workSegmentationJobs({ ...context, ...changed }, stopping.signal);
    ended.catch(() => {});
    const stop = async (): Promise<void> => {
      stopping.abort();
      await ended;
    };
    return { ended, stop };
  };
  const enqueue = async (kind: string, params: object, key: string): Promise<void> => {
    await pool.query('SELECT ops.enqueue_job($1, $2, $3)', [kind, JSON.stringify(params), key]);
  };
  const jobEnd = (key: string): Promise<JobEnd> => eventually(() => endedJob(pool, key), WAIT);
  return {
    server,
    objects,
    postgresUrl,
    roleUrl: (role) => postgres.roleUrl(role),
    pool,
    clickhouse,
    parts,
    enqueue,
    jobEnd,
    work,
    publishMarts: (rows, asOf = AS_OF) => publishMarts(clickhouse, rows, asOf),
    job: async (kind, params, key, changed) => {
      await enqueue(kind, params, key);
      const worker = work(changed);
      const end = await jobEnd(key);
      await worker.stop();
      return end;
    },
    rows: (sql) => clickhouse.query(sql),
    visible: async () => {
      const seen = await clickhouse.query<{ customer: string; cluster: number }>(
        'SELECT CustomerID AS customer, Cluster AS cluster FROM ml.customer_rfm_kmeans_clustered',
      );
      return new Map(seen.map(({ customer, cluster }) => [customer, cluster]));
    },
  };
}

/** What a process of the worker finds its servers by. */
export function workerEnvironment({ postgresUrl, server, objects }: WorkerGround): Record<string, string> {
  return {
    PATH: '',
    EBB_POSTGRES_URL: postgresUrl,
    EBB_CLICKHOUSE_URL: server.url,
    EBB_OBJECT_STORE_URL: objects.url,
    EBB_OBJECT_STORE_ACCESS_KEY: objects.accessKey,
    EBB_OBJECT_STORE_SECRET_KEY: objects.secretKey,
    EBB_OBJECT_STORE_BUCKET: objects.bucket,
    EBB_SEGMENTATION_WORKER_PORT: '0',
    EBB_LOG_LEVEL: 'warn',
  };
}

async function endedJob(pool: Pool, key: string): Promise<JobEnd> {
  const { rows } = await pool.query<JobEnd>('SELECT status, result, error, attempts FROM ops.job_runs WHERE key = $1', [
    key,
  ]);
  const [row] = rows;
  if (row === undefined || !['done', 'failed'].includes(row.status)) throw new Error(`job ${key} is not over`);
  return row;
}

let builds = 0;

async function publishMarts(clickhouse: Clickhouse, rows: readonly RfmRow[], asOf: string): Promise<string> {
  builds += 1;
  const id = `p20260429000000_${String(builds).padStart(4, '0')}`;
  const database = `marts_${id}`;
  await clickhouse.command(`CREATE DATABASE ${database}`);
  await clickhouse.command(
    `CREATE TABLE ${database}.customer_rfm_gold (CustomerID String, Recency Int32, Frequency UInt32, Monetary Decimal(38, 2),
       as_of Date) ENGINE = MergeTree ORDER BY CustomerID`,
  );
  await clickhouse.command(
    `CREATE TABLE ${database}.customer_segments (CustomerID String, segment LowCardinality(String))
     ENGINE = MergeTree ORDER BY CustomerID`,
  );
  if (rows.length > 0) await fillMarts(clickhouse, database, { table: rfmTable(rows), asOf });
  const row = { id, as_of: asOf, as_of_retail: asOf, state: 'published', _version: builds };
  const built = { started_at: `2026-04-29 00:00:00.${String(builds).padStart(3, '0')}` };
  await insert(clickhouse, 'marts.publication', [{ ...row, ...built, built_at: built.started_at }]);
  return database;
}

async function fillMarts(
  clickhouse: Clickhouse,
  database: string,
  { table, asOf }: { table: RfmTable; asOf: string },
): Promise<void> {
  const { medians } = rfmStatistics(table);
  const gold = table.customers.map((customer, row) => ({
    CustomerID: customer,
    Recency: table.recencyDays[row],
    Frequency: table.frequency[row],
    Monetary: (Number(table.monetary[row]) / 10_000).toFixed(2),
    as_of: asOf,
  }));
  await insert(clickhouse, `${database}.customer_rfm_gold`, gold);
  const segments = table.customers.map((customer, row) => ({
    CustomerID: customer,
    segment: schemeC(rfmPoint(table, row), medians),
  }));
  await insert(clickhouse, `${database}.customer_segments`, segments);
}

async function insert(clickhouse: Clickhouse, table: string, rows: readonly object[]): Promise<void> {
  await clickhouse.insert(table, {
    columns: Object.keys(rows[0] ?? {}),
    format: 'JSONEachRow',
    body: Buffer.from(rows.map((row) => JSON.stringify(row)).join('\n')),
  });
}
