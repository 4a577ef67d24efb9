import type { MetricDefinition } from './metric-definition.ts';

const KPI_ROW = { owner: 'bank', mart: 'bank_kpis', grain: ['build'], per: [] } as const;

/** The row of figures above the bank's dashboard: each of one grain, never bound to another one's query. */
export const BANK_METRICS: readonly MetricDefinition[] = [
  {
    ...KPI_ROW,
    name: 'number_of_products',
    title: 'Products',
    formula: 'count of distinct product types in the statements',
    unit: 'count',
    sql: 'any(number_of_products)',
    description: 'Product types that any customer has used up to the as-of day.',
  },
  {
    ...KPI_ROW,
    name: 'bank_churn_rate',
    title: 'Churn rate',
    formula: '100 × churned customers / observed customers',
    unit: 'percent',
    sql: 'any(churn_rate_percentage)',
    description: 'A share of customers, not of versions or tickets. Empty below the least number of customers.',
  },
  {
    ...KPI_ROW,
    name: 'churned_customers',
    title: 'Churned customers',
    formula: 'count of observed customers who have churned',
    unit: 'count',
    sql: 'any(churned_customers)',
    description: 'Closed accounts, and customers without activity for the days that count as gone.',
  },
  {
    ...KPI_ROW,
    name: 'avg_resolution_time_hrs',
    title: 'Average resolution time',
    formula: 'hours from opening to resolution / resolved tickets',
    unit: 'hours',
    sql: 'any(avg_resolution_time_hrs)',
    description: 'Over resolved tickets; open ones are not in it.',
  },
  {
    ...KPI_ROW,
    name: 'number_of_issue_types',
    title: 'Issue types',
    formula: 'count of distinct issue types of tickets',
    unit: 'count',
    sql: 'any(number_of_issue_types)',
    description: 'Of tickets opened up to the as-of day.',
  },
  {
    ...KPI_ROW,
    name: 'avg_clv',
    title: 'Average lifetime value',
    formula: 'sum of clv_ltv / customers',
    unit: 'amount',
    sql: 'any(avg_clv)',
    description: 'Margin so far and expected, per customer; the formula stands at fact_customer_metrics.',
  },
];
