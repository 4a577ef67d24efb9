import type { Command } from 'commander';
import { commandContext } from '../context.ts';
import { runServiceTool } from '../service-tool.ts';

/** What the replay itself reports is enough for a person; its log lines are for when something is wrong. */
const QUIET = { EBB_LOG_LEVEL: 'warn' };

interface ReplayFlags {
  shiftTo?: string;
  speed?: string;
  source?: string;
  restart?: true;
  json?: true;
}

export function registerReplay(program: Command): void {
  const replay = program.command('replay').description('send real data through the stack');
  replay
    .command('online-retail')
    .description('send the documents of Online Retail II files (CSV or .gz) as purchase events')
    .argument('<file...>')
    .option('--shift-to <day>', 'move all days so that the last one is this day (YYYY-MM-DD)')
    .option('--speed <factor>', 'historical seconds per second (default: as fast as possible)')
    .option('--source <name>', 'world the documents belong to (default: retail)')
    .option('--restart', 'begin again where an interrupted replay would be resumed')
    .option('--json', 'print the summary as JSON')
    .action((files: string[], flags: ReplayFlags) =>
      runServiceTool(commandContext(), {
        folder: 'simulator',
        role: 'ebb_simulator',
        args: ['replay', 'online-retail', ...toArguments(flags), ...files],
        env: QUIET,
      }),
    );
  replay
    .command('recount')
    .description('what the files must give, per day, counted without the code of the replay')
    .argument('<file...>')
    .option('--shift-to <day>', 'as the replay')
    .option('--json', 'print JSON instead of a table')
    .action((files: string[], flags: ReplayFlags) =>
      runServiceTool(commandContext(), {
        folder: 'simulator',
        role: 'ebb_simulator',
        args: ['recount', ...toArguments(flags), ...files],
        env: QUIET,
        needsStack: false,
      }),
    );
}

function toArguments(flags: ReplayFlags): string[] {
  const values = { '--shift-to': flags.shiftTo, '--speed': flags.speed, '--source': flags.source };
  return [
    ...Object.entries(values).flatMap(([name, value]) => (value === undefined ? [] : [name, value])),
    ...(flags.restart ? ['--restart'] : []),
    ...(flags.json ? ['--json'] : []),
  ];
}
