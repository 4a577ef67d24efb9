import { type Clickhouse, createClickhouse } from '@ebb/clickhouse';
import { type Clock, systemClock } from '@ebb/core';
import { createObjectStore, type ObjectStore } from '@ebb/object-store';
import { createPool, type Pool } from '@ebb/postgres';
import type { Logger, Releasers } from '@ebb/runtime';
import manifest from '../package.json' with { type: 'json' };
import type { WorkerConfig } from './config.ts';

export const SERVICE_NAME = 'segmentation-worker';
const REQUEST_TIMEOUT_MS = 300_000;

/** What jobs and commands work on. */
export interface WorkerParts {
  readonly pool: Pool;
  readonly clickhouse: Clickhouse;
  readonly store: ObjectStore;
  /** Kept with every model. */
  readonly codeVersion: string;
  readonly clock: Clock;
}

/** Assembles them from the configuration; nothing is connected before the first use. */
export function createWorker(
  config: WorkerConfig,
  { logger, releasers }: { logger: Logger; releasers: Releasers },
): WorkerParts {
  const pool = createPool({
    url: config.postgresUrl,
    applicationName: SERVICE_NAME,
    max: 4,
    onError: (error) => logger.warn({ event: 'connection_lost', message: error.message }),
  });
  releasers.add('postgres', () => pool.end());
  const clickhouse = createClickhouse({
    url: config.clickhouseUrl,
    applicationName: SERVICE_NAME,
    requestTimeoutMs: REQUEST_TIMEOUT_MS,
  });
  releasers.add('clickhouse', () => clickhouse.close());
  const store = createObjectStore({
    url: config.objectStoreUrl,
    accessKey: config.objectStoreAccessKey,
    secretKey: config.objectStoreSecretKey,
    bucket: config.objectStoreBucket,
    region: config.objectStoreRegion,
  });
  return { pool, clickhouse, store, codeVersion: config.codeVersion || manifest.version, clock: systemClock };
}
