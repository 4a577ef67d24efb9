import type { Dashboard } from '../asset-types.ts';
import { CHURN_SCORES, CHURN_TEST, CUSTOMER_VALUES } from '../datasets-models.ts';

const value = { kind: 'number', dataset: CUSTOMER_VALUES, width: 2 } as const;
const risk = { kind: 'number', dataset: CHURN_SCORES, width: 2 } as const;

export const CHURN: Dashboard = {
  slug: 'churn-and-lifetime-value',
  title: 'Churn and Lifetime Value',
  description:
    'Who is likely to leave, and what customers are expected to bring; of one source, by the models published.',
  filters: [{ name: 'Source', dataset: CUSTOMER_VALUES, column: 'source', initial: 'retail' }],
  rows: [
    [
      {
        ...value,
        slug: 'customers',
        title: 'Customers',
        metrics: ['customers'],
        description: 'Customers with a purchase, gone ones included.',
      },
      {
        ...value,
        slug: 'still-customers',
        title: 'Still customers, %',
        metrics: ['still_customers'],
        description: 'Mean probability of not having left for good.',
      },
      {
        ...value,
        slug: 'expected-value',
        title: 'Expected value',
        metrics: ['expected_value'],
        description: 'Margin expected within the horizon, discounted, over all customers.',
      },
      {
        ...risk,
        slug: 'scored',
        title: 'Customers with a churn score',
        metrics: ['scored'],
        description: 'Customers who were there at the as-of day, by the meaning of churn in the back-test below.',
      },
      {
        ...risk,
        slug: 'mean-churn',
        title: 'Churn probability, %',
        metrics: ['mean_churn'],
        description: 'Mean over the scored customers, within the horizon.',
      },
      {
        ...risk,
        slug: 'expected-churn',
        title: 'Expected to leave',
        metrics: ['expected_churn'],
        description: 'Sum of the probabilities of the scored customers.',
      },
    ],
    [
      {
        slug: 'alive-bands',
        kind: 'bar',
        title: 'Customers by probability of still being one',
        dataset: CUSTOMER_VALUES,
        x: 'alive_from',
        width: 6,
        metrics: ['customers'],
        description: 'Customers by tenths of the probability; 0.9 is 0.9 to 1.',
      },
      {
        slug: 'risk-deciles',
        kind: 'bar',
        title: 'Expected to leave, by tenth of risk',
        dataset: CHURN_SCORES,
        x: 'risk_decile',
        width: 6,
        metrics: ['expected_churn'],
        description: 'Sum of the probabilities in each tenth of the customers; 1 has the highest scores.',
      },
    ],
    [
      {
        slug: 'most-valuable',
        kind: 'table',
        title: 'Worth most',
        dataset: CUSTOMER_VALUES,
        by: ['customer_id', 'reason'],
        limit: 20,
        width: 7,
        metrics: ['expected_value', 'alive'],
        description: 'The twenty customers with the greatest expected value, and why.',
      },
      {
        slug: 'back-test',
        kind: 'table',
        title: 'How good the churn scores are',
        dataset: CHURN_TEST,
        by: ['meaning', 'method'],
        width: 5,
        metrics: ['roc_auc', 'ece', 'tested', 'left'],
        description: 'Scores against what became of customers whom the model had not seen.',
      },
    ],
  ],
};
