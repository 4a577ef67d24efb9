import { randomInt } from 'node:crypto';
import type { Command } from 'commander';
import { runDrill } from '../drill/drill.ts';
import { formatVerdict } from '../drill/verdict.ts';
import { withPrivateStack } from '../private-stack.ts';

export function registerDrill(program: Command): void {
  program
    .command('drill')
    .description(
      'kill -9 parts of a stack of its own under load, and prove that no acknowledged event is lost or doubled',
    )
    .option('--rounds <n>', 'kills', '5')
    .option('--seed <text>', 'decides what is killed when; a fresh one is drawn and printed', drawSeed())
    .option('--rate <n>', 'events a second straight to Kafka, beside those over HTTP', '1000')
    .action(drill);
}

function drawSeed(): string {
  return String(randomInt(2 ** 31));
}

async function drill(options: { rounds: string; seed: string; rate: string }): Promise<void> {
  console.log(`drill of ${options.rounds} rounds, seed ${options.seed}`);
  const outcome = await withPrivateStack('drill', (stack) =>
    runDrill(stack, {
      rounds: Number(options.rounds),
      seed: options.seed,
      ratePerSecond: Number(options.rate),
      print: (line) => console.log(line),
    }),
  );
  console.log(formatVerdict(outcome.verdict));
  if (!outcome.verdict.isKept) process.exitCode = 1;
}
