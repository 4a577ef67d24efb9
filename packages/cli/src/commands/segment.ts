import type { Command } from 'commander';
import { formatSegments } from '../segment/format-segments.ts';
import { type RfmColumns, readRfm } from '../segment/read-rfm.ts';
import { segmentReport } from '../segment/segment-report.ts';
import { readTable } from '../tables/read-table.ts';
import { wholeNumber } from './whole-number.ts';

interface SegmentFlags extends RfmColumns {
  maxK: number;
  seed: string;
  json?: true;
}

export function registerSegment(program: Command): void {
  program
    .command('segment')
    .description('customer segments of a table: outliers, clusters with names, segments per customer; needs no stack')
    .argument('<file>', 'CSV with a header, one row per customer; .gz too')
    .requiredOption('--customer <column>', 'the column that names the customer')
    .requiredOption('--recency <column>', 'days since the last purchase')
    .requiredOption('--frequency <column>', 'number of purchases')
    .requiredOption('--monetary <column>', 'what the customer spent')
    .option('--max-k <count>', 'the largest number of clusters that is tried, from 2 on', wholeNumber(3, 100), 12)
    .option('--seed <text>', 'decides the starts of K-Means', '42')
    .option('--json', 'print JSON, with the segment of every customer')
    .action(async (path: string, { json, maxK, seed, ...columns }: SegmentFlags) => {
      const report = segmentReport(readRfm(await readTable(path), path, columns), { maxK, seed });
      console.log(json === true ? JSON.stringify(report) : formatSegments(report));
    });
}
