import type { Publication } from '@ebb/clickhouse';
import type { Command } from 'commander';
import { build, type BuildOptions, publish } from '../build/build.ts';
import { withWarehouse } from '../connections.ts';
import { commandContext } from '../context.ts';

interface Flags {
  select?: string[];
  fullRefresh?: boolean;
  asOf?: string;
  verbose?: boolean;
}

export function registerBuild(program: Command): void {
  program
    .command('build')
    .description(
      'build and test all models with dbt, then make them the current publication; a failure keeps the old one',
    )
    .option('--select <models...>', "only these, in dbt's syntax; the others are taken over from the publication")
    .option('--full-refresh', 'make incremental models anew')
    .option('--as-of <day>', 'YYYY-MM-DD; default: today')
    .option('--verbose', "show dbt's own output")
    .action(async (flags: Flags) => {
      await report(flags, build);
    });
  program
    .command('publish')
    .description('publish a build that stands, or repair the views and the cleaning up of a published one')
    .argument('<id>', 'such as p20261121184500_1a2b')
    .option('--verbose', "show dbt's own output")
    .action(async (id: string, flags: Flags) => {
      await report(flags, (options) => publish(options, id));
    });
}

async function report(flags: Flags, work: (options: BuildOptions) => Promise<Publication>): Promise<void> {
  const context = commandContext();
  const begun = performance.now();
  await withWarehouse(context, async (clickhouse, clickhouseUrl) => {
    const made = await work({
      home: context.home,
      clickhouse,
      clickhouseUrl,
      ...(flags.select === undefined ? {} : { select: flags.select }),
      ...(flags.asOf === undefined ? {} : { asOf: flags.asOf }),
      isFullRefresh: flags.fullRefresh === true,
      ...(flags.verbose === true ? { onOutput: (text: string) => process.stdout.write(text) } : {}),
    });
    console.log(describe(made, (performance.now() - begun) / 1000));
  });
}

function describe(made: Publication, seconds: number): string {
  const retail = made.asOfRetail === null ? '' : ` (retailer's files: ${made.asOfRetail})`;
  const warned = made.testsWarned === 0 ? '' : `, ${made.testsWarned} warnings`;
  return `Published ${made.id}, as of ${made.asOf}${retail}: ${made.models} models, ${made.testsPassed} tests passed${warned}, ${seconds.toFixed(0)} s`;
}
