import { join } from 'node:path';
import { CLICKHOUSE_READER, startSuperset, startSupersetWorker, type SupersetOptions } from '@ebb/local-stack';
import { clickhouseUserUrl } from './clickhouse-part.ts';
import { logFileOf } from './home.ts';
import { serverPort } from './links.ts';
import { ensureOwnDatabase, ownDatabaseUrl } from './own-database.ts';
import { processTitle } from './ownership.ts';
import type { Part, PartContext } from './part.ts';
import { roleUrl } from './parts.ts';

const DATABASE = { name: 'superset', owner: 'ebb_superset' } as const;

export const superset: Part = {
  name: 'superset',
  level: 'service',
  port: 'superset',
  start: async (context, port) => {
    await ensureOwnDatabase(context, 'superset', DATABASE);
    return startSuperset(supersetOptions(context, 'superset', port));
  },
};

/** Sends alerts and reports, and prunes; of its own, so that a long one stops nobody who looks at a dashboard. */
export const supersetWorker: Part = {
  name: 'superset-worker',
  level: 'service',
  port: 'supersetWorker',
  start: async (context, port) =>
    startSupersetWorker({
      ...supersetOptions(context, 'superset-worker', port),
      serverPort: context.ports.current('superset') ?? 0,
      smtpPort: context.ports.current('mailSmtp') ?? 0,
    }),
};

function supersetOptions(context: PartContext, part: 'superset' | 'superset-worker', port: number): SupersetOptions {
  const { home, secrets, env, signal, progress } = context;
  return {
    databaseUrl: ownDatabaseUrl(context, part, DATABASE),
    postgresUrl: roleUrl(secrets, serverPort(context, part, 'postgres'), 'ebb_reader'),
    clickhouseUrl: clickhouseUserUrl(secrets, serverPort(context, part, 'clickhouse'), CLICKHOUSE_READER),
    dataDir: join(home.root, part),
    port,
    title: processTitle(home, part),
    secrets: secrets.superset,
    logFile: logFileOf(home, part),
    env,
    onProgress: progress,
    signal,
  };
}
