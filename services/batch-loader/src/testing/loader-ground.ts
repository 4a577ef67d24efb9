import { mkdir, mkdtemp, rename, rm, utimes, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { testClickhouse, type TestClickhouse, testPostgres } from '@ebb/testing';
import { Loader, type LoaderOptions } from '../load/loader.ts';
import type { PassReport } from '../load/pass-report.ts';
import { FolderSource } from '../source/folder-source.ts';

export const HEADER = 'Invoice,StockCode,Description,Quantity,Price,Customer ID,Country,InvoiceDate';

export interface LoaderGround {
  clickhouse: TestClickhouse['clickhouse'];
  server: TestClickhouse;
  postgresUrl: string;
  pool: Awaited<ReturnType<typeof testPostgres>>['pool'];
  folder: string;
  /** Parquet copies of documents, by key. */
  copies: Map<string, Buffer>;
  newLoader(options?: Partial<LoaderOptions>): Loader;
  /** Puts a file there as a whole; it is at rest already, unless its time is given. */
  put(key: string, content: string | Buffer, modifiedAtMs?: number): Promise<void>;
  load(loader?: Loader): Promise<PassReport>;
  rows<T = Record<string, unknown>>(sql: string): Promise<T[]>;
  /** Rows, and visible rows, of the retailer's table. */
  counts(): Promise<{ stored: number; visible: number }>;
  empty(): Promise<void>;
}

/** A loader with servers and a folder of its own. */
export async function loaderGround(): Promise<LoaderGround> {
  const server = await testClickhouse();
  const postgres = await testPostgres();
  const folder = await mkdtemp(join(tmpdir(), 'ebb-loader-'));
  const { clickhouse } = server;
  const postgresUrl = postgres.roleUrl('ebb_loader');
  const copies = new Map<string, Buffer>();
  const newLoader = (options: Partial<LoaderOptions> = {}): Loader =>
    new Loader(
      {
        pool: postgres.pool,
        postgresUrl,
        clickhouse,
        copies: { put: async (key, bytes) => void copies.set(key, bytes) },
      },
      { settleMs: 0, truncatedWaitMs: 0, spoolFolder: tmpdir(), rules: { needsFinalNewline: true }, ...options },
    );
  const source = new FolderSource(folder);
  const count = async (table: string): Promise<number> =>
    Number((await clickhouse.query<{ n: string }>(`SELECT count() AS n FROM ${table}`))[0]?.n);
  return {
    clickhouse,
    server,
    postgresUrl,
    pool: postgres.pool,
    folder,
    copies,
    newLoader,
    put: async (key, content, modifiedAtMs = Date.now() - 3_600_000) => {
      const path = join(folder, key);
      await mkdir(dirname(path), { recursive: true });
      await writeFile(`${path}.tmp`, content);
      await utimes(`${path}.tmp`, new Date(), new Date(modifiedAtMs));
      await rename(`${path}.tmp`, path);
    },
    load: (loader = newLoader()) => loader.pass({ source, signal: AbortSignal.timeout(60_000) }),
    rows: (sql) => clickhouse.query(sql),
    counts: async () => ({
      stored: await count('raw.retail_transactions_bronze'),
      visible: await count('raw.retail_transactions_bronze_current'),
    }),
    empty: async () => {
      await rm(folder, { recursive: true, force: true });
      await mkdir(folder);
    },
  };
}

/** A day's file of so many lines, each of another invoice. */
export function dailyFile(lines: number, first = 536_365): string {
  const rows = Array.from(
    { length: lines },
    (_, index) => `${first + index},85123A,"WHITE, ""T-LIGHT""",${index + 1},2.55,17850.0,United Kingdom,2025-06-26`,
  );
  return `${[HEADER, ...rows].join('\n')}\n`;
}

export function dailyKey(day: string): string {
  return `daily_sales/${day}/${day}_transactions.csv`;
}
