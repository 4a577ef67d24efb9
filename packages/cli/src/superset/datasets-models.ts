import type { Dataset } from './asset-types.ts';
import { metricOfColumn } from './metric-of-column.ts';

const models = { database: 'clickhouse', schema: 'ml' } as const;

export const CUSTOMER_VALUES: Dataset = {
  ...models,
  name: 'customer_clv',
  description: 'What customers without a contract are expected to bring, and whether they are still there.',
  sql: `SELECT source, customer_id, purchases, horizon_days, probability_alive, expected_purchases, expected_spend, clv,
  clv_low, clv_high, reason, as_of, least(floor(probability_alive * 10) / 10, 0.9) AS alive_from
FROM ml.customer_clv`,
  columns: {
    source: 'String',
    customer_id: 'String',
    purchases: 'UInt32',
    probability_alive: 'Float64',
    expected_purchases: 'Float64',
    clv: 'Float64',
    reason: 'String',
    as_of: 'Date',
    alive_from: 'Float64',
  },
  metrics: [
    metricOfColumn({
      name: 'customers',
      title: 'Customers',
      sql: 'count()',
      description: 'Customers with a purchase.',
    }),
    metricOfColumn({
      name: 'expected_value',
      title: 'Expected value',
      sql: 'if(uniqExact(source) <= 1, sum(clv), NULL)',
      format: ',.2f',
      description: 'Margin expected within the horizon, discounted, in the reporting currency.',
    }),
    metricOfColumn({
      name: 'expected_purchases',
      title: 'Expected purchases',
      sql: 'if(uniqExact(source) <= 1, sum(expected_purchases), NULL)',
      format: ',.1f',
      description: 'Days with a purchase expected within the horizon.',
    }),
    metricOfColumn({
      name: 'still_customers',
      title: 'Still customers, %',
      sql: '100 * avg(probability_alive)',
      format: ',.1f',
      description: 'Mean probability of not having left for good.',
    }),
    metricOfColumn({
      name: 'alive',
      title: 'P(still a customer)',
      sql: 'if(count() = 1, max(probability_alive), NULL)',
      format: '.2f',
      description: 'Of one customer.',
    }),
  ],
};

export const CHURN_SCORES: Dataset = {
  ...models,
  name: 'customer_churn',
  description: 'How likely each customer is to leave within the horizon.',
  columns: {
    source: 'String',
    customer_id: 'String',
    horizon_days: 'UInt16',
    churn_probability: 'Float64',
    churn_low: 'Float64',
    churn_high: 'Float64',
    risk_decile: 'UInt8',
    as_of: 'Date',
  },
  metrics: [
    metricOfColumn({ name: 'scored', title: 'Customers', sql: 'count()', description: 'Customers with a score.' }),
    metricOfColumn({
      name: 'expected_churn',
      title: 'Expected to leave',
      sql: 'if(uniqExact(source) <= 1, sum(churn_probability), NULL)',
      format: ',.0f',
      description: 'Sum of the probabilities: how many leave within the horizon if the scores are right.',
    }),
    metricOfColumn({
      name: 'mean_churn',
      title: 'Churn probability, %',
      sql: '100 * avg(churn_probability)',
      format: ',.1f',
      description: 'Mean over the customers.',
    }),
  ],
};

export const CHURN_TEST: Dataset = {
  ...models,
  name: 'churn_back_test',
  description: 'How good the scores were on customers whose fate is known.',
  columns: {
    source: 'String',
    meaning: 'String',
    method: 'String',
    customers: 'UInt32',
    churned: 'UInt32',
    roc_auc: 'Float64',
    ece: 'Float64',
    as_of: 'Date',
  },
  metrics: [
    metricOfColumn({
      name: 'roc_auc',
      title: 'ROC AUC',
      sql: 'if(count() = 1, max(roc_auc), NULL)',
      format: '.3f',
      description: 'Of two customers of whom one left, how often that one had the higher score.',
    }),
    metricOfColumn({
      name: 'ece',
      title: 'Calibration error',
      sql: 'if(count() = 1, max(ece), NULL)',
      format: '.3f',
      description: 'Expected calibration error, ten bins.',
    }),
    metricOfColumn({
      name: 'tested',
      title: 'Customers of the test',
      sql: 'sum(customers)',
      description: 'None of whom the model had seen.',
    }),
    metricOfColumn({ name: 'left', title: 'Of them left', sql: 'sum(churned)', description: 'Within the horizon.' }),
  ],
};
