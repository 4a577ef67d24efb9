import type { Command } from 'commander';
import { commandContext } from '../context.ts';
import { runServiceTool } from '../service-tool.ts';

const HELP_FLAGS = new Set(['--help', '-h']);

/** Flags belong to the simulator, which explains and checks them itself. */
export function registerSimulate(program: Command): void {
  for (const [name, description] of COMMANDS) {
    program
      .command(name)
      .description(description)
      .argument('[arguments...]')
      .helpOption(false)
      .allowUnknownOption()
      .action((args: string[]) => runSimulator(name, args));
  }
}

const COMMANDS = [
  ['simulate', 'a simulated shop or bank: shop, web, purchases, crm or bank (see ebb simulate --help)'],
  ['load-fixture', "load the bank's 20 customers: ebb load-fixture bank"],
  ['master-ids', 'write the customer ids that every generator shares (NDJSON)'],
  ['profiles', 'write the profiles of these customers (Parquet)'],
] as const;

const NEEDS_STACK = new Set<string>(['simulate', 'load-fixture']);

async function runSimulator(name: string, args: readonly string[]): Promise<void> {
  const asksHelp = args.some((arg) => HELP_FLAGS.has(arg));
  const writesFile = args.some((arg) => arg === '--out' || arg.startsWith('--out='));
  await runServiceTool(commandContext(), {
    folder: 'simulator',
    role: 'ebb_simulator',
    args: [name, ...(asksHelp ? ['--help'] : args)],
    needsStack: NEEDS_STACK.has(name) && !asksHelp && !writesFile,
  });
}
