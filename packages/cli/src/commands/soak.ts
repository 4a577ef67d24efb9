import type { Command } from 'commander';
import { machine } from '../bench/machine.ts';
import { withPrivateStack } from '../private-stack.ts';
import { soakReport } from '../soak/report.ts';
import { runSoak } from '../soak/soak.ts';

export function registerSoak(program: Command): void {
  program
    .command('soak')
    .description('the whole platform at a steady rate on a stack of its own: delays, processor, memory, backlogs')
    .option('--rate <n>', 'events a second: 97 % web events, 2 % order documents, 1 % CRM changes', '10000')
    .option('--minutes <n>', 'how long', '10')
    .action(soak);
}

async function soak(options: { rate: string; minutes: string }): Promise<void> {
  console.log(`Machine: ${machine()}`);
  const outcome = await withPrivateStack('soak', (stack) =>
    runSoak(stack, {
      ratePerSecond: Number(options.rate),
      minutes: Number(options.minutes),
      print: (line) => console.log(line),
    }),
  );
  console.log(`\n${soakReport(outcome).join('\n')}`);
  if (!outcome.isComplete) process.exitCode = 1;
}
