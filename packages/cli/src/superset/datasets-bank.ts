import { supersetMetrics } from '@ebb/contracts';
import type { Dataset } from './asset-types.ts';
import { metricOfColumn } from './metric-of-column.ts';

const mart = { database: 'clickhouse', schema: 'marts' } as const;

export const BANK_KPIS: Dataset = {
  ...mart,
  name: 'bank_kpis',
  description: "The row of figures of the bank's customers.",
  columns: { as_of: 'Date', customers: 'UInt64', observed_customers: 'UInt64' },
  metrics: supersetMetrics('bank_kpis'),
};

export const BANK_CUSTOMERS: Dataset = {
  ...mart,
  name: 'bank_customers',
  description: 'Figures of each customer of the bank, by the days on which they were known so.',
  sql: `SELECT m.customer_id AS customer_id, c.full_name AS full_name, c.geography AS geography, m.clv_ltv AS clv_ltv,
  m.is_churned AS is_churned, m.is_current AS is_current, m.dw_start_date AS dw_start_date, m.dw_end_date AS dw_end_date
FROM marts.fact_customer_metrics AS m
INNER JOIN (SELECT customer_id, full_name, geography FROM marts.dim_customer WHERE is_current) AS c
  ON c.customer_id = m.customer_id`,
  columns: {
    customer_id: 'String',
    full_name: 'String',
    geography: 'String',
    clv_ltv: 'Decimal(38, 4)',
    is_churned: 'Bool',
    is_current: 'Bool',
    dw_start_date: 'Date32',
    dw_end_date: 'Nullable(Date32)',
  },
  metrics: [
    metricOfColumn({
      name: 'clv_ltv',
      title: 'Lifetime value',
      sql: 'if(count() <= uniqExact(customer_id), sum(clv_ltv), NULL)',
      format: ',.2f',
      description: 'Margin so far and expected; of one state of each customer, since states must not be added up.',
    }),
    metricOfColumn({
      name: 'churned',
      title: 'Churned customers',
      sql: 'uniqExactIf(customer_id, is_churned)',
      description: 'Customers who count as churned.',
    }),
    metricOfColumn({
      name: 'churned_percent',
      title: 'Churned, %',
      sql: '100 * uniqExactIf(customer_id, is_churned) / nullIf(uniqExact(customer_id), 0)',
      format: ',.1f',
      description:
        'Of all customers with figures. Few customers make wide intervals: they stand in bank_churn_by_segment.',
    }),
    metricOfColumn({ name: 'states', title: 'States', sql: 'count()', description: 'Rows of the history.' }),
  ],
};

export const BANK_USAGE: Dataset = {
  ...mart,
  name: 'dim_usage',
  description: 'Statements of the products of the bank.',
  columns: { usage_log_id: 'String', product_type: 'String', month: 'Date32' },
  metrics: [
    metricOfColumn({
      name: 'statements',
      title: 'Statements',
      sql: 'count()',
      description: 'Monthly statements of a product.',
    }),
  ],
};

export const BANK_ISSUES: Dataset = {
  ...mart,
  name: 'bank_issue_resolution',
  description: 'How long tickets of each type took.',
  columns: {
    issue_type: 'String',
    tickets: 'UInt64',
    resolved_tickets: 'UInt64',
    avg_resolution_time: 'Nullable(Decimal(38, 2))',
    longest_resolution_time: 'Nullable(Decimal(10, 2))',
  },
  metrics: [
    metricOfColumn({
      name: 'avg_resolution_time',
      title: 'Average hours',
      sql: 'if(uniqExact(issue_type) <= 1, max(avg_resolution_time), NULL)',
      format: ',.2f',
      description: 'Hours from opening to resolution, over resolved tickets of one type.',
    }),
    metricOfColumn({ name: 'tickets', title: 'Tickets', sql: 'sum(tickets)', description: 'Open ones included.' }),
  ],
};
