import type { Clickhouse } from '@ebb/clickhouse';
import { EbbError } from '@ebb/core';
import { z } from 'zod';
import type { ChildCommands } from '../child-commands.ts';
import { formatTable } from '../commands/status-table.ts';
import { formatted } from './batch.ts';
import { runModelJob } from './model-job.ts';
import { wrongFigures } from './year-1-segments.ts';

export interface CustomersOptions {
  readonly commands: ChildCommands;
  readonly clickhouse: Clickhouse;
  readonly print: (line: string) => void;
}

/** The daily files: their calendar is fixed, so their segments are. */
const SOURCE = 'retail_files';

/**
 * Named segments of the year's customers and what to do about them, by a job of the segmentation worker. Raises NOT_EQUAL
 * when one is another than it is known to be.
 */
export async function showSegments({ commands, clickhouse, print }: CustomersOptions): Promise<void> {
  print('\nSegments of the year’s customers, by the job rfm_segments of the segmentation worker:');
  const found = FIGURES.parse(await runModelJob(commands, 'rfm_segments', SOURCE));
  const clusters = CLUSTERS.parse(await clickhouse.query(CLUSTERS_SQL));
  const segments = SEGMENTS.parse(await clickhouse.query(SEGMENTS_SQL));
  print(clusterLines(clusters));
  print(`\nThe same customers by value and engagement, as dbt has them:\n${segmentLines(segments)}`);
  const wrong = wrongFigures({
    ...found,
    sizes: new Map(clusters.map(({ cluster, customers }) => [cluster, customers])),
    segments: new Map(segments.map((row) => [row.segment, row])),
  });
  if (wrong.length > 0) {
    throw new EbbError('NOT_EQUAL', `segments differ: ${wrong.join('; ')}; this is a defect, please report it`);
  }
  const { k, inertia, silhouette } = found;
  print(
    `k = ${k}, inertia ${inertia.toFixed(2)}, silhouette ${silhouette.toFixed(3)}; sizes, and the twelve to the cent: as they are known to be`,
  );
}

const FIGURES = z.object({ k: z.number(), inertia: z.number(), silhouette: z.number() });

const CLUSTERS = z.array(
  z.object({
    cluster: z.number(),
    label: z.string(),
    name: z.string(),
    customers: z.number(),
    customersShare: z.string(),
    revenue: z.string(),
    revenueShare: z.string(),
    recommendation: z.string(),
  }),
);
const CLUSTERS_SQL = `SELECT s.Cluster AS cluster, s.ClusterLabel AS label, s.ClusterName AS name, s.Customer_Count AS customers,
    toString(round(s.Pct_of_Customers, 1)) AS customersShare, toString(s.Total_Revenue) AS revenue,
    toString(round(s.Pct_of_Revenue, 1)) AS revenueShare, d.Recommendation AS recommendation
  FROM (SELECT * FROM ml.cluster_summary WHERE source = '${SOURCE}') AS s
  INNER JOIN (SELECT * FROM ml.cluster_description_and_recommendation WHERE source = '${SOURCE}') AS d ON d.Cluster = s.Cluster
  ORDER BY s.Total_Revenue DESC`;

/** One recommendation per name: clusters of one name have the same. */
function clusterLines(clusters: z.output<typeof CLUSTERS>): string {
  const rows = clusters.map(({ label, customers, customersShare, revenue, revenueShare }) => [
    label,
    formatted(String(customers), 0).padStart(9),
    formatted(customersShare, 1).padStart(5),
    formatted(revenue, 2).padStart(13),
    formatted(revenueShare, 1).padStart(5),
  ]);
  const header = ['SEGMENT', 'CUSTOMERS', '    %', 'REVENUE, GBP'.padStart(13), '    %'];
  const texts = new Map(clusters.map(({ name, recommendation }) => [name, recommendation]));
  const advice = [...texts].map(([name, text]) => [`  ${name}`, text]);
  return `${formatTable([header, ...rows])}\nWhat to do:\n${formatTable(advice)}`;
}

const SEGMENTS = z.array(z.object({ segment: z.string(), customers: z.number(), revenue: z.string() }));
const SEGMENTS_SQL = `SELECT Segment AS segment, toUInt32(count()) AS customers, toString(sum(Monetary)) AS revenue
  FROM ml.customer_segments_clustered WHERE source = '${SOURCE}' GROUP BY Segment ORDER BY sum(Monetary) DESC`;

function segmentLines(segments: z.output<typeof SEGMENTS>): string {
  return formatTable(
    segments.map(({ segment, customers, revenue }) => [
      segment,
      formatted(String(customers), 0).padStart(9),
      formatted(revenue, 2).padStart(13),
    ]),
  );
}
