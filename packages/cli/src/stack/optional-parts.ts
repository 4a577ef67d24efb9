import { join } from 'node:path';
import { CLICKHOUSE_ADMIN, postgresUrl, startAirflow, startMailCatcher } from '@ebb/local-stack';
import { ensureDatabase } from '@ebb/postgres';
import { clickhouseUserUrl } from './clickhouse-part.ts';
import { StackError } from './errors.ts';
import { logFileOf } from './home.ts';
import { serverPort } from './links.ts';
import { objectStoreOf } from './object-store-part.ts';
import { processTitle } from './ownership.ts';
import { OPTIONAL_PART_NAMES, type OptionalPartName, type Part, type PartContext } from './part.ts';
import { roleUrl } from './parts.ts';

const AIRFLOW_DATABASE = 'airflow';

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
    const urls = await airflowDatabase(context);
    const clickhouseUrl = clickhouseUserUrl(secrets, serverPort(context, 'airflow', 'clickhouse'), CLICKHOUSE_ADMIN);
    const lake = {
      postgresUrl: roleUrl(secrets, serverPort(context, 'airflow', 'postgres'), 'ebb_lake'),
      clickhouseUrl,
      store: objectStoreOf(context, 'airflow'),
    };
    return startAirflow({
      ...urls,
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

/** Its own database in the stack's server, and the login with which it also asks for work in Ebb's. */
async function airflowDatabase(context: PartContext): Promise<{ databaseUrl: string; postgresUrl: string }> {
  const port = serverPort(context, 'airflow', 'postgres');
  const admin = postgresUrl({ port, password: context.secrets.superuserPassword });
  await ensureDatabase({ url: admin, name: AIRFLOW_DATABASE, owner: 'ebb_airflow' });
  const url = roleUrl(context.secrets, port, 'ebb_airflow');
  const own = new URL(url);
  own.pathname = `/${AIRFLOW_DATABASE}`;
  return { databaseUrl: own.href, postgresUrl: url };
}

const PARTS: Record<OptionalPartName, Part> = { mail, airflow };
/** What a part cannot do without. */
const NEEDS: Record<OptionalPartName, readonly OptionalPartName[]> = { mail: [], airflow: ['mail'] };

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
