import { randomBytes } from 'node:crypto';
import { join } from 'node:path';
import {
  CLICKHOUSE_ADMIN_LOGIN,
  CLICKHOUSE_LOGIN_NAMES,
  type ClickhouseLogin,
  clickhouseServerConfig,
  clickhouseServerUsers,
} from '@ebb/clickhouse';
import { EbbError, hashPassword, must } from '@ebb/core';
import { generateWriteKey, ROLE_NAMES, type RoleName } from '@ebb/postgres';
import type { ContainerErrorCode } from './errors.ts';
import { selfSigned } from './certificate.ts';
import { generatedPair, nginxConfig, type TlsPair } from './tls-files.ts';
import { type ChangeOwner, handOver, keepOrCreate, randomSecret } from './secret-files.ts';

export interface SecretsOptions {
  /** Folder of the volume; one sub-folder per reader. */
  directory: string;
  /** `host:port/database`, as the readers reach Postgres. */
  postgresAddress: string;
  /** `host:port`, as the readers reach ClickHouse. */
  clickhouseAddress: string;
  /** `host:port`, as ClickHouse reaches the object store. */
  objectStoreAddress: string;
  /** `host:port`, as Superset and its worker reach the queue between them. */
  queueAddress: string;
  /** `host:port`, as the proxy that speaks TLS reaches the dashboard. */
  dashboardAddress: string;
  /** The certificate that a person brought; null: one is made. */
  tls: TlsPair | null;
  /** User id that each reader runs as, by sub-folder. */
  owners: ReadonlyMap<string, number>;
  changeOwner: ChangeOwner;
}

/** Readable by the step itself alone; what readers get are copies. */
const MASTER_FOLDER = 'master';
const SUPERUSER = 'postgres';
const OBJECT_STORE_USER = 'ebb';
/** Airflow's own, beside Ebb's in the same server. */
export const AIRFLOW_DATABASE = 'airflow';
/** Superset's own, likewise. */
export const SUPERSET_DATABASE = 'superset';

const SERVICE_ROLES: Readonly<Record<string, RoleName>> = {
  collector: 'ebb_collector',
  aggregator: 'ebb_aggregator',
  simulator: 'ebb_simulator',
  dashboard: 'ebb_dashboard',
  'cdc-connector': 'ebb_connector',
  'cdc-sink': 'ebb_sink',
  ledger: 'ebb_ledger',
  'batch-loader': 'ebb_loader',
  'segmentation-worker': 'ebb_segmentation',
  airflow: 'ebb_airflow',
};

/** Who sends events with the demo shop's key. */
const KEY_READERS = new Set(['collector', 'aggregator', 'simulator']);

/** Services that log in to ClickHouse. */
const SERVICE_CLICKHOUSE_LOGINS: Readonly<Record<string, ClickhouseLogin>> = {
  'cdc-sink': 'ebb_sink',
  ledger: 'ebb_ledger',
  'batch-loader': 'ebb_loader',
  'segmentation-worker': 'ebb_segmentation',
  dashboard: 'ebb_dashboard',
  airflow: 'ebb_dbt',
};

/** Services that read or write files. */
const OBJECT_STORE_READERS = new Set(['batch-loader', 'segmentation-worker', 'airflow']);

/** Airflow's login and keys. */
const AIRFLOW_SECRETS = ['admin_password', 'fernet_key', 'api_secret', 'jwt_secret'] as const;
type AirflowSecret = (typeof AIRFLOW_SECRETS)[number];

/** Superset's two logins, what it signs and encrypts with, and the password of its queue. */
const SUPERSET_SECRETS = ['admin_password', 'viewer_password', 'secret_key', 'queue_password'] as const;
type SupersetSecret = (typeof SUPERSET_SECRETS)[number];

interface Master {
  superuser: string;
  clickhouse: Record<ClickhouseLogin, string>;
  roles: Record<RoleName, string>;
  writeKey: string;
  airflow: Record<AirflowSecret, string>;
  superset: Record<SupersetSecret, string>;
  objectStoreKey: string;
  /** People log in with the password; the dashboard keeps the hash. */
  dashboard: { password: string; hash: string };
  tls: TlsPair;
}

/**
 * Makes every password and key of the composed project, once, and hands each reader a file of its own. Repeating it
 * keeps the secrets and renews the copies, so that a later version may add readers.
 */
export async function provisionSecrets(options: SecretsOptions): Promise<{ created: number; readers: string[] }> {
  const { master, created } = await readMaster(join(options.directory, MASTER_FOLDER));
  for (const [reader, uid] of options.owners) {
    for (const [name, value] of Object.entries(filesOf(reader, master, options))) {
      await handOver(join(options.directory, reader, name), value, uid, options.changeOwner);
    }
  }
  return { created, readers: [...options.owners.keys()] };
}

async function readMaster(folder: string): Promise<{ master: Master; created: number }> {
  let created = 0;
  const take = async (name: string, generate: () => string): Promise<string> => {
    const secret = await keepOrCreate(folder, name, generate);
    created += secret.created ? 1 : 0;
    return secret.value;
  };
  const superuser = await take('postgres_superuser', randomSecret);
  const passwords: [RoleName, string][] = [];
  for (const role of ROLE_NAMES) passwords.push([role, await take(role, randomSecret)]);
  const logins: [ClickhouseLogin, string][] = [];
  for (const login of CLICKHOUSE_LOGIN_NAMES) logins.push([login, await take(`clickhouse_${login}`, randomSecret)]);
  const writeKey = await take('write_key', generateWriteKey);
  const objectStoreKey = await take('object_store', randomSecret);
  const keys: [AirflowSecret, string][] = [];
  for (const name of AIRFLOW_SECRETS) keys.push([name, await take(`airflow_${name}`, randomKey)]);
  const dashboardPassword = await take('dashboard_password', randomSecret);
  const salt = Buffer.from(await take('dashboard_salt', randomSecret), 'base64url');
  const dashboard = { password: dashboardPassword, hash: await hashPassword(dashboardPassword, salt.subarray(0, 16)) };
  const made = selfSigned(Date.now());
  const tls = generatedPair(
    await take('tls_key', () => made.key.toString('base64url')),
    await take('tls_certificate', () => made.certificate.toString('base64url')),
  );
  const airflow = Object.fromEntries(keys) as Record<AirflowSecret, string>;
  const supersetKeys: [SupersetSecret, string][] = [];
  for (const name of SUPERSET_SECRETS) supersetKeys.push([name, await take(`superset_${name}`, randomKey)]);
  const superset = Object.fromEntries(supersetKeys) as Record<SupersetSecret, string>;
  const roles = Object.fromEntries(passwords) as Record<RoleName, string>;
  const clickhouse = Object.fromEntries(logins) as Record<ClickhouseLogin, string>;
  return {
    master: { superuser, roles, clickhouse, writeKey, airflow, superset, objectStoreKey, dashboard, tls },
    created,
  };
}

/** File name → content. Each reader gets what it needs and no more. */
function filesOf(reader: string, master: Master, options: SecretsOptions): Record<string, string> {
  const { postgresAddress: address, clickhouseAddress } = options;
  if (reader === 'postgres') return { superuser_password: master.superuser };
  if (reader === 'object-store') return { access_key: OBJECT_STORE_USER, secret_key: master.objectStoreKey };
  if (reader === 'connect') return { postgres_password: master.roles.ebb_connector };
  if (reader === 'clickhouse') {
    // As the server sees the folder: its own copies are what it is told of.
    const usersFile = join(options.directory, reader, 'users.xml');
    const login = { accessKey: OBJECT_STORE_USER, secretKey: master.objectStoreKey };
    const files = { url: `http://${options.objectStoreAddress}/ebb/`, ...login };
    return {
      'config.xml': clickhouseServerConfig(usersFile, files),
      'users.xml': clickhouseServerUsers(master.clickhouse),
    };
  }
  if (reader === 'init') {
    return {
      clickhouse_url: clickhouseUrl(CLICKHOUSE_ADMIN_LOGIN, master, clickhouseAddress),
      clickhouse_reader_url: clickhouseUrl('ebb_reader', master, clickhouseAddress),
      postgres_url: postgresUrl(SUPERUSER, master.superuser, address),
      reader_url: postgresUrl('ebb_reader', master.roles.ebb_reader, address),
      write_key: master.writeKey,
      ...objectStoreFiles(master),
      airflow_admin_password: master.airflow.admin_password,
      dashboard_password: master.dashboard.password,
      superset_admin_password: master.superset.admin_password,
      superset_viewer_password: master.superset.viewer_password,
      ...master.roles,
    };
  }
  if (reader === 'tls') {
    const { certificate, key } = options.tls ?? master.tls;
    const config = nginxConfig(join(options.directory, reader), options.dashboardAddress);
    return { 'tls.crt': certificate, 'tls.key': key, 'nginx.conf': config };
  }
  if (reader === 'superset') return supersetFiles(master, options);
  if (reader === 'superset-queue') return { 'valkey.conf': `requirepass ${master.superset.queue_password}` };
  const role = SERVICE_ROLES[reader];
  if (role === undefined) {
    throw new EbbError<ContainerErrorCode>('SECRET_OWNERS_INVALID', `no secrets are known for "${reader}"`);
  }
  const url = postgresUrl(role, master.roles[role], address);
  const login = SERVICE_CLICKHOUSE_LOGINS[reader];
  const warehouse = login === undefined ? {} : { clickhouse_url: clickhouseUrl(login, master, clickhouseAddress) };
  const key = KEY_READERS.has(reader) ? { write_key: master.writeKey } : {};
  const files = OBJECT_STORE_READERS.has(reader) ? objectStoreFiles(master) : {};
  return {
    postgres_url: url,
    ...warehouse,
    ...key,
    ...files,
    ...(reader === 'dashboard' ? { password_hash: master.dashboard.hash } : {}),
    ...(reader === 'airflow' ? airflowFiles(url, master) : {}),
    ...(reader === 'airflow' ? { lake_postgres_url: postgresUrl('ebb_lake', master.roles.ebb_lake, address) } : {}),
  };
}

function airflowFiles(url: string, { airflow }: Master): Record<string, string> {
  // The same login; the server and the port are those of Ebb's own database.
  const database = new URL(url);
  database.pathname = `/${AIRFLOW_DATABASE}`;
  // 32 bytes in base64, whose end its reader insists on.
  return { ...airflow, fernet_key: `${airflow.fernet_key}=`, database_url: database.href };
}

/** Its dashboards read as those who may only read; its own database is another. */
function supersetFiles(master: Master, options: SecretsOptions): Record<string, string> {
  const { postgresAddress, clickhouseAddress, queueAddress } = options;
  const { queue_password: queuePassword, ...own } = master.superset;
  const database = new URL(postgresUrl('ebb_superset', master.roles.ebb_superset, postgresAddress));
  database.pathname = `/${SUPERSET_DATABASE}`;
  return {
    ...own,
    queue_url: `redis://:${queuePassword}@${queueAddress}/0`,
    database_url: database.href,
    postgres_url: postgresUrl('ebb_reader', master.roles.ebb_reader, postgresAddress),
    clickhouse_url: clickhouseUrl('ebb_reader', master, clickhouseAddress),
  };
}

/** 32 bytes. */
function randomKey(): string {
  return randomBytes(32).toString('base64url');
}

function clickhouseUrl(login: ClickhouseLogin, master: Master, address: string): string {
  return `http://${login}:${master.clickhouse[login]}@${address}`;
}

function objectStoreFiles({ objectStoreKey }: Master): Record<string, string> {
  return { object_store_access_key: OBJECT_STORE_USER, object_store_secret_key: objectStoreKey };
}

function postgresUrl(user: string, password: string, address: string): string {
  return `postgresql://${user}:${password}@${address}`;
}

/** Reads `collector=10001,dashboard=10004`. */
export function parseOwners(items: readonly string[]): Map<string, number> {
  return new Map(
    items.map((item) => {
      const match = /^([a-z-]+)=(\d+)$/.exec(item);
      if (match === null) {
        throw new EbbError<ContainerErrorCode>('SECRET_OWNERS_INVALID', `"${item}" is not of the form reader=uid`);
      }
      return [must(match[1], 'reader of a matched item'), Number(match[2])];
    }),
  );
}
