import { type Clickhouse, createClickhouse } from '@ebb/clickhouse';
import { hostEnvironment } from '@ebb/config';
import { disposeAfterFile } from './disposal.ts';
import { uniqueName } from './names.ts';
import { testClickhouse } from './test-clickhouse.ts';

export interface ClickhouseTarget {
  url: string;
  readerUrl: string;
  clickhouse: Clickhouse;
  /** A database of the test's own, empty; dropped after the file. */
  database: string;
}

/**
 * The server that the protocol tests speak to: the one that EBB_TEST_CLICKHOUSE_URL and EBB_TEST_CLICKHOUSE_READER_URL
 * name (two users, the second read-only), else an embedded one of the file's own.
 */
export async function clickhouseTarget(): Promise<ClickhouseTarget> {
  const { EBB_TEST_CLICKHOUSE_URL: url, EBB_TEST_CLICKHOUSE_READER_URL: readerUrl } = hostEnvironment();
  if (Boolean(url) !== Boolean(readerUrl)) {
    throw new Error(
      'EBB_TEST_CLICKHOUSE_URL needs EBB_TEST_CLICKHOUSE_READER_URL, a read-only user of the same server',
    );
  }
  const urls = url && readerUrl ? { url, readerUrl } : await testClickhouse();
  const clickhouse = createClickhouse({ url: urls.url, applicationName: 'ebb-test' });
  const database = uniqueName('protocol');
  await clickhouse.command(`CREATE DATABASE ${database}`);
  disposeAfterFile(async () => {
    await clickhouse.command(`DROP DATABASE ${database}`);
    await clickhouse.close();
  });
  return { url: urls.url, readerUrl: urls.readerUrl, clickhouse, database };
}
