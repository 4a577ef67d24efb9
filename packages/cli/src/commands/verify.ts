import { createPool } from '@ebb/postgres';
import type { Command } from 'commander';
import { commandContext } from '../context.ts';
import { withAdminPool } from '../stack/connection.ts';
import { formatComparisons, isEqual } from '../verify/format.ts';
import { type Comparison, compareKpis } from '../verify/verify.ts';

export function registerVerify(program: Command): void {
  program
    .command('verify')
    .description('compare every live KPI with one SQL over the raw rows; exit code 1 if any differs')
    .option('--json', 'the comparison as JSON')
    .option('--url <url>', 'a Postgres elsewhere, instead of the running stack')
    .action(async (options: { json?: boolean; url?: string }) => {
      const comparisons = await compare(options.url);
      console.log(options.json === true ? JSON.stringify(comparisons, null, 2) : formatComparisons(comparisons));
      if (!isEqual(comparisons)) process.exitCode = 1;
    });
}

async function compare(url: string | undefined): Promise<Comparison[]> {
  if (url === undefined) return withAdminPool(commandContext().home, compareKpis);
  const pool = createPool({ url, applicationName: 'ebb-verify', max: 1 });
  try {
    return await compareKpis(pool);
  } finally {
    await pool.end();
  }
}
