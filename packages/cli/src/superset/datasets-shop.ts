import { supersetMetrics } from '@ebb/contracts';
import type { Dataset } from './asset-types.ts';
import { metricOfColumn } from './metric-of-column.ts';

const mart = { database: 'clickhouse', schema: 'marts' } as const;

export const COUNTRIES: Dataset = {
  ...mart,
  name: 'customer_country_summary',
  description: 'Customers by country, tier and channel, as of the publication.',
  columns: {
    source: 'String',
    country: 'String',
    tier: 'String',
    channel: 'String',
    currency: 'String',
    num_customers: 'UInt64',
    total_orders: 'UInt64',
    total_spend: 'Nullable(Decimal(38, 4))',
    orders_last_30_days: 'UInt64',
    spend_last_30_days: 'Nullable(Decimal(38, 4))',
    total_web_events: 'UInt64',
    unique_sessions: 'UInt64',
  },
  metrics: supersetMetrics('customer_country_summary'),
};

export const MONTHS: Dataset = {
  ...mart,
  name: 'customer_monthly_summary',
  description: 'Customers by the month they registered in, with what they have done since.',
  columns: {
    source: 'String',
    registration_month: 'Date',
    currency: 'String',
    new_customers: 'UInt64',
    total_orders: 'UInt64',
    total_spend: 'Nullable(Decimal(38, 4))',
    total_web_events: 'UInt64',
  },
  metrics: supersetMetrics('customer_monthly_summary'),
};

export const CUSTOMERS_OVER_TIME: Dataset = {
  ...mart,
  name: 'customers_over_time',
  description: 'Customers registered up to the end of each month.',
  sql: `SELECT source, registration_month,
  sum(new_customers) OVER (PARTITION BY source ORDER BY registration_month) AS customers_so_far
FROM marts.customer_monthly_summary`,
  columns: { source: 'String', registration_month: 'Date', customers_so_far: 'UInt64' },
  metrics: [
    metricOfColumn({
      name: 'customers_so_far',
      title: 'Customers so far',
      sql: 'if(uniqExact(source, registration_month) <= 1, max(customers_so_far), NULL)',
      description: 'Customers registered up to the end of the month.',
    }),
  ],
};

export const PUBLICATIONS: Dataset = {
  ...mart,
  name: 'publications',
  description: 'Builds of the marts that were published.',
  sql: `SELECT id, as_of, as_of_retail, built_at, state, models, tests_passed, tests_warned,
  dateDiff('minute', built_at, now64(3, 'UTC')) / 60.0 AS age_hours
FROM marts.publication FINAL WHERE state IN ('published', 'replaced')`,
  columns: {
    id: 'String',
    as_of: 'Date',
    built_at: "DateTime64(3, 'UTC')",
    state: 'String',
    models: 'UInt32',
    tests_passed: 'UInt32',
    tests_warned: 'UInt32',
    age_hours: 'Float64',
  },
  // Its age grows while nothing is published.
  isLive: true,
  metrics: [
    metricOfColumn({
      name: 'publications',
      title: 'Updates',
      sql: 'count()',
      description: 'Publications so far, replaced ones included.',
    }),
    metricOfColumn({
      name: 'age_hours',
      title: 'Age of the marts, hours',
      sql: 'min(age_hours)',
      format: ',.1f',
      description: 'Since the newest publication.',
    }),
    metricOfColumn({
      name: 'tests_passed',
      title: 'Tests passed',
      sql: 'argMax(tests_passed, built_at)',
      description: 'Of the newest publication.',
    }),
    metricOfColumn({
      name: 'tests_warned',
      title: 'Warnings',
      sql: 'argMax(tests_warned, built_at)',
      description: 'Tests of the newest publication that warned.',
    }),
  ],
};
