import { startLake } from '@ebb/local-stack';
import type { Command } from 'commander';
import { catalogUrl, objectStoreAt, withWarehouse } from '../connections.ts';
import { commandContext } from '../context.ts';
import { inForeground } from '../foreground.ts';

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
    await inForeground(startLake({ servers, args, stdio: 'inherit' }));
  });
}
