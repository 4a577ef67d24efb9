import type { Pool } from '@ebb/postgres';
import { z } from 'zod';
import {
  CLUSTER_KINDS,
  SEGMENT_SORTS,
  segmentClustersSchema,
  segmentCustomersSchema,
  segmentDistributionsSchema,
  segmentPointsSchema,
  segmentsSchema,
} from '../api/segments-schema.ts';
import { csvText } from '../csv/csv.ts';
import { fileRoute, type Route } from '../http/route.ts';
import { readClusters } from '../queries/segments/clusters.ts';
import {
  type CustomersChoice,
  readCustomers,
  readCustomersPage,
  readCustomersParquet,
} from '../queries/segments/customers.ts';
import { readDistributions } from '../queries/segments/distributions.ts';
import { readPoints } from '../queries/segments/points.ts';
import { readSegments } from '../queries/segments/summary.ts';
import { selectionFields } from './live-query.ts';
import { digits } from './page-query.ts';
import { REPORT_REFUSALS, type ReportDeps, reportRoute } from './report.ts';

const MOST_CUSTOMERS_A_PAGE = 200;
const MOST_CUSTOMERS_A_FILE = 200_000;

const listFields = {
  segment: z.string().min(1).max(100).optional(),
  sort: z.enum(SEGMENT_SORTS).default('monetary'),
  direction: z.enum(['asc', 'desc']).default('desc'),
};

const pageSchema = z.strictObject({
  ...listFields,
  limit: digits(z.int().min(1).max(MOST_CUSTOMERS_A_PAGE).default(50)),
  offset: digits(z.int().min(0).max(MOST_CUSTOMERS_A_FILE).default(0)),
});

/** The segments of the retailer's customers: figures, points to draw, customers by page and as a file. */
export function segmentRoutes(deps: ReportDeps & { pool: Pool }): Route[] {
  return [
    reportRoute(deps, {
      path: '/api/segments',
      summary: 'Every segment of the retailer’s customers with its figures and what to do about it.',
      query: z.strictObject({}),
      isOfEdition: true,
      response: segmentsSchema,
      read: readSegments,
    }),
    reportRoute(deps, {
      path: '/api/segments/points',
      summary: 'Recency, frequency and value of each customer, to be drawn; of very many a stable sample.',
      query: z.strictObject({}),
      isOfEdition: true,
      response: segmentPointsSchema,
      read: readPoints,
    }),
    reportRoute(deps, {
      path: '/api/segments/customers',
      summary: 'Customers of a segment, or of all, page by page.',
      query: pageSchema,
      isOfEdition: true,
      response: segmentCustomersSchema,
      read: (edition, { limit, offset, ...choice }) => readCustomersPage(edition, chosen(choice), { limit, offset }),
    }),
    customersCsv(deps),
    customersParquet(deps),
    reportRoute(deps, {
      path: '/api/segments/distributions',
      summary: 'How many customers of a segment, or of all, have which recency, frequency and value.',
      query: z.strictObject({ segment: listFields.segment }),
      isOfEdition: true,
      response: segmentDistributionsSchema,
      read: (edition, { segment }) => readDistributions(edition, segment ?? null),
    }),
    reportRoute(deps, {
      path: '/api/segments/clusters',
      summary: 'Clusters that a model found: the table their number was chosen by, and who moved since the run before.',
      query: z.strictObject({ kind: z.enum(CLUSTER_KINDS).optional(), source: selectionFields.source }),
      response: segmentClustersSchema,
      read: (edition, { kind, source }) =>
        readClusters({ edition, db: deps.pool }, { kind: kind ?? null, source: source ?? null }),
    }),
  ];
}

function customersCsv({ warehouse }: ReportDeps): Route {
  return fileRoute({
    path: '/api/segments/customers.csv',
    summary: 'Customers of a segment, or of all, as CSV.',
    query: z.strictObject(listFields),
    contentType: 'text/csv; charset=utf-8',
    refusals: REPORT_REFUSALS,
    write: async (query) => {
      const { edition } = await warehouse.open();
      const customers = await readCustomers(edition, chosen(query), { limit: MOST_CUSTOMERS_A_FILE, offset: 0 });
      const head = ['CustomerID', 'Segment', 'Recency', 'Frequency', 'Monetary', 'NetMonetary'];
      const rows = customers.map((one) => [
        one.customerId,
        one.segment,
        one.recencyDays,
        one.frequency,
        one.monetary,
        one.netMonetary,
      ]);
      return { name: `customers-${edition.publication.id}.csv`, content: csvText(head, rows) };
    },
  });
}

function customersParquet({ warehouse }: ReportDeps): Route {
  return fileRoute({
    path: '/api/segments/customers.parquet',
    summary: 'The same as Parquet, amounts as decimals.',
    query: z.strictObject(listFields),
    contentType: 'application/vnd.apache.parquet',
    refusals: REPORT_REFUSALS,
    write: async (query) => {
      const { edition } = await warehouse.open();
      const content = await readCustomersParquet(edition, chosen(query), MOST_CUSTOMERS_A_FILE);
      return { name: `customers-${edition.publication.id}.parquet`, content };
    },
  });
}

function chosen({ segment, sort, direction }: z.output<z.ZodObject<typeof listFields>>): CustomersChoice {
  return { segment: segment ?? null, sort, direction };
}
