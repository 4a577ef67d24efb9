import type { Command } from 'commander';
import { formatTrainReport } from '../churn/format-report.ts';
import { trainReport } from '../churn/train-report.ts';
import { readTable } from '../tables/read-table.ts';
import { wholeNumber } from './whole-number.ts';

interface TrainFlags {
  label: string;
  positive?: string;
  id?: string;
  folds: number;
  seed: string;
  json?: true;
}

export function registerChurn(program: Command): void {
  program
    .command('churn')
    .description('models of customers who cancel')
    .command('train')
    .description('train and cross-validate a churn model on a table; needs no stack')
    .argument('<file>', 'CSV with a header, one row per customer; .gz too')
    .requiredOption('--label <column>', 'the column that says who left')
    .option('--positive <value>', 'its value for those who left (default: found by itself: Yes, True, 1, …)')
    .option('--id <column>', 'the column that names the customer')
    .option(
      '--folds <count>',
      'parts of the table, each scored by a model that has not seen it',
      wholeNumber(2, 100),
      5,
    )
    .option('--seed <text>', 'decides which customers share a fold', 'churn')
    .option('--json', 'print JSON, with the score of every customer')
    .action(train);
}

async function train(path: string, { json, ...options }: TrainFlags): Promise<void> {
  const report = trainReport(await readTable(path), options);
  console.log(json ? JSON.stringify(report) : formatTrainReport(report));
}
