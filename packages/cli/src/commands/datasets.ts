import { resolve } from 'node:path';
import { ONLINE_RETAIL_YEAR_1, type RetailDailyResult, writeRetailDaily } from '@ebb/datasets';
import { type Command, Option } from 'commander';

interface RetailDailyFlags {
  source?: string[];
  dates: 'shifted' | 'original';
  from?: string;
  until?: string;
  json?: true;
}

export function registerDatasets(program: Command): void {
  const datasets = program
    .command('datasets')
    .description('the data sets that come along, and files made from them')
    .action(list);
  datasets
    .command('retail-daily')
    .description("write the retailer's year as one CSV per trading day (307 files, 2025-06-26 to 2026-04-28)")
    .argument('<folder>', 'made if it is not there; files that are the same already stay as they are')
    .option('--source <file...>', 'yearly files (.csv or .csv.gz) instead of year 1; a day in two of them counts once')
    .addOption(
      new Option('--dates <which>', 'as the daily files have them, or as the yearly file')
        .choices(['shifted', 'original'])
        .default('shifted'),
    )
    .option('--from <day>', 'first day to write')
    .option('--until <day>', 'last day to write')
    .option('--json', 'print JSON')
    .action(retailDaily);
}

function list(): void {
  const { description, rows, firstDay, lastDay, credit } = ONLINE_RETAIL_YEAR_1;
  console.log(`${description}: ${rows} rows, ${firstDay} to ${lastDay}`);
  console.log(`  ${credit.title}; ${credit.authors}, doi ${credit.doi}, ${credit.license}`);
  console.log('  as daily files: ebb datasets retail-daily FOLDER');
}

function retailDaily(folder: string, flags: RetailDailyFlags): void {
  const { source, dates, from, until } = flags;
  const result = writeRetailDaily({
    directory: resolve(folder),
    dates,
    ...(source === undefined ? {} : { sources: source }),
    ...(from === undefined ? {} : { from }),
    ...(until === undefined ? {} : { until }),
  });
  console.log(flags.json ? JSON.stringify(result) : describe(folder, result));
}

function describe(folder: string, result: RetailDailyResult): string {
  const { files, rows, written, firstDay, lastDay, overlap } = result;
  if (firstDay === null || lastDay === null) return 'no trading day in that span; nothing written';
  const left = overlap.reduce((sum, day) => sum + day.rows, 0);
  const lines = [`${files} files, ${rows} rows, ${firstDay} to ${lastDay} in ${folder}; ${written} written`];
  if (overlap.length > 0) lines.push(`${overlap.length} days stood in two sources: ${left} rows left out`);
  return lines.join('\n');
}
