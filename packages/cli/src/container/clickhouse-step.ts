import { fileURLToPath } from 'node:url';
import {
  createClickhouse,
  FILES_COLLECTION,
  isClickhouseTransient,
  migrateClickhouse,
  viewDailyFiles,
} from '@ebb/clickhouse';
import { clickhouseOptions, loadConfig } from '@ebb/config';
import { retry } from '@ebb/core';
import type { Step } from './step.ts';

const MIGRATIONS = fileURLToPath(new URL('../../../../sql/clickhouse', import.meta.url));
const WAIT = { attempts: 8, initialDelayMs: 250, maxDelayMs: 4_000 };

/** The warehouse's databases and tables. */
export const clickhouseStep: Step = async (env, print) => {
  const { clickhouseUrl: url } = loadConfig(clickhouseOptions, env);
  const migrate = (): ReturnType<typeof migrateClickhouse> => migrateClickhouse({ url, directory: MIGRATIONS });
  const { applied } = await retry(migrate, WAIT, { isRetryable: isClickhouseTransient });
  await showFiles(url);
  print(applied.length === 0 ? 'clickhouse: up to date' : `clickhouse: applied ${applied.join(', ')}`);
};

/** The files in the object store as a table, where the server's configuration names the store. */
async function showFiles(url: string): Promise<void> {
  const clickhouse = createClickhouse({ url, applicationName: 'ebb-migrate' });
  try {
    const known = await clickhouse.query('SELECT name FROM system.named_collections WHERE name = {name:String}', {
      name: FILES_COLLECTION,
    });
    if (known.length > 0) await viewDailyFiles(clickhouse);
  } finally {
    await clickhouse.close();
  }
}
