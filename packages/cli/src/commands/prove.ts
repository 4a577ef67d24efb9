import { resolve } from 'node:path';
import { DBT_PROJECT } from '@ebb/local-stack';
import type { Command } from 'commander';
import { formatProof, isProved } from '../prove/proof.ts';
import { proveIncremental } from '../prove/prove-incremental.ts';

interface Options {
  project: string;
  seed: string;
  steps: string;
  kills: string;
  threads: string;
  timezone: string;
  json?: boolean;
}

export function registerProve(program: Command): void {
  const prove = program.command('prove').description('prove what the dbt models promise, in a warehouse of its own');
  prove
    .command('incremental')
    .description('every incremental model against a full refresh, row by row, while rows come, change, move and go')
    .option('--project <dir>', 'another dbt project than that of this repository', DBT_PROJECT)
    .option('--seed <text>', 'another one gives other rows', '1')
    .option('--steps <n>', 'builds, the first one of a month of history', '16')
    .option('--kills <n>', 'builds that are killed half way and run again', '6')
    .option('--threads <n>', 'models that dbt makes at once', '4')
    .option('--timezone <zone>', 'in which days begin and end', 'UTC')
    .option('--json', 'the result as JSON')
    .action(async (options: Options) => {
      const isJson = options.json === true;
      const proof = await proveIncremental({
        project: resolve(options.project),
        seed: options.seed,
        steps: Number(options.steps),
        kills: Number(options.kills),
        threads: Number(options.threads),
        timezone: options.timezone,
        isWhole: true,
        onProgress: (line) => (isJson ? console.error(line) : console.log(line)),
      });
      console.log(isJson ? JSON.stringify(proof, null, 2) : `\n${formatProof(proof)}`);
      if (!isProved(proof)) process.exitCode = 1;
    });
}
