import type { Command } from 'commander';
import { formatConditions, streamConditions } from '../alerts/conditions.ts';
import { withDatabase } from '../connections.ts';
import { commandContext } from '../context.ts';

export function registerAlerts(program: Command): void {
  program
    .command('alerts')
    .description('lag, slots, dead letters, ledger, freshness: what is not as it should be; exit code 1 if anything is')
    .option('--json', 'for scripts')
    .action(async ({ json }: { json?: true }) => {
      const conditions = await withDatabase(commandContext(), streamConditions);
      console.log(json === true ? JSON.stringify(conditions, null, 2) : formatConditions(conditions));
      if (conditions.length > 0) process.exitCode = 1;
    });
}
