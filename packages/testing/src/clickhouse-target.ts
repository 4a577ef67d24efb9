import {
  type Clickhouse,
  CLICKHOUSE_LOGIN_NAMES,
  type ClickhouseLogin,
  clickhouseServerConfig,
  clickhouseServerUsers,
  createClickhouse,
} from '@ebb/clickhouse';
import { hostEnvironment } from '@ebb/config';
import { CLICKHOUSE_ADMIN, CLICKHOUSE_READER, clickhouseUrl } from '@ebb/local-stack';
import { disposeAfterFile } from './disposal.ts';
import { uniqueName } from './names.ts';
import { onContainers } from './on-containers.ts';
import { testClickhouse } from './test-clickhouse.ts';

export interface ClickhouseTarget {
  url: string;
  readerUrl: string;
  clickhouse: Clickhouse;
  /** A database of the test's own, empty; dropped after the file. */
  database: string;
}

/** The protocol's tests need none of the object store's files. */
const NO_FILES = { url: 'http://127.0.0.1:9/', accessKey: '', secretKey: '' };

/**
 * The server that the protocol tests speak to: the one that EBB_TEST_CLICKHOUSE_URL and EBB_TEST_CLICKHOUSE_READER_URL
 * name (two users, the second read-only), else one of the file's own: in a container if tests are to run on those, else
 * embedded.
 */
export async function clickhouseTarget(): Promise<ClickhouseTarget> {
  const { EBB_TEST_CLICKHOUSE_URL: url, EBB_TEST_CLICKHOUSE_READER_URL: readerUrl } = hostEnvironment();
  if (Boolean(url) !== Boolean(readerUrl)) {
    throw new Error(
      'EBB_TEST_CLICKHOUSE_URL needs EBB_TEST_CLICKHOUSE_READER_URL, a read-only user of the same server',
    );
  }
  const urls = url && readerUrl ? { url, readerUrl } : await (onContainers() ? containerUrls() : testClickhouse());
  const clickhouse = createClickhouse({ url: urls.url, applicationName: 'ebb-test' });
  const database = uniqueName('protocol');
  await clickhouse.command(`CREATE DATABASE ${database}`);
  disposeAfterFile(async () => {
    await clickhouse.command(`DROP DATABASE ${database}`);
    await clickhouse.close();
  });
  return { url: urls.url, readerUrl: urls.readerUrl, clickhouse, database };
}

async function containerUrls(): Promise<{ url: string; readerUrl: string }> {
  const { startClickhouseContainer } = await import('./containers.ts');
  const passwords = Object.fromEntries(CLICKHOUSE_LOGIN_NAMES.map((name) => [name, uniqueName('test')]));
  const folder = '/etc/ebb';
  const { port, stop } = await startClickhouseContainer({
    [`${folder}/config.xml`]: clickhouseServerConfig(`${folder}/users.xml`, NO_FILES),
    [`${folder}/users.xml`]: clickhouseServerUsers(passwords as Record<ClickhouseLogin, string>),
  });
  disposeAfterFile(stop);
  const urlOf = (name: ClickhouseLogin): string => clickhouseUrl(port, { name, password: passwords[name] ?? '' });
  return { url: urlOf(CLICKHOUSE_ADMIN), readerUrl: urlOf(CLICKHOUSE_READER) };
}
