import { createHash } from 'node:crypto';
import { mkdtemp, readdir, readFile, rm, stat, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { verifyPassword } from '@ebb/core';
import { CLICKHOUSE_LOGIN_NAMES } from '@ebb/clickhouse';
import { ROLE_NAMES } from '@ebb/postgres';
import { parseOwners, provisionSecrets, type SecretsOptions } from './provision-secrets.ts';

/**
 * Superuser, roles, logins to ClickHouse, write key, object store, Airflow's login and three keys,
 * Superset's two logins, its key and its queue, the dashboard's login and its salt, key and certificate of TLS.
 */
const CREATED = 1 + ROLE_NAMES.length + CLICKHOUSE_LOGIN_NAMES.length + 1 + 1 + 4 + 4 + 2 + 2;

const OWNERS = new Map([
  ['postgres', 999],
  ['init', 10_000],
  ['collector', 10_001],
  ['aggregator', 10_002],
  ['simulator', 10_003],
  ['dashboard', 10_004],
  ['clickhouse', 101],
  ['cdc-sink', 10_006],
]);

let directory = '';
let given: Map<string, number>;

beforeEach(async () => {
  directory = await mkdtemp(join(tmpdir(), 'ebb-secrets-'));
  given = new Map();
});
afterEach(() => rm(directory, { recursive: true, force: true }));

function options(owners: ReadonlyMap<string, number> = OWNERS): SecretsOptions {
  return {
    directory,
    postgresAddress: 'postgres:5432/ebb',
    clickhouseAddress: 'clickhouse:8123',
    objectStoreAddress: 'object-store:9000',
    queueAddress: 'superset-queue:6379',
    dashboardAddress: 'dashboard:3000',
    tls: null,
    owners,
    changeOwner: (path, uid) => Promise.resolve(void given.set(path, uid)),
  };
}

async function everySecret(): Promise<Map<string, string>> {
  const entries = await readdir(directory, { recursive: true, withFileTypes: true });
  const files = entries.filter((entry) => entry.isFile()).map((entry) => join(entry.parentPath, entry.name));
  return new Map(await Promise.all(files.map(async (path) => [path, await readFile(path, 'utf8')] as const)));
}

describe('provisionSecrets', () => {
  it('generates everything once and keeps it afterwards', async () => {
    expect(await provisionSecrets(options())).toEqual({ created: CREATED, readers: [...OWNERS.keys()] });
    const first = await everySecret();
    expect(await provisionSecrets(options())).toEqual({ created: 0, readers: [...OWNERS.keys()] });
    expect(await everySecret()).toEqual(first);
  });

  it('makes every secret different, long and free of characters that need escaping', async () => {
    await provisionSecrets(options());
    const master = [...(await everySecret())].filter(([path]) => path.startsWith(join(directory, 'master')));
    const values = master.map(([, value]) => value);
    expect(new Set(values).size).toBe(CREATED);
    for (const value of values) expect(value).toMatch(/^[\w-]{32,}$/);
  });

  it('lets only the owner read, and gives each copy to the user its reader runs as', async () => {
    await provisionSecrets(options());
    for (const path of (await everySecret()).keys()) expect((await stat(path)).mode & 0o777).toBe(0o400);
    const uids = [...given].map(([path, uid]) => [path.slice(directory.length + 1).split('/')[0], uid] as const);
    expect(new Map(uids)).toEqual(OWNERS);
  });

  it('gives a service its own login and nobody the master copies', async () => {
    await provisionSecrets(options());
    const secrets = await everySecret();
    const url = new URL(secrets.get(join(directory, 'dashboard', 'postgres_url')) ?? '');
    expect(url.username).toBe('ebb_dashboard');
    expect(url.host + url.pathname).toBe('postgres:5432/ebb');
    expect(url.password).toBe(secrets.get(join(directory, 'master', 'ebb_dashboard')));
    const warehouse = new URL(secrets.get(join(directory, 'dashboard', 'clickhouse_url')) ?? '');
    expect(warehouse.username).toBe('ebb_dashboard');
    expect(warehouse.password).toBe(secrets.get(join(directory, 'master', 'clickhouse_ebb_dashboard')));
    expect((await readdir(join(directory, 'dashboard'))).toSorted()).toEqual([
      'clickhouse_url',
      'password_hash',
      'postgres_url',
    ]);
    expect([...given.keys()].filter((path) => path.includes('/master/'))).toEqual([]);
  });

  it('gives the dashboard the hash of its password alone, which people find among the logins', async () => {
    await provisionSecrets(options());
    const secrets = await everySecret();
    const password = secrets.get(join(directory, 'init', 'dashboard_password')) ?? '';
    const hash = secrets.get(join(directory, 'dashboard', 'password_hash')) ?? '';
    expect(hash).not.toContain(password);
    expect(await verifyPassword(password, hash)).toBe(true);
    expect(await verifyPassword(secrets.get(join(directory, 'master', 'write_key')) ?? '', hash)).toBe(false);
  });

  it('tells ClickHouse the digests of its passwords, and the sink the one it needs', async () => {
    await provisionSecrets(options());
    const secrets = await everySecret();
    const password = secrets.get(join(directory, 'master', 'clickhouse_ebb_sink')) ?? '';
    const users = secrets.get(join(directory, 'clickhouse', 'users.xml')) ?? '';
    expect(users).toContain(createHash('sha256').update(password).digest('hex'));
    expect(users).not.toContain(password);
    expect(users).not.toContain('<default>');
    const config = secrets.get(join(directory, 'clickhouse', 'config.xml')) ?? '';
    expect(config).toContain(`<path>${join(directory, 'clickhouse', 'users.xml')}</path>`);
    const url = secrets.get(join(directory, 'cdc-sink', 'clickhouse_url'));
    expect(url).toBe(`http://ebb_sink:${password}@clickhouse:8123`);
    expect((await readdir(join(directory, 'cdc-sink'))).toSorted()).toEqual(['clickhouse_url', 'postgres_url']);
  });

  it('lets Superset read the databases, own its own and open its queue', async () => {
    await provisionSecrets(
      options(
        new Map([
          ['superset', 10_016],
          ['superset-queue', 10_017],
        ]),
      ),
    );
    const secrets = await everySecret();
    const read = (name: string): string => secrets.get(join(directory, 'superset', name)) ?? '';
    expect(new URL(read('postgres_url')).username).toBe('ebb_reader');
    expect(new URL(read('clickhouse_url')).username).toBe('ebb_reader');
    expect(read('database_url')).toMatch(/^postgresql:\/\/ebb_superset:[\w-]+@postgres:5432\/superset$/);
    expect(read('admin_password')).not.toBe(read('viewer_password'));
    const [, password] = /^redis:\/\/:([\w-]+)@superset-queue:6379\/0$/.exec(read('queue_url')) ?? [];
    const config = secrets.get(join(directory, 'superset-queue', 'valkey.conf'));
    expect(config).toBe(`requirepass ${password ?? ''}`);
  });

  it('gives the object store its login, and the same to those that read files', async () => {
    await provisionSecrets(
      options(
        new Map([
          ['object-store', 10_014],
          ['batch-loader', 10_009],
          ['segmentation-worker', 10_015],
          ['collector', 10_001],
        ]),
      ),
    );
    const secrets = await everySecret();
    const secret = secrets.get(join(directory, 'object-store', 'secret_key'));
    expect(secret).toMatch(/^[\w-]{32,}$/);
    expect(secrets.get(join(directory, 'object-store', 'access_key'))).toBe('ebb');
    for (const reader of ['batch-loader', 'segmentation-worker']) {
      expect(secrets.get(join(directory, reader, 'object_store_secret_key'))).toBe(secret);
    }
    expect(await readdir(join(directory, 'object-store'))).toHaveLength(2);
    expect((await readdir(join(directory, 'collector'))).join(' ')).not.toContain('object');
  });

  it('gives the proxy a certificate of its own, or the one that a person brought', async () => {
    const owners = new Map([['tls', 10_019]]);
    const certificate = (): Promise<string> => readFile(join(directory, 'tls', 'tls.crt'), 'utf8');
    await provisionSecrets(options(owners));
    const first = await certificate();
    expect(first).toMatch(/^-----BEGIN CERTIFICATE-----/);
    await provisionSecrets(options(owners));
    expect(await certificate()).toBe(first);
    await provisionSecrets({ ...options(owners), tls: { certificate: 'mine', key: 'mine too' } });
    expect(await certificate()).toBe('mine');
    expect(await readdir(join(directory, 'tls'))).toEqual(['nginx.conf', 'tls.crt', 'tls.key']);
  });

  it('gives Airflow the login of the lake beside its own, and the files', async () => {
    await provisionSecrets(options(new Map([['airflow', 10_012]])));
    const secrets = await everySecret();
    const url = new URL(secrets.get(join(directory, 'airflow', 'lake_postgres_url')) ?? '');
    expect(url.username).toBe('ebb_lake');
    expect(url.password).toBe(secrets.get(join(directory, 'master', 'ebb_lake')));
    expect(await readdir(join(directory, 'airflow'))).toContain('object_store_secret_key');
  });

  it('tells Connect the one password its connector names', async () => {
    await provisionSecrets(options(new Map([['connect', 10_008]])));
    const secrets = await everySecret();
    expect(await readdir(join(directory, 'connect'))).toEqual(['postgres_password']);
    const password = secrets.get(join(directory, 'connect', 'postgres_password'));
    expect(password).toBe(secrets.get(join(directory, 'master', 'ebb_connector')));
  });

  it('completes what an interrupted run or an older version left', async () => {
    await provisionSecrets(options(new Map([['postgres', 999]])));
    const before = await everySecret();
    await rm(join(directory, 'master', 'ebb_reader'));
    expect((await provisionSecrets(options())).created).toBe(1);
    const after = await everySecret();
    const superuser = join(directory, 'postgres', 'superuser_password');
    expect(after.get(superuser)).toBe(before.get(superuser));
    expect(after.has(join(directory, 'collector', 'postgres_url'))).toBe(true);
  });

  it('stops where a secret cannot be read instead of replacing it', async () => {
    await writeFile(join(directory, 'master'), 'a file where the folder should be');
    await expect(provisionSecrets(options())).rejects.toThrow(/EEXIST|ENOTDIR/);
  });

  it('names a reader it knows no secrets for', async () => {
    await expect(provisionSecrets(options(new Map([['nobody', 1]])))).rejects.toThrow('"nobody"');
  });
});

describe('parseOwners', () => {
  it('reads pairs and refuses anything else', () => {
    expect(parseOwners(['postgres=999', 'init=10000'])).toEqual(
      new Map([
        ['postgres', 999],
        ['init', 10_000],
      ]),
    );
    expect(() => parseOwners(['postgres:999'])).toThrow('"postgres:999" is not of the form reader=uid');
  });
});
