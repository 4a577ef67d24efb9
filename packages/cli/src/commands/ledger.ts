import type { Command } from 'commander';
import { commandContext } from '../context.ts';
import { runServiceTool } from '../service-tool.ts';

/** What is missing, altered or added anywhere between collector and warehouse; the ledger explains its own flags. */
export function registerLedger(program: Command): void {
  program
    .command('ledger')
    .description('every hop against the next, to the row: run, show, trace ID or repair (see ebb ledger --help)')
    .argument('[arguments...]')
    .helpOption(false)
    .allowUnknownOption()
    .action((args: string[]) => runLedger(args));
}

async function runLedger(args: readonly string[]): Promise<void> {
  const asksHelp = args.length === 0 || args.some((arg) => arg === '--help' || arg === '-h');
  await runServiceTool(commandContext(), {
    folder: 'ledger',
    role: 'ebb_ledger',
    args: asksHelp ? ['help'] : args,
    usesClickhouse: !asksHelp,
    needsStack: !asksHelp,
    env: { EBB_LOG_LEVEL: 'warn' },
  });
}
