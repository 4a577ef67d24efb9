import { type MainContext, runMain, type Service } from '@ebb/runtime';
import { loadFixtureCommand } from './bank/bank-commands.ts';
import { type Command, oneShot, writeOut } from './command.ts';
import { invalidArguments } from './flags.ts';
import { masterIdsCommand, profilesCommand } from './master/master-commands.ts';
import { recountCommand, replayCommand } from './replay/replay-command.ts';
import { simulateCommand } from './simulate-command.ts';

const COMMANDS: Readonly<Record<string, Command>> = {
  replay: replayCommand,
  recount: recountCommand,
  simulate: simulateCommand,
  'load-fixture': loadFixtureCommand,
  'master-ids': masterIdsCommand,
  profiles: profilesCommand,
};

function build(context: MainContext): Promise<Service> {
  const [name = '--help', ...args] = context.args;
  const command = Object.hasOwn(COMMANDS, name) ? COMMANDS[name] : undefined;
  if (args.includes('--help') || name === '--help') return Promise.resolve(oneShot(() => writeOut(help(command))));
  if (command === undefined)
    throw invalidArguments(`unknown command ${name}; one of ${Object.keys(COMMANDS).join(', ')}`);
  return command.build(context, args);
}

function help(command: Command | undefined): string {
  if (command !== undefined) return `${command.usage}\n\n${command.help()}\n`;
  return `${Object.values(COMMANDS)
    .map((entry) => entry.usage)
    .join('\n')}\n`;
}

await runMain({ name: 'simulator', build: async (context) => build(context), logTo: 'stderr' });
