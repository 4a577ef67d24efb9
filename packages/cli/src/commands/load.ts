import type { Command } from 'commander';
import { commandContext } from '../context.ts';
import { runServiceTool } from '../service-tool.ts';
import { registerLoadTable } from './load-table.ts';

export function registerLoad(program: Command): void {
  const load = program
    .command('load')
    .description('load what is new in the object store, or in folders: each content once')
    .argument('[folder...]', 'look there instead of in the object store')
    .option('--prefix <key>', 'only files whose key begins so')
    .option('--refused', 'also those that were refused: after a setting was changed')
    .option('--json', 'print JSON')
    .action((folders: string[], flags: { prefix?: string; refused?: true; json?: true }) =>
      runLoader([
        'load',
        ...folders,
        ...(flags.prefix === undefined ? [] : ['--prefix', flags.prefix]),
        ...(flags.refused ? ['--refused'] : []),
        ...(flags.json ? ['--json'] : []),
      ]),
    );
  registerLoadTable(load);
  load
    .command('show')
    .description('what was loaded, and what was refused, by rule')
    .option('--json', 'print JSON')
    .action((flags: { json?: true }) => runLoader(['show', ...(flags.json ? ['--json'] : [])]));
  load
    .command('withdraw')
    .description('take the rows of a file out again, until its content changes')
    .argument('<name>', 'as `ebb load show` and raw.loaded_files call it')
    .option('--dataset <name>', 'data set of the file (default: retail_transactions)')
    .option('--reason <text>', 'kept in the file ledger')
    .action((name: string, flags: { dataset?: string; reason?: string }) =>
      runLoader([
        'withdraw',
        name,
        ...(flags.dataset === undefined ? [] : ['--dataset', flags.dataset]),
        ...(flags.reason === undefined ? [] : ['--reason', flags.reason]),
      ]),
    );
}

async function runLoader(args: readonly string[]): Promise<void> {
  await runServiceTool(commandContext(), {
    folder: 'batch-loader',
    role: 'ebb_loader',
    args,
    usesClickhouse: true,
    usesObjectStore: true,
    env: { EBB_LOG_LEVEL: 'warn' },
  });
}
