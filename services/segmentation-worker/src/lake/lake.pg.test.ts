import type { ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { text } from 'node:stream/consumers';
import { nameFiles } from '@ebb/clickhouse';
import { must } from '@ebb/core';
import { type LakeServers, startLake } from '@ebb/local-stack';
import { eventually } from '@ebb/testing';
import { beforeAll, expect, test, vi } from 'vitest';
import { someCustomers } from '../testing/some-customers.ts';
import { publishProfiles, someProfiles } from '../testing/some-profiles.ts';
import { SOURCE, workerGround, type WorkerGround } from '../testing/worker-ground.ts';
import { exportKey, EXPORTS_PREFIX } from './lake-manifest.ts';

/** Every command is a start of Python, which takes seconds on a busy machine. */
const LONG_MS = 300_000;
vi.setConfig({ testTimeout: LONG_MS });
const CLUSTERS = 'source, customer_id, kind, cluster, cluster_name, toString(as_of) AS as_of, run_id';

interface Shown {
  table: string;
  metadata: string;
  current: string;
  snapshots: { snapshot: string; at: string; rows: number; added: number; run_id: string }[];
}
type Row = Record<string, unknown>;
interface Published {
  run_id: string;
  tables: Record<string, { state: string; snapshot?: string; rows?: number; expired: number; files_deleted: number }>;
}

let ground: WorkerGround;
let servers: LakeServers;
let runs = 0;

beforeAll(async () => {
  ground = await workerGround();
  await nameFiles(ground.clickhouse, ground.objects);
  servers = {
    postgresUrl: ground.roleUrl('ebb_lake'),
    clickhouseUrl: ground.server.url,
    store: ground.objects,
  };
}, LONG_MS);

async function lake<T>(args: readonly string[], env: Record<string, string> = {}): Promise<T> {
  const child = startLake({ servers, args: [...args, '--json'], env });
  const [said, complained, [code]] = await Promise.all([
    text(must(child.stdout, 'a pipe')),
    text(must(child.stderr, 'a pipe')),
    once(child, 'close') as Promise<[number | null]>,
  ]);
  if (code !== 0) throw new Error(`ebb lake ${args.join(' ')} ended with ${code}: ${complained}`);
  return JSON.parse(said) as T;
}

/** Publishes with a worker beside it, which makes the export. */
async function publish(env: Record<string, string> = {}): Promise<Published> {
  const worker = ground.work();
  try {
    return await lake<Published>(['publish'], env);
  } finally {
    await worker.stop();
  }
}

/** New marts, and a run of segments on them; so the state of the lake's tables is another one. */
async function newState(customers: number): Promise<void> {
  runs += 1;
  const rows = someCustomers(customers);
  const database = await ground.publishMarts(rows);
  await ground.clickhouse.command(
    `CREATE TABLE IF NOT EXISTS ${database}.int_customer_profiles_ml (source LowCardinality(String), customer_id String,
       tier Nullable(String), is_closed Bool, total_orders UInt64, total_spend Nullable(Decimal(38, 4)),
       avg_order_value Nullable(Decimal(38, 4)), last_purchase_timestamp Nullable(DateTime64(3, 'UTC')), as_of Date)
     ENGINE = MergeTree ORDER BY (source, customer_id)`,
  );
  await ground.clickhouse.command(
    `INSERT INTO ${database}.int_customer_profiles_ml (source, customer_id, tier, is_closed, total_orders, total_spend,
       last_purchase_timestamp, as_of)
     SELECT 'shop', toString(number), if(number % 3 = 0, NULL, 'gold'), number % 2, number, number / 8,
       toDateTime64('2026-04-01 10:00:00.123', 3, 'UTC') + number, toDate('2026-04-28') FROM numbers(${customers})`,
  );
  const end = await ground.job('rfm_segments', { source: SOURCE }, `lake state ${runs}`);
  expect(end).toMatchObject({ status: 'done', error: null });
}

async function snapshots(table: string): Promise<Shown['snapshots']> {
  const shown = await lake<Shown[]>(['show']);
  return shown.find((one) => one.table === table)?.snapshots ?? [];
}

/** Rows by pyiceberg and by ClickHouse, as text in one order. */
async function bothSides(snapshot?: string): Promise<[string[], string[]]> {
  const python = await lake<Row[]>(['show', 'customer_clusters', ...(snapshot ? ['--snapshot', snapshot] : [])]);
  const at = snapshot ? `SETTINGS iceberg_snapshot_id = ${snapshot}` : '';
  const clickhouse = await ground.rows<Row>(`SELECT ${CLUSTERS} FROM lake.customer_clusters ${at}`);
  const sorted = (rows: Row[]): string[] =>
    rows
      .map(({ source, customer_id, kind, cluster, cluster_name, as_of, run_id }) =>
        JSON.stringify([source, customer_id, kind, String(cluster), cluster_name, as_of, run_id]),
      )
      .toSorted();
  return [sorted(python), sorted(clickhouse)];
}

test('before anything is published there is nothing to export, and it says so', async () => {
  await expect(publish()).rejects.toThrow(/lake_export: no build of the marts is published/);
  expect(await lake(['show'])).toEqual([]);
});

test(
  'three states are three snapshots, which pyiceberg and ClickHouse read alike, also the older ones',
  async () => {
    for (const customers of [300, 320, 340]) {
      await newState(customers);
      const { tables } = await publish();
      expect(tables['customer_profiles']).toMatchObject({ state: 'published', rows: customers });
      expect(tables['customer_clusters']).toMatchObject({ state: 'published', rows: customers });
      expect(tables['customer_clusters_log']).toMatchObject({ state: 'published', rows: customers });
    }
    const [newest, , oldest] = await snapshots('customer_clusters');
    expect((await snapshots('customer_clusters')).map(({ rows }) => rows)).toEqual([340, 320, 300]);
    expect((await snapshots('customer_clusters_log')).map(({ rows }) => rows)).toEqual([960, 620, 300]);
    for (const snapshot of [undefined, newest?.snapshot, oldest?.snapshot]) {
      const [python, clickhouse] = await bothSides(snapshot);
      expect(python).toHaveLength(snapshot === oldest?.snapshot ? 300 : 340);
      expect(python).toEqual(clickhouse);
    }
    const then = must(oldest, 'three snapshots').at;
    const [asOf, byId] = [
      await lake<Row[]>(['show', 'customer_clusters', '--as-of', then]),
      await lake<Row[]>(['show', 'customer_clusters', '--snapshot', must(oldest, 'three snapshots').snapshot]),
    ];
    expect(asOf).toEqual(byId);
    await expect(lake(['show', 'customer_clusters', '--as-of', '2020-01-01'])).rejects.toThrow(/no snapshot of 2020/);
  },
  LONG_MS,
);

test('what is in the lake is what readers see in the warehouse, to the cent and the millisecond', async () => {
  const [seen] = await ground.rows(`SELECT count() AS rows FROM (
    SELECT CustomerID AS id, toInt64(Cluster) AS cluster FROM ml.customer_rfm_kmeans_clustered
    INTERSECT SELECT customer_id, cluster FROM lake.customer_clusters)`);
  expect(seen).toEqual({ rows: '340' });
  const [profile] = await lake<Row[]>(['show', 'customer_profiles', '--limit', '1']);
  const [there] = await ground.rows<Row>(
    `SELECT customer_id, tier, is_closed, total_orders, toString(total_spend) AS total_spend,
       toString(last_purchase_timestamp) AS at FROM lake.customer_profiles WHERE customer_id = '101'`,
  );
  expect(there).toEqual({
    customer_id: '101',
    tier: 'gold',
    is_closed: true,
    total_orders: '101',
    total_spend: '12.625',
    at: '2026-04-01 10:01:41.123000',
  });
  expect(Object.keys(must(profile, 'a profile'))).toContain('avg_order_value');
});

test('the same state is published once, however often it is asked for', async () => {
  const before = await snapshots('customer_clusters');
  const { tables } = await publish();
  expect(Object.values(tables).map(({ state }) => state)).toEqual(Array(3).fill('was published before'));
  expect(await snapshots('customer_clusters')).toEqual(before);
});

test('the log gets no run twice, and a table without rows is left alone', async () => {
  // New marts, the same run of segments.
  const database = await ground.publishMarts(someCustomers(10));
  await ground.clickhouse.command(
    `CREATE TABLE IF NOT EXISTS ${database}.int_customer_profiles_ml (source String, customer_id String)
     ENGINE = MergeTree ORDER BY customer_id`,
  );
  const next = await publish();
  expect(next.tables['customer_clusters']).toMatchObject({ state: 'published', rows: 340 });
  expect(next.tables['customer_clusters_log']?.state).toBe('no new run');
  expect(next.tables['customer_profiles']?.state).toBe('nothing exported');
});

test(
  'killed between the commit and its job, it is taken up without a second snapshot, and without a wait',
  async () => {
    await newState(360);
    await killBeforeJobIsDone();
    const jobs = async () =>
      (
        await ground.pool.query<{ status: string; attempts: number }>(
          `SELECT status, attempts FROM ops.job_runs WHERE kind = 'lake_publish' ORDER BY id DESC LIMIT 1`,
        )
      ).rows[0];
    expect(await jobs()).toEqual({ status: 'running', attempts: 1 });
    const before = await snapshots('customer_clusters');
    expect(before[0]?.rows).toBe(360);
    const again = await publish();
    expect(Object.values(again.tables).map(({ state }) => state)).toEqual(Array(3).fill('was published before'));
    expect(await snapshots('customer_clusters')).toEqual(before);
    expect(await jobs()).toEqual({ status: 'done', attempts: 2 });
    const [python, clickhouse] = await bothSides();
    expect(python).toHaveLength(360);
    expect(python).toEqual(clickhouse);
  },
  LONG_MS,
);

test('history ends by the policy, and files that nothing needs go with it', async () => {
  const [oldest] = (await snapshots('customer_clusters')).toReversed();
  const stray = 'lake/warehouse/customer_clusters/data/left-by-a-killed-attempt.parquet';
  await ground.objects.store.put(stray, Buffer.from('half'));
  const { tables } = await publish({ EBB_LAKE_KEEP_SNAPSHOTS: '2', EBB_LAKE_KEEP_DAYS: '0' });
  expect(tables['customer_clusters']?.expired).toBeGreaterThanOrEqual(3);
  expect(tables['customer_clusters']?.files_deleted).toBeGreaterThan(3);
  expect(await ground.objects.store.stat(stray)).toBeNull();
  const kept = await snapshots('customer_clusters');
  expect(kept).toHaveLength(2);
  for (const { snapshot } of kept) {
    const [python, clickhouse] = await bothSides(snapshot);
    expect(python).toEqual(clickhouse);
  }
  // Its snapshot has expired; the state it is of must not come back as the newest one.
  const manifest = `${EXPORTS_PREFIX}${must(oldest, 'an old snapshot').run_id}/manifest.json`;
  const late = await lake<Published>(['publish', '--export', manifest]);
  expect(Object.values(late.tables).map(({ state }) => state)).toEqual(
    Array(3).fill('is older than what is published'),
  );
  expect(await snapshots('customer_clusters')).toEqual(kept);
  // Rows of every run stay in the log, whatever becomes of its snapshots.
  const [log] = await ground.rows('SELECT count() AS rows, uniqExact(run_id) AS runs FROM lake.customer_clusters_log');
  expect(log).toEqual({ rows: '1320', runs: '4' });
});

test(
  'clusters by behaviour stand beside the segments, and readers of either find what the warehouse shows',
  async () => {
    const segments = `SELECT count() AS rows, sum(cityHash64(customer_id, cluster, cluster_name)) AS content
      FROM lake.customer_clusters WHERE kind = 'rfm_segments'`;
    const before = await ground.rows(segments);
    await publishProfiles(
      ground,
      someProfiles(200).map((row, at) => ({ ...row, is_closed: at >= 190 })),
    );
    const end = await ground.job('behaviour_clusters', { source: 'shop' }, 'lake behaviour');
    expect(end).toMatchObject({ status: 'done', error: null, result: { state: 'published' } });
    const { run_id: run, tables } = await publish();
    expect(tables['customer_clusters']).toMatchObject({ state: 'published', rows: 360 + 200 });
    expect(tables['customer_clusters_log']).toMatchObject({ state: 'published', rows: 200 });
    const [python, clickhouse] = await bothSides();
    expect(python).toHaveLength(560);
    expect(python).toEqual(clickhouse);
    expect(await ground.rows(segments)).toEqual(before);
    // A closed account is in no cluster, and yet a customer.
    const [seen] = await ground.rows(`SELECT count() AS rows, countIf(cluster = -9) AS unclustered FROM (
      SELECT source, customer_id, ifNull(toInt64(cluster), -9) AS cluster, toString(cluster_name), toString(run_id) FROM ml.customer_clusters
      INTERSECT SELECT source, customer_id, ifNull(cluster, -9), cluster_name, run_id FROM lake.customer_clusters)`);
    expect(seen).toEqual({ rows: '200', unclustered: '10' });
    const [features] = await ground.rows(`SELECT count() AS rows, uniqExact(source) AS sources
      FROM s3(ebb_files, filename = '${exportKey(run, 'customer_features.parquet')}', format = 'Parquet')
      WHERE kind = 'behaviour_clusters' AND mapContains(features, 'sessions')`);
    expect(features).toEqual({ rows: '190', sources: '1' });
  },
  LONG_MS,
);

/** Holds the row of the job, so that the publisher cannot tell of its end; kills it when all tables are committed. */
async function killBeforeJobIsDone(): Promise<void> {
  const worker = ground.work();
  const count = (await snapshots('customer_clusters_log')).length;
  const child = startLake({ servers, args: ['publish'] });
  const holding = await ground.pool.connect();
  try {
    await eventually(
      async () => {
        await holding.query('BEGIN');
        const { rowCount } = await holding.query(
          `SELECT FROM ops.job_runs WHERE kind = 'lake_publish' AND status = 'running' FOR UPDATE`,
        );
        if (rowCount === 1) return;
        await holding.query('ROLLBACK');
        throw new Error('the publication has not begun');
      },
      { timeoutMs: 60_000, intervalMs: 20 },
    );
    await eventually(async () => expect((await snapshots('customer_clusters_log')).length).toBe(count + 1), {
      timeoutMs: 60_000,
    });
    await kill(child);
    // What it has asked the server for must not come after it.
    await ground.pool.query(
      `SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE application_name = 'ebb-lake'`,
    );
  } finally {
    await holding.query('ROLLBACK');
    holding.release();
    await worker.stop();
  }
}

async function kill(child: ChildProcess): Promise<void> {
  const closed = once(child, 'close');
  child.kill('SIGKILL');
  await closed;
}
