import { join } from 'node:path';
import type { Command } from 'commander';
import { commandContext } from '../context.ts';
import { grade, writeReport } from '../grade/grade.ts';
import { missedFigures, summaryOf } from '../grade/report.ts';
import { formatTable } from './status-table.ts';

interface GradeFlags {
  retailYear2?: string;
  quick?: true;
}

export function registerGrade(program: Command): void {
  program
    .command('grade')
    .description(
      'grade the models of customers on known truth and on real data; needs no stack; status 1 if an aim is missed',
    )
    .argument('[directory]', 'where the report and its plots go; default: grade in EBB_HOME')
    .option('--retail-year-2 <file>', 'Online Retail II, the second year (CSV, .gz too), for the cuts that need it')
    .option('--quick', 'small worlds, and without the parts that take minutes')
    .action(run);
}

async function run(directory: string | undefined, flags: GradeFlags): Promise<void> {
  const options = { isQuick: flags.quick === true, retailYear2: flags.retailYear2 ?? null };
  const report = await grade(options, ({ title, figures }) => {
    const rows = figures.map(({ name, value, aim, verdict }) => [
      verdict === 'not judged' ? '' : verdict,
      name,
      value,
      aim,
    ]);
    console.log(`\n${title}\n${formatTable(rows)}`);
  });
  const path = await writeReport(report, directory ?? join(commandContext().home.root, 'grade'));
  console.log(`\n${summaryOf(report.sections).replaceAll('**', '')}\n${path}`);
  if (missedFigures(report.sections).length > 0) process.exitCode = 1;
}
