import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { type Clickhouse, createClickhouse } from '@ebb/clickhouse';
import { clickhouseOptions, envFlag, loadConfig, objectStoreOptions, option, postgresOptions } from '@ebb/config';
import { EbbError, must, sleep } from '@ebb/core';
import { writeRetailDaily } from '@ebb/datasets';
import { createObjectStore, DAILY_PREFIX, objectStoreOptionsFrom, uploadDays } from '@ebb/object-store';
import { createPool, type Pool } from '@ebb/postgres';
import type { ContainerErrorCode } from './errors.ts';
import type { Step } from './step.ts';

const options = {
  ...postgresOptions,
  ...clickhouseOptions,
  ...objectStoreOptions,
  demo: option('EBB_DEMO', envFlag(), { description: 'demo data', default: 'on' }),
};

/** Of the orders that `seed` replays. */
const REPLAY_SOURCE = 'retail';
const TIMEOUT_MS = 900_000;
const POLL_MS = 1_000;

/**
 * The year that `seed` replays once more, as the files a retailer sends day by day; then waits until what the first build
 * reads is in the warehouse, the files and the replayed orders. Raises NOT_LOADED when it does not come.
 */
export const dailyFilesStep: Step = async (env, print) => {
  const config = loadConfig(options, env);
  if (!config.demo) {
    print('daily-files: demo data is off');
    return;
  }
  const directory = join(tmpdir(), DAILY_PREFIX);
  const { files, rows } = writeRetailDaily({ directory, dates: 'shifted' });
  const store = createObjectStore(objectStoreOptionsFrom(config));
  const { uploaded, unchanged, failed } = await uploadDays({
    directory,
    store,
    onFile: ({ state, key, problem }) => {
      if (state === 'failed') print(`daily-files: ${key} failed: ${problem ?? ''}`);
    },
  });
  if (failed > 0) throw new EbbError<ContainerErrorCode>('NOT_LOADED', `${failed} daily files are not in the store`);
  print(`daily-files: ${files} files, ${rows} rows; ${uploaded} uploaded, ${unchanged} there already`);
  await whenInWarehouse({ postgresUrl: config.postgresUrl, clickhouseUrl: config.clickhouseUrl, files });
  print('daily-files: loaded, and the replayed orders have arrived');
};

async function whenInWarehouse(wanted: { postgresUrl: string; clickhouseUrl: string; files: number }): Promise<void> {
  const pool = createPool({ url: wanted.postgresUrl, applicationName: 'ebb-daily-files', max: 1 });
  const clickhouse = createClickhouse({ url: wanted.clickhouseUrl, applicationName: 'ebb-daily-files' });
  const deadlineMs = Date.now() + TIMEOUT_MS;
  try {
    for (;;) {
      const missing = await whatIsMissing(pool, clickhouse, wanted.files);
      if (missing === null) return;
      if (Date.now() > deadlineMs) throw new EbbError<ContainerErrorCode>('NOT_LOADED', `${missing}; look at its log`);
      await sleep(POLL_MS);
    }
  } finally {
    await clickhouse.close();
    await pool.end();
  }
}

/** Null when everything is there, else what is waited for and who would bring it. */
async function whatIsMissing(pool: Pool, clickhouse: Clickhouse, files: number): Promise<string | null> {
  const loaded = await clickhouse.query<{ n: string }>(
    "SELECT toString(count()) AS n FROM raw.loaded_files_current WHERE dataset = 'retail_transactions'",
  );
  const loadedFiles = Number(loaded[0]?.n);
  if (loadedFiles < files) return `batch-loader has loaded ${loadedFiles} of ${files} daily files`;
  const { rows } = await pool.query<{ n: string }>('SELECT count(*)::text AS n FROM sales.orders WHERE source = $1', [
    REPLAY_SOURCE,
  ]);
  const arrived = await clickhouse.query<{ n: string }>(
    'SELECT toString(count()) AS n FROM raw.sales_orders_current WHERE source = {source:String}',
    { source: REPLAY_SOURCE },
  );
  const orders = must(rows[0], 'an aggregate is one row').n;
  return arrived[0]?.n === orders ? null : `cdc-sink has brought ${arrived[0]?.n ?? 0} of ${orders} replayed orders`;
}
