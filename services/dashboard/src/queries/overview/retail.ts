import type { BridgeStep, RetailOverview, SegmentShare } from '../../api/overview-schema.ts';
import type { Edition } from '../../warehouse/edition.ts';
import { readMetrics } from '../../warehouse/metric-reader.ts';
import { readRetailCurrency } from '../retail-currency.ts';

const CUSTOMER_METRICS = ['retail_customers', 'retail_monetary', 'retail_avg_customer_value', 'retail_median_recency'];
const NET_METRICS = ['retail_net_monetary'];

/** The retailer's customers as of the last day of the files; null before any file was built. */
export async function readRetail(edition: Edition): Promise<RetailOverview | null> {
  const lastDay = edition.publication.asOfRetail;
  if (lastDay === null) return null;
  const [customers, net, bridge, segments, currency] = await Promise.all([
    readMetrics(edition, CUSTOMER_METRICS),
    readMetrics(edition, NET_METRICS),
    readBridge(edition),
    readSegments(edition),
    readRetailCurrency(edition),
  ]);
  return { currency: currency ?? '', lastDay, values: { ...customers, ...net }, bridge, segments };
}

/** Totals, and the changes between them that are not nothing. */
async function readBridge(edition: Edition): Promise<BridgeStep[]> {
  return edition.query<BridgeStep>(
    `SELECT step, name, toString(role) AS role, toString(amount) AS amount, toString(difference) AS difference
     FROM ${edition.mart('retail_revenue_bridge')} AS b
     WHERE b.role = 'total' OR b.amount != 0
     ORDER BY step`,
  );
}

async function readSegments(edition: Edition): Promise<SegmentShare[]> {
  const rows = await edition.query<Record<keyof SegmentShare, string>>(
    `SELECT toString(segment) AS segment, Customer_Count AS customers, toString(Total_Revenue) AS revenue,
       toString(Pct_of_Customers) AS percentOfCustomers, toString(Pct_of_Revenue) AS percentOfRevenue
     FROM ${edition.mart('segment_summary')}
     WHERE Customer_Count > 0
     ORDER BY Total_Revenue DESC, segment`,
  );
  return rows.map((row) => ({
    segment: row.segment,
    customers: Number(row.customers),
    revenue: row.revenue,
    percentOfCustomers: Number(row.percentOfCustomers),
    percentOfRevenue: Number(row.percentOfRevenue),
  }));
}
