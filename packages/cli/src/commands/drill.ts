import { randomInt } from 'node:crypto';
import type { Command } from 'commander';
import { runDrill } from '../drill/drill.ts';
import { withDrillGround } from '../drill/drill-ground.ts';
import { formatOutcome, isKept } from '../drill/outcome.ts';
import { ALL_FAULTS } from '../drill/plan.ts';

export function registerDrill(program: Command): void {
  program
    .command('drill')
    .description(
      'kill parts of a stack of its own under load, cut its connections and fill its disks, and prove that no ' +
        'acknowledged event or committed change is lost, doubled or altered',
    )
    .option('--rounds <n>', `faults; ${ALL_FAULTS} play every one once`, '5')
    .option('--seed <text>', 'decides what happens when; a fresh one is drawn and printed', drawSeed())
    .option('--rate <n>', 'events a second straight to Kafka, beside those over HTTP', '1000')
    .action(drill);
}

function drawSeed(): string {
  return String(randomInt(2 ** 31));
}

async function drill(options: { rounds: string; seed: string; rate: string }): Promise<void> {
  console.log(`drill of ${options.rounds} rounds, seed ${options.seed}`);
  const outcome = await withDrillGround(true, (stack, ground) =>
    runDrill(stack, ground, {
      rounds: Number(options.rounds),
      seed: options.seed,
      ratePerSecond: Number(options.rate),
      print: (line) => console.log(line),
    }),
  );
  console.log(formatOutcome(outcome));
  if (!isKept(outcome)) process.exitCode = 1;
}
