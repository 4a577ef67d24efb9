import { join } from 'node:path';
import { startAirflow, startMailCatcher } from '@ebb/local-stack';
import { clickhouseUserUrl } from './clickhouse-part.ts';
import { StackError } from './errors.ts';
import { logFileOf } from './home.ts';
import { serverPort } from './links.ts';
import { objectStoreOf } from './object-store-part.ts';
import { ensureOwnDatabase } from './own-database.ts';
import { processTitle } from './ownership.ts';
import { OPTIONAL_PART_NAMES, type OptionalPartName, type Part } from './part.ts';
import { roleUrl } from './parts.ts';
import { superset, supersetWorker } from './superset-part.ts';

const AIRFLOW_DATABASE = { name: 'airflow', owner: 'ebb_airflow' } as const;

/** A server, so that it is there before whoever sends the first mail. */
const mail: Part = {
  name: 'mail',
  level: 'server',
  port: 'mail',
  start: async ({ home, ports, signal }, port) =>
    startMailCatcher({
      dataDir: join(home.root, 'mail'),
      port,
      smtpPort: await ports.reserve('mailSmtp'),
      logFile: logFileOf(home, 'mail'),
      nodeOptions: [`--title=${processTitle(home, 'mail')}`],
      signal,
    }),
};

const airflow: Part = {
  name: 'airflow',
  level: 'service',
  port: 'airflow',
  start: async (context, port) => {
    const { home, ports, secrets, env, signal, progress } = context;
    const clickhouseUrl = clickhouseUserUrl(secrets, serverPort(context, 'airflow', 'clickhouse'), 'ebb_dbt');
    const lake = {
      postgresUrl: roleUrl(secrets, serverPort(context, 'airflow', 'postgres'), 'ebb_lake'),
      clickhouseUrl,
      store: objectStoreOf(context, 'airflow'),
    };
    return startAirflow({
      databaseUrl: await ensureOwnDatabase(context, 'airflow', AIRFLOW_DATABASE),
      postgresUrl: roleUrl(secrets, serverPort(context, 'airflow', 'postgres'), 'ebb_airflow'),
      dataDir: join(home.root, 'airflow'),
      port,
      title: processTitle(home, 'airflow'),
      clickhouseUrl,
      lake,
      smtpPort: ports.current('mailSmtp') ?? 0,
      secrets: secrets.airflow,
      logFile: logFileOf(home, 'airflow'),
      env,
      onProgress: progress,
      signal,
    });
  },
};

const PARTS: Record<OptionalPartName, Part> = { mail, airflow, superset, 'superset-worker': supersetWorker };
/** What a part cannot do without. */
const NEEDS: Record<OptionalPartName, readonly OptionalPartName[]> = {
  mail: [],
  airflow: ['mail'],
  superset: ['mail', 'superset-worker'],
  'superset-worker': ['mail', 'superset'],
};

/** The parts somebody asked for, with what they need. Raises UNKNOWN_PART, so that a typing error is no smaller stack. */
export function optionalParts(names: readonly string[]): Part[] {
  const wanted = new Set<OptionalPartName>();
  for (const name of names) {
    const known = OPTIONAL_PART_NAMES.find((one) => one === name);
    if (known === undefined) {
      throw new StackError('UNKNOWN_PART', `--with ${name}: the optional parts are ${OPTIONAL_PART_NAMES.join(', ')}`);
    }
    for (const one of [...NEEDS[known], known]) wanted.add(one);
  }
  return OPTIONAL_PART_NAMES.filter((name) => wanted.has(name)).map((name) => PARTS[name]);
}
