import type { Command } from 'commander';
import { commandContext } from '../context.ts';
import { stopStack } from '../stack/launch.ts';

export function registerDown(program: Command): void {
  program
    .command('down')
    .description('stop every process of the stack; data stays')
    .action(async () => {
      const count = await stopStack(commandContext().home);
      console.log(count === 0 ? 'Nothing was running.' : 'Stopped.');
    });
}
