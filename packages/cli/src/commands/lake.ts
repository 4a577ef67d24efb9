import { once } from 'node:events';
import { envUrl, loadConfig, option } from '@ebb/config';
import { startLake } from '@ebb/local-stack';
import type { Command } from 'commander';
import { objectStoreAt, withWarehouse } from '../connections.ts';
import { commandContext, type CommandContext } from '../context.ts';
import { runningPostgres } from '../stack/connection.ts';
import { roleUrl } from '../stack/parts.ts';

const lakeOptions = {
  lakePostgresUrl: option('EBB_LAKE_POSTGRES_URL', envUrl(['postgres', 'postgresql']), {
    description: 'Postgres connection of the lake, as the role ebb_lake',
    secret: true,
  }),
};

type Flags = Readonly<Record<string, string | true>>;

export function registerLake(program: Command): void {
  const lake = program
    .command('lake')
    .description('profiles and clusters of customers as Iceberg tables with a history');
  lake
    .command('publish')
    .description('export what readers see now and make it a snapshot of each table; a state is published once')
    .option('--export <key>', 'manifest of an export that stands, instead of a new one')
    .option('--json', 'print JSON')
    .action((flags: Flags) => runLake(['publish', ...passedOn(flags)]));
  lake
    .command('show')
    .description('tables with their snapshots, or rows of one table')
    .argument('[table]', 'such as customer_clusters')
    .option('--snapshot <id>', 'as this snapshot has it')
    .option('--as-of <time>', 'as it stood then; ISO 8601, UTC unless it has a zone')
    .option('--limit <n>', 'at most so many rows')
    .option('--json', 'print JSON')
    .action((table: string | undefined, flags: Flags) =>
      runLake(['show', ...(table === undefined ? [] : [table]), ...passedOn(flags)]),
    );
}

/** Flags as they were given; commander calls `--as-of` asOf. */
function passedOn(flags: Flags): string[] {
  return Object.entries(flags).flatMap(([name, value]) => {
    const flag = `--${name.replaceAll(/[A-Z]/g, (letter) => `-${letter.toLowerCase()}`)}`;
    return value === true ? [flag] : [flag, value];
  });
}

/** On the running stack, or the servers that the environment names; same terminal, its exit code as ours. */
async function runLake(args: readonly string[]): Promise<void> {
  const context = commandContext();
  await withWarehouse(context, async (_clickhouse, clickhouseUrl) => {
    const servers = { postgresUrl: await catalogUrl(context), clickhouseUrl, store: objectStoreAt(context) };
    const child = startLake({ servers, args, stdio: 'inherit' });
    // The terminal sends Ctrl-C to both; only a signal meant for this process alone must be handed on.
    process.on('SIGINT', () => {});
    process.on('SIGTERM', () => child.kill('SIGTERM'));
    const [code] = await once(child, 'exit');
    process.exitCode = typeof code === 'number' ? code : 1;
  });
}

async function catalogUrl({ env, home }: CommandContext): Promise<string> {
  if (env['EBB_LAKE_POSTGRES_URL'] || env['EBB_LAKE_POSTGRES_URL_FILE']) {
    return loadConfig(lakeOptions, env).lakePostgresUrl;
  }
  const { secrets, port } = await runningPostgres(home);
  return roleUrl(secrets, port, 'ebb_lake');
}
