import { fileURLToPath } from 'node:url';
import { isClickhouseTransient, migrateClickhouse } from '@ebb/clickhouse';
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
  print(applied.length === 0 ? 'clickhouse: up to date' : `clickhouse: applied ${applied.join(', ')}`);
};
