import type { MetricDefinition } from './metric-definition.ts';

const CUSTOMERS = {
  owner: 'retail',
  mart: 'customer_segments',
  grain: ['build'],
  per: ['segment', 'value_tier', 'engagement'],
} as const;

const FILES = {
  owner: 'retail',
  mart: 'bronze_daily_quality',
  grain: ['day', 'build'],
  per: ['processing_date'],
} as const;

const MIDDLE = (at: string): string => `arraySort(groupArray(Monetary))[${at}]`;
/** Exact, unlike ClickHouse's own quantile functions, which give floats. */
const MEDIAN_MONETARY = `toDecimal128(${MIDDLE('intDiv(count() + 1, 2)')} + ${MIDDLE('intDiv(count(), 2) + 1')}, 4) / 2`;

/** Of the retailer's daily files, as of their last day. */
export const RETAIL_METRICS: readonly MetricDefinition[] = [
  {
    ...CUSTOMERS,
    name: 'retail_customers',
    title: 'Retail customers',
    formula: 'count of customers with a gold line',
    unit: 'count',
    sql: 'count()',
    description:
      'Customers with at least one line of positive quantity on an invoice that is no cancellation, of a product.',
  },
  {
    ...CUSTOMERS,
    name: 'retail_monetary',
    title: 'Retail revenue, gross',
    formula: 'sum of quantity × price of gold lines, prices with two decimals',
    unit: 'amount',
    sql: 'sum(Monetary)',
    description: 'Gross by contract: returns are not taken off. The net amount stands beside it in customer_rfm_gold.',
  },
  {
    name: 'retail_net_monetary',
    title: 'Retail revenue, net',
    owner: 'retail',
    formula: 'retail_monetary − value of returned products',
    unit: 'amount',
    grain: ['build'],
    per: ['customer'],
    mart: 'customer_rfm_gold',
    sql: 'sum(NetMonetary)',
    description: 'Gross less the lines of cancellations of the same customers; postage and fees are no products.',
  },
  {
    ...CUSTOMERS,
    name: 'retail_median_recency',
    title: 'Days since purchase, median',
    formula: 'median over customers of days from the last purchase to the last loaded day',
    unit: 'days',
    sql: medianOf('Recency'),
    description: 'Type 7 quantile. Days are counted to the last day of the files, not to today.',
  },
  {
    ...CUSTOMERS,
    name: 'retail_avg_customer_value',
    title: 'Average customer value',
    formula: 'retail_monetary / retail_customers',
    unit: 'amount',
    sql: 'sum(Monetary) / nullIf(count(), 0)',
    description: 'Gross revenue per customer.',
  },
  {
    ...CUSTOMERS,
    name: 'retail_median_monetary',
    title: 'Customer value, median',
    formula: 'median over customers of retail_monetary',
    unit: 'amount',
    sql: `if(count() = 0, NULL, ${MEDIAN_MONETARY})`,
    description:
      'Half of the customers are worth more. A few large customers do not move it, as they move the average.',
  },
  {
    ...CUSTOMERS,
    name: 'retail_avg_frequency',
    title: 'Invoices, average',
    formula: 'invoices with a gold line / retail_customers',
    unit: 'number',
    sql: 'sum(Frequency) / nullIf(count(), 0)',
    description: 'Invoices per customer.',
  },
  {
    ...CUSTOMERS,
    name: 'retail_median_frequency',
    title: 'Invoices, median',
    formula: 'median over customers of invoices with a gold line',
    unit: 'number',
    sql: medianOf('Frequency'),
    description: 'Type 7 quantile of invoices per customer.',
  },
  {
    ...CUSTOMERS,
    name: 'retail_avg_recency',
    title: 'Days since purchase, average',
    formula: 'mean over customers of days from the last purchase to the last loaded day',
    unit: 'days',
    sql: 'sum(Recency) / nullIf(count(), 0)',
    description: 'Days are counted to the last day of the files, not to today.',
  },
  {
    ...FILES,
    name: 'retail_records',
    title: 'Records landed',
    formula: 'count of lines of the files that could be read',
    unit: 'count',
    sql: 'sum(total_records)',
    description: 'Lines as they stand in the files, nothing filtered before.',
  },
  {
    ...FILES,
    name: 'retail_quality_score',
    title: 'Quality score',
    formula: '100 × lines that keep the five rules of the contract / all lines, those that could not be read too',
    unit: 'percent',
    sql: '100 * sum(valid_records) / nullIf(sum(total_records) + sum(rescued_records), 0)',
    description: 'A line that could not be read lowers it as one that breaks a rule does.',
  },
  {
    ...FILES,
    name: 'retail_unread_records',
    title: 'Unreadable lines',
    formula: 'count of lines that could not be landed',
    unit: 'count',
    sql: 'sum(rescued_records)',
    description: 'Too few or too many cells, or no number where one belongs; kept in quarantine with the reason.',
  },
  {
    ...FILES,
    name: 'retail_null_customers',
    title: 'Lines without a customer',
    formula: 'count of lines with an empty CustomerID',
    unit: 'count',
    sql: 'sum(null_customer_ids)',
    description: 'They stay in silver, and gold, which is about customers, leaves them out.',
  },
  {
    ...FILES,
    name: 'retail_bad_quantities',
    title: 'Quantities of 0 or below',
    formula: 'count of lines whose quantity is empty, 0 or negative',
    unit: 'count',
    sql: 'sum(bad_quantities)',
    description: 'Returns of cancelled invoices are among them; the others are in quarantine.',
  },
];

/** As a plain function: Superset's parser does not know the aggregate with its parameter in front. */
function medianOf(column: string): string {
  return `arrayReduce('quantileExactInclusive(0.5)', groupArray(${column}))`;
}
