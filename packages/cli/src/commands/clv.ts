import { type Command, InvalidArgumentError, Option } from 'commander';
import { parseDay } from '../clv/cells.ts';
import { clvReport } from '../clv/clv-report.ts';
import { formatClv } from '../clv/format-clv.ts';
import { type PurchaseColumns, readPurchases } from '../clv/read-purchases.ts';

interface FitFlags extends PurchaseColumns {
  calibrationEnd: string;
  holdoutEnd?: string;
  format: 'csv' | 'cdnow';
  unitDays: number;
  horizonDays: number;
  discount: number;
  margin: number;
  json?: true;
}

export function registerClv(program: Command): void {
  program
    .command('clv')
    .description('lifetime value of customers who buy without a contract')
    .command('fit')
    .description(
      'fit BG/NBD (or MBG/NBD) and Gamma-Gamma to a table of purchases and value its customers; needs no stack',
    )
    .argument('<file>', 'CSV with a header, one row per purchase or line of one; .gz too')
    .option('--customer <column>', 'who bought; rows without one are left out')
    .option('--date <column>', 'when: 2010-12-31, with or without a time; the rows of a day are one purchase')
    .option('--amount <column>', 'for how much; days below 0 are refunds')
    .option('--quantity <column>', 'pieces, where the amount is the price of one')
    .requiredOption('--calibration-end <day>', 'last day the models see; what follows tests them')
    .option('--holdout-end <day>', 'last day of the test; default: the last day of the table')
    .addOption(new Option('--format <name>', 'of the file').choices(['csv', 'cdnow']).default('csv'))
    .option('--unit-days <days>', "days per unit of the models' time", above(0), 7)
    .option('--horizon-days <days>', 'how far ahead customers are valued', above(0), 365)
    .option('--discount <rate>', 'by which money of next year counts less', above(-1), 0.1)
    .option('--margin <share>', 'of the amount that is earned', above(0), 1)
    .option('--json', 'print JSON, with the score of every customer')
    .action(fit);
}

async function fit(path: string, flags: FitFlags): Promise<void> {
  const options = {
    calibrationEndDay: parseDay(flags.calibrationEnd, '--calibration-end'),
    ...(flags.holdoutEnd === undefined ? {} : { holdoutEndDay: parseDay(flags.holdoutEnd, '--holdout-end') }),
    unitDays: flags.unitDays,
    horizonDays: flags.horizonDays,
    annualDiscount: flags.discount,
    margin: flags.margin,
  };
  const report = clvReport(await readPurchases(path, flags), options);
  console.log(flags.json ? JSON.stringify({ file: path, ...report }) : formatClv(report));
}

function above(least: number): (text: string) => number {
  return (text) => {
    const value = text.trim() === '' ? Number.NaN : Number(text);
    if (value > least && Number.isFinite(value)) return value;
    throw new InvalidArgumentError(`a number above ${least} is expected`);
  };
}
