import type { CellUnit } from '../../api/churn-schema.ts';

export interface AnalysisTable {
  readonly analysis: number;
  readonly title: string;
  readonly mart: string;
  /** Condition over the mart's columns, under the alias `b`. */
  readonly where?: (mart: string) => string;
  readonly orderBy: string;
  readonly columns: readonly { readonly name: string; readonly title: string; readonly unit: CellUnit }[];
}

const column = (name: string, title: string, unit: CellUnit): AnalysisTable['columns'][number] => ({
  name,
  title,
  unit,
});
const COUNTRY = column('geography', 'Country', 'text');
const AGE = column('age_group', 'Age', 'text');
const ISSUE = column('issue_type', 'Issue', 'text');
const TICKETS = column('tickets', 'Tickets', 'count');
const RESOLUTION = column('avg_resolution_time', 'Average time', 'hours');
const CHURNED = column('churned_customers', 'Churned', 'count');
const interval = (rate: string): AnalysisTable['columns'] => [
  column(`${rate}_low`, '95 % from', 'share'),
  column(`${rate}_high`, 'to', 'share'),
];

const TABLES: readonly Omit<AnalysisTable, 'analysis'>[] = [
  {
    title: 'Churn by month',
    mart: 'bank_monthly_churn',
    orderBy: 'b.month DESC',
    columns: [
      column('month', 'Month', 'day'),
      column('total_customers', 'n', 'count'),
      column('churned_customers', 'Churned so far', 'count'),
      column('churn_rate_percentage', 'Of all', 'percent'),
      ...interval('churn_rate'),
      column('customers_at_risk', 'At risk in the month', 'count'),
      column('lost_customers', 'Lost in it', 'count'),
      column('monthly_churn_rate_percentage', 'Of those at risk', 'percent'),
    ],
  },
  {
    title: 'Churn by country and age',
    mart: 'bank_churn_by_segment',
    where: (mart) => `b.as_of = (SELECT max(as_of) FROM ${mart})`,
    orderBy: 'b.total_customers DESC, b.geography, b.age_group',
    columns: [
      COUNTRY,
      AGE,
      column('total_customers', 'n', 'count'),
      CHURNED,
      column('churn_rate_percentage', 'Rate', 'percent'),
      ...interval('churn_rate'),
    ],
  },
  {
    title: 'Support and value',
    mart: 'bank_support_impact',
    orderBy: 'b.tickets DESC, b.issue_type, b.severity',
    columns: [
      ISSUE,
      column('severity', 'Severity', 'text'),
      TICKETS,
      RESOLUTION,
      column('affected_customers', 'Customers (n)', 'count'),
      column('avg_customer_value', 'Average value', 'amount'),
      CHURNED,
      column('churn_rate', 'Rate', 'percent'),
    ],
  },
  {
    title: 'Balances by country and age',
    mart: 'bank_balance_by_segment',
    orderBy: 'b.total_balance DESC, b.geography, b.age_group',
    columns: [
      COUNTRY,
      AGE,
      column('active_customers', 'Active customers (n)', 'count'),
      column('avg_monthly_balance', 'Average balance', 'amount'),
      column('total_balance', 'Balances', 'amount'),
      column('avg_clv', 'Average lifetime value', 'amount'),
      column('offers_accepted', 'Offers accepted', 'count'),
    ],
  },
  {
    title: 'Most engaged customers',
    mart: 'bank_engaged_customers',
    orderBy: 'b.position',
    columns: [
      column('customer_id', 'Customer', 'text'),
      column('avg_products_held', 'Products held, average', 'number'),
      column('statement_months', 'Months with a statement (n)', 'count'),
      column('clv_ltv', 'Lifetime value', 'amount'),
    ],
  },
  {
    title: 'Offers by acceptance',
    mart: 'bank_offer_acceptance',
    orderBy: 'b.accepted_offers DESC, b.offer_type',
    columns: [
      column('offer_type', 'Offer', 'text'),
      column('offers', 'Offers', 'count'),
      column('answered_offers', 'Answered (n)', 'count'),
      column('accepted_offers', 'Accepted', 'count'),
      column('acceptance_rate', 'Rate', 'percent'),
      ...interval('acceptance_rate'),
    ],
  },
  {
    title: 'Balances by country',
    mart: 'bank_balance_by_geography',
    orderBy: 'b.avg_balance DESC, b.geography',
    columns: [COUNTRY, column('customers', 'n', 'count'), column('avg_balance', 'Average balance', 'amount')],
  },
  {
    title: 'Issues by time to resolve',
    mart: 'bank_issue_resolution',
    orderBy: 'b.avg_resolution_time DESC NULLS LAST, b.issue_type',
    columns: [
      ISSUE,
      TICKETS,
      column('resolved_tickets', 'Resolved (n)', 'count'),
      RESOLUTION,
      column('longest_resolution_time', 'Longest', 'hours'),
    ],
  },
];

/** The bank's eight analyses, each over its mart. Names of customers stay in the marts. */
export const BANK_ANALYSES: readonly AnalysisTable[] = TABLES.map((table, index) => ({
  analysis: index + 1,
  ...table,
}));
