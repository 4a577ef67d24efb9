import { formatTable } from '../commands/status-table.ts';
import type { SegmentReport } from './segment-report.ts';

/** The report for people. */
export function formatSegments(report: SegmentReport): string {
  return [
    ...summary(report),
    '',
    formatTable([['K', 'SCORE', 'SILHOUETTE', 'ELBOW', 'INERTIA'], ...scoreRows(report)]),
    '',
    formatTable([
      ['CLUSTER', 'NAME', 'CUSTOMERS', '%', 'REVENUE', '%', 'MEDIAN SPENT', 'ORDERS', 'DAYS AGO'],
      ...clusterRows(report),
    ]),
    '',
    formatTable([['SEGMENT', 'CUSTOMERS', '%', 'REVENUE', '%'], ...segmentRows(report)]),
    '',
    'What to do:',
    formatTable(advice(report)),
    ...report.warnings.map((warning) => `warning: ${warning}`),
  ].join('\n');
}

function summary({ customers, revenue, medians, outliers, k, silhouette }: SegmentReport): string[] {
  return [
    `${customers} customers who spent ${revenue}; medians: ${medians.recency} days ago, ${medians.frequency} orders, ${medians.monetary}`,
    `outliers: ${outliers.monetaryOnly} in value (-1), ${outliers.frequencyOnly} in frequency (-2), ${outliers.both} in both (-3); ${outliers.none} others`,
    `the others fall into ${k} clusters (silhouette ${silhouette.toFixed(3)})`,
  ];
}

function scoreRows({ kTable, k }: SegmentReport): string[][] {
  return kTable.map((row) => [
    `${row.k}${row.k === k ? ' *' : ''}`,
    row.score.toFixed(4),
    row.silhouette.toFixed(4) +
      (row.silhouetteStandardError === null ? '' : ` ± ${row.silhouetteStandardError.toFixed(4)}`),
    row.elbow.toFixed(4),
    row.inertia.toFixed(2),
  ]);
}

function clusterRows({ clusters }: SegmentReport): string[][] {
  return clusters.map(({ cluster, label, customers, percentOfCustomers, revenue, percentOfRevenue, median }) => [
    String(cluster),
    label,
    String(customers),
    Number(percentOfCustomers).toFixed(1),
    revenue,
    Number(percentOfRevenue).toFixed(1),
    median.monetary,
    String(median.frequency),
    String(median.recency),
  ]);
}

function segmentRows({ segments }: SegmentReport): string[][] {
  return segments.map(({ segment, customers, percentOfCustomers, revenue, percentOfRevenue }) => [
    segment,
    String(customers),
    Number(percentOfCustomers).toFixed(1),
    revenue,
    Number(percentOfRevenue).toFixed(1),
  ]);
}

/** One line per name, since clusters and classes of outliers may share one. */
function advice({ clusters }: SegmentReport): string[][] {
  const texts = new Map(clusters.map(({ name, recommendation }) => [name, recommendation]));
  return [...texts].map(([name, text]) => [`  ${name}`, text]);
}
