import type { ReportHead } from '../../api/report-schema.ts';
import type { SegmentCustomer, SegmentCustomers, SegmentSort } from '../../api/segments-schema.ts';
import type { Edition } from '../../warehouse/edition.ts';
import { type Page, toCount } from '../rows.ts';

export interface CustomersChoice {
  /** Null for those of all segments. */
  segment: string | null;
  sort: SegmentSort;
  direction: 'asc' | 'desc';
}

const COLUMNS: Record<SegmentSort, string> = {
  monetary: 'c.Monetary',
  recency: 'c.Recency',
  frequency: 'c.Frequency',
  customer: 'c.CustomerID',
};

/** A page of customers. */
export async function readCustomersPage(
  edition: Edition,
  choice: CustomersChoice,
  page: Page,
): Promise<Omit<SegmentCustomers, keyof ReportHead>> {
  const [[counted], customers] = await Promise.all([
    edition.query<{ total: string }>(
      `SELECT toString(count()) AS total FROM ${edition.mart('customer_segments')} AS c WHERE ${condition(choice)}`,
      { segment: choice.segment ?? '' },
    ),
    readCustomers(edition, choice, page),
  ]);
  return { total: toCount(counted?.total), ...page, customers };
}

/** Customers of a segment in the wanted order; ties by their id, so that pages do not overlap. */
export function readCustomers(edition: Edition, choice: CustomersChoice, page: Page): Promise<SegmentCustomer[]> {
  return edition.list<SegmentCustomer>(
    `SELECT c.CustomerID AS customerId, toString(c.segment) AS segment, c.Recency AS recencyDays,
       c.Frequency AS frequency, toString(c.Monetary) AS monetary, toString(g.NetMonetary) AS netMonetary
     ${customersInOrder(edition, choice)}`,
    { segment: choice.segment ?? '', ...page },
    page.limit,
  );
}

/** The same as a Parquet file with the columns of the CSV; amounts are decimals. */
export function readCustomersParquet(edition: Edition, choice: CustomersChoice, maxRows: number): Promise<Buffer> {
  return edition.parquet(
    `SELECT c.CustomerID AS CustomerID, toString(c.segment) AS Segment, c.Recency AS Recency,
       c.Frequency AS Frequency, c.Monetary AS Monetary, g.NetMonetary AS NetMonetary
     ${customersInOrder(edition, choice)}`,
    { segment: choice.segment ?? '', limit: maxRows, offset: 0 },
    maxRows,
  );
}

function customersInOrder(edition: Edition, choice: CustomersChoice): string {
  const direction = choice.direction === 'asc' ? 'ASC' : 'DESC';
  return `FROM ${edition.mart('customer_segments')} AS c
     INNER JOIN ${edition.mart('customer_rfm_gold')} AS g ON g.CustomerID = c.CustomerID
     WHERE ${condition(choice)}
     ORDER BY ${COLUMNS[choice.sort]} ${direction}, c.CustomerID
     LIMIT {limit: UInt32} OFFSET {offset: UInt32}`;
}

function condition({ segment }: CustomersChoice): string {
  return segment === null ? '1' : 'c.segment = {segment: String}';
}
