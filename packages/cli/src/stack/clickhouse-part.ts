import type { ClickhouseLogin } from '@ebb/clickhouse';
import { clickhouseMemoryMb, clickhouseUrl, clickhouseUsers, startClickhouse } from '@ebb/local-stack';
import { logFileOf } from './home.ts';
import { serverPort } from './links.ts';
import { processTitle } from './ownership.ts';
import type { Part, PartContext, PartName } from './part.ts';
import type { Secrets } from './secrets.ts';

export const clickhouse: Part = {
  name: 'clickhouse',
  level: 'server',
  port: 'clickhouse',
  start: ({ home, secrets, env, signal }, port) =>
    startClickhouse({
      dataDir: home.clickhouse,
      port,
      users: clickhouseUsers(secrets.clickhousePasswords),
      logFile: logFileOf(home, 'clickhouse'),
      // Its own setting counts more.
      ...(env['EBB_CLICKHOUSE_MEMORY_MB'] === undefined ? { memoryMb: clickhouseMemoryMb() } : {}),
      nodeOptions: [`--title=${processTitle(home, 'clickhouse')}`],
      signal,
    }),
};

export function clickhouseUserUrl(secrets: Secrets, port: number, name: ClickhouseLogin): string {
  return clickhouseUrl(port, { name, password: secrets.clickhousePasswords[name] });
}

/** What a service of the stack finds ClickHouse by. */
export function clickhouseEnvironment(
  context: PartContext,
  part: PartName,
  user: ClickhouseLogin,
): Record<string, string> {
  return { EBB_CLICKHOUSE_URL: clickhouseUserUrl(context.secrets, serverPort(context, part, 'clickhouse'), user) };
}
