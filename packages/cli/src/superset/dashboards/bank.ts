import type { Dashboard } from '../asset-types.ts';
import { BANK_CUSTOMERS, BANK_ISSUES, BANK_KPIS, BANK_USAGE } from '../datasets-bank.ts';

const number = { kind: 'number', dataset: BANK_KPIS, width: 2 } as const;

export const BANK: Dashboard = {
  slug: 'customer-management',
  title: 'Customer Management',
  description: "The bank's customers: their value, their products, their tickets, and who has left.",
  filters: [
    { name: 'Country', dataset: BANK_CUSTOMERS, column: 'geography' },
    { name: 'Customer', dataset: BANK_CUSTOMERS, column: 'full_name' },
  ],
  rows: [
    [
      {
        ...number,
        slug: 'products',
        title: 'Number of Products',
        metrics: ['number_of_products'],
        description: 'Different product types that any customer has used up to the as-of day.',
      },
      {
        ...number,
        slug: 'churn-rate',
        title: 'Churn Rate, %',
        metrics: ['bank_churn_rate'],
        description: 'Churned customers, in percent of the observed ones; a share of customers, not of tickets.',
      },
      {
        ...number,
        slug: 'churned-customers',
        title: 'Churned Customers',
        metrics: ['churned_customers'],
        description: 'Closed accounts, and customers without activity for the days that count as gone.',
      },
      {
        ...number,
        slug: 'resolution-time',
        title: 'Average Resolution Time, hours',
        metrics: ['avg_resolution_time_hrs'],
        description: 'Hours from opening to resolution over all resolved tickets.',
      },
      {
        ...number,
        slug: 'issue-types',
        title: 'Number of Issue Types',
        metrics: ['number_of_issue_types'],
        description: 'Different types of tickets opened up to the as-of day.',
      },
      {
        ...number,
        slug: 'average-clv',
        title: 'Average CLV',
        metrics: ['avg_clv'],
        description: 'Lifetime value per customer: margin so far and expected.',
      },
    ],
    [
      {
        slug: 'clv-by-customer',
        kind: 'bar',
        title: 'CLV by customer',
        dataset: BANK_CUSTOMERS,
        x: 'full_name',
        limit: 20,
        width: 8,
        metrics: ['clv_ltv'],
        filters: [{ column: 'is_current', is: true }],
        description: 'Lifetime value of each customer as known now, the twenty most valuable.',
      },
      {
        slug: 'product-usage',
        kind: 'pie',
        title: 'Usage by product type',
        dataset: BANK_USAGE,
        by: ['product_type'],
        width: 4,
        metrics: ['statements'],
        description: 'Monthly statements by the type of product they are of.',
      },
    ],
    [
      {
        slug: 'resolution-by-issue',
        kind: 'combo',
        title: 'Resolution time by issue type',
        dataset: BANK_ISSUES,
        x: 'issue_type',
        width: 6,
        metrics: ['avg_resolution_time'],
        lines: ['tickets'],
        description: 'Columns: average hours to resolution. Line: tickets of the type.',
      },
      {
        slug: 'churn-by-country',
        kind: 'combo',
        title: 'Churn by country',
        dataset: BANK_CUSTOMERS,
        x: 'geography',
        width: 6,
        metrics: ['churned'],
        lines: ['churned_percent'],
        filters: [{ column: 'is_current', is: true }],
        description: 'Columns: churned customers. Line: in percent of the customers of the country.',
      },
    ],
    [
      {
        slug: 'customer-history',
        kind: 'table',
        title: 'Customer history',
        dataset: BANK_CUSTOMERS,
        by: ['full_name', 'dw_start_date', 'dw_end_date'],
        width: 8,
        metrics: ['clv_ltv'],
        description:
          'From which day to which day (first day on which it no longer held) a customer was worth how much.',
      },
      {
        slug: 'kpi-card',
        kind: 'table',
        title: 'All figures',
        dataset: BANK_KPIS,
        by: ['as_of'],
        width: 4,
        metrics: [
          'number_of_products',
          'bank_churn_rate',
          'churned_customers',
          'avg_resolution_time_hrs',
          'number_of_issue_types',
          'avg_clv',
        ],
        description: 'The figures above with the day they are of.',
      },
    ],
  ],
};
