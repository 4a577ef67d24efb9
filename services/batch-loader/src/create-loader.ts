import { tmpdir } from 'node:os';
import { type Clickhouse, createClickhouse } from '@ebb/clickhouse';
import { createObjectStore, objectStoreOptionsFrom, type ObjectStore } from '@ebb/object-store';
import { createPool, type Pool } from '@ebb/postgres';
import type { Logger, Releasers } from '@ebb/runtime';
import type { LoaderConfig } from './config.ts';
import type { CopyTarget } from './formats/parquet-copy.ts';
import { Loader } from './load/loader.ts';
import type { FileSource } from './source/file-source.ts';
import { FolderSource } from './source/folder-source.ts';
import { StoreSource } from './source/store-source.ts';

export const SERVICE_NAME = 'batch-loader';
const INSERT_TIMEOUT_MS = 300_000;

export interface LoaderParts {
  readonly loader: Loader;
  /** What is configured to be watched: the object store, a folder, both or neither. */
  readonly sources: readonly FileSource[];
  readonly pool: Pool;
  readonly clickhouse: Clickhouse;
  /** Null: none is configured. */
  readonly store: ObjectStore | null;
}

/** Assembles the loader from its configuration; nothing is connected before the first look. */
export function createLoader(
  config: LoaderConfig,
  { logger, releasers }: { logger: Logger; releasers: Releasers },
): LoaderParts {
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
    requestTimeoutMs: INSERT_TIMEOUT_MS,
  });
  releasers.add('clickhouse', () => clickhouse.close());
  const store = objectStore(config);
  const loader = new Loader(
    { pool, postgresUrl: config.postgresUrl, clickhouse, copies: store === null ? null : copiesIn(store) },
    {
      settleMs: config.settleSeconds * 1000,
      truncatedWaitMs: config.truncatedWaitSeconds * 1000,
      rules: { needsFinalNewline: config.finalNewline },
      spoolFolder: tmpdir(),
    },
  );
  const sources = [
    ...(store === null ? [] : [new StoreSource(store)]),
    ...(config.folder === '' ? [] : [new FolderSource(config.folder)]),
  ];
  return { loader, sources, pool, clickhouse, store };
}

function objectStore(config: LoaderConfig): ObjectStore | null {
  if (config.objectStoreUrl === '') return null;
  return createObjectStore(objectStoreOptionsFrom(config));
}

function copiesIn(store: ObjectStore): CopyTarget {
  return {
    put: async (key, content) => {
      await store.put(key, content, { contentType: 'application/vnd.apache.parquet' });
    },
  };
}
