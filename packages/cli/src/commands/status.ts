import type { Command } from 'commander';
import { commandContext } from '../context.ts';
import { orphansOf, reportStack, type StackReport } from '../stack/report.ts';
import { formatStatus } from './status-table.ts';

export function registerStatus(program: Command): void {
  program
    .command('status')
    .description('state, address, processor time and memory of every part')
    .option('--json', 'for scripts; holds the superuser URL and the default write key')
    .option('--check', 'exit code 1 unless every part is ready')
    .action(async (options: { json?: boolean; check?: boolean }) => {
      const { home } = commandContext();
      const report = await reportStack(home);
      console.log(options.json === true ? JSON.stringify(report, null, 2) : formatStatus(report));
      if (options.check === true && !isReady(report)) process.exitCode = 1;
      const orphans = orphansOf(home);
      if (orphans.length > 0) {
        const pids = orphans.map((one) => one.pid).join(', ');
        console.error(`No supervisor runs, but processes ${pids} do: "ebb up" starts anew, "ebb down" stops them.`);
      }
    });
}

function isReady(report: StackReport): boolean {
  return Object.values(report).every((part) => part.state === 'ready');
}
