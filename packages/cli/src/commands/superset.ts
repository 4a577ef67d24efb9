import { mkdir, rm, writeFile } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { createClickhouse } from '@ebb/clickhouse';
import { CLICKHOUSE_READER } from '@ebb/local-stack';
import { createPool } from '@ebb/postgres';
import type { Command } from 'commander';
import { commandContext } from '../context.ts';
import { clickhouseUserUrl } from '../stack/clickhouse-part.ts';
import { runningClickhouse, runningPostgres } from '../stack/connection.ts';
import type { StackHome } from '../stack/home.ts';
import { roleUrl } from '../stack/parts.ts';
import { reportStack } from '../stack/report.ts';
import { ASSETS, assetFiles } from '../superset/asset-files.ts';
import { type Ask, checkTiles, type TileResult } from '../superset/check-tiles.ts';
import { SupersetError } from '../superset/errors.ts';
import { SupersetClient } from '../superset/superset-client.ts';
import { formatTable } from './status-table.ts';

export function registerSuperset(program: Command): void {
  const superset = program
    .command('superset')
    .description('dashboards of Superset: "ebb up --with superset" starts it');
  superset
    .command('write')
    .description('write superset/assets anew, from the metric dictionary and the dashboards; needs no stack')
    .action(writeAssets);
  superset
    .command('check')
    .description('every tile of every dashboard against a SQL statement of its own (superset/tiles)')
    .option('--json', 'print JSON')
    .action(async ({ json }: { json?: true }) => {
      const results = await checkRunning(commandContext().home);
      console.log(json === true ? JSON.stringify(results, null, 2) : formatResults(results));
      const wrong = results.filter(({ problem }) => problem !== null).length;
      if (wrong > 0)
        throw new SupersetError('NOT_EQUAL', `${wrong} of ${results.length} tiles are not their statement`);
    });
}

async function writeAssets(): Promise<void> {
  await rm(ASSETS, { recursive: true, force: true });
  for (const [path, content] of assetFiles()) {
    const file = join(ASSETS, path);
    await mkdir(dirname(file), { recursive: true });
    await writeFile(file, content);
  }
  console.log(ASSETS);
}

async function checkRunning(home: StackHome): Promise<TileResult[]> {
  const { superset } = await reportStack(home);
  if (superset?.url === undefined || superset.login === undefined || superset.password === undefined) {
    throw new SupersetError('NOT_RUNNING', 'the stack runs without Superset; start it with: ebb up --with superset');
  }
  const { url, login, password } = superset;
  return withReaders(home, async (ask) => checkTiles(await SupersetClient.login({ url, login, password }), ask));
}

/** Both databases as the logins that the dashboards use. */
async function withReaders<T>(home: StackHome, work: (ask: Ask) => Promise<T>): Promise<T> {
  const postgres = await runningPostgres(home);
  const { port, secrets } = await runningClickhouse(home);
  const url = clickhouseUserUrl(secrets, port, CLICKHOUSE_READER);
  const clickhouse = createClickhouse({ url, applicationName: 'ebb-superset-check' });
  const pool = createPool({
    url: roleUrl(postgres.secrets, postgres.port, 'ebb_reader'),
    applicationName: 'ebb-superset-check',
    max: 1,
  });
  try {
    return await work({
      postgres: async (sql) => (await pool.query({ text: sql, rowMode: 'array' })).rows,
      clickhouse: async (sql) =>
        (await clickhouse.query<Record<string, unknown>>(sql)).map((row) => Object.values(row)),
    });
  } finally {
    await Promise.all([clickhouse.close(), pool.end()]);
  }
}

function formatResults(results: readonly TileResult[]): string {
  return formatTable([
    ['DASHBOARD', 'TILE', 'ROWS', ''],
    ...results.map(({ dashboard, tile, rows, problem }) => [dashboard, tile, String(rows), problem ?? 'equal']),
  ]);
}
