import { randomUUID } from 'node:crypto';
import { join } from 'node:path';
import { createClickhouse } from '@ebb/clickhouse';
import { CLICKHOUSE_ADMIN, CLICKHOUSE_READER } from '@ebb/local-stack';
import type { Command } from 'commander';
import { commandContext } from '../context.ts';
import { clickhouseUserUrl } from '../stack/clickhouse-part.ts';
import { runningClickhouse } from '../stack/connection.ts';
import { ClickhouseShell } from './clickhouse-shell.ts';

interface Options {
  command: string[];
  format?: string;
  readonly?: boolean;
}

export function registerClickhouse(program: Command): void {
  program
    .command('clickhouse')
    .description('a SQL prompt on the stack\'s ClickHouse; statements end with ";"')
    .option('-c, --command <sql>', 'run this instead; may be repeated', (sql, all: string[]) => [...all, sql], [])
    .option('-f, --format <name>', 'output format, e.g. JSONEachRow; default: a table')
    .option('--readonly', 'log in as the user who may only read')
    .action(async (options: Options) => {
      const { home } = commandContext();
      const { port, secrets } = await runningClickhouse(home);
      const user = options.readonly === true ? CLICKHOUSE_READER : CLICKHOUSE_ADMIN;
      const url = clickhouseUserUrl(secrets, port, user);
      const clickhouse = createClickhouse({ url, applicationName: 'ebb-cli', requestTimeoutMs: 3_600_000 });
      const shell = new ClickhouseShell({
        clickhouse,
        sessionId: randomUUID(),
        format: options.format ?? 'PrettyCompactMonoBlock',
        historyFile: join(home.root, 'clickhouse-history'),
      });
      try {
        const isFine = options.command.length > 0 ? await shell.runAll(options.command) : await shell.prompt();
        if (!isFine) process.exitCode = 1;
      } finally {
        await clickhouse.close();
      }
    });
}
