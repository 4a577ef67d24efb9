import { type MetricDefinition, onlyWithin } from './metric-definition.ts';

const CUSTOMERS = {
  owner: 'shop',
  mart: 'customer_country_summary',
  grain: ['build'],
  per: ['source', 'country', 'tier', 'channel'],
} as const;
const COHORT = {
  owner: 'shop',
  mart: 'customer_monthly_summary',
  grain: ['cohort'],
  per: ['source', 'registration_month'],
} as const;
const RECENT = 'of the 30 days up to the as-of day';

/** Of the shop's customers, as of the day of the publication. */
export const SHOP_METRICS: readonly MetricDefinition[] = [
  {
    ...CUSTOMERS,
    name: 'num_customers',
    title: 'Customers',
    formula: 'count of customers',
    unit: 'count',
    sql: onlyWithin(['source'], 'sum(num_customers)'),
    description: 'Registered customers, those without any activity included.',
  },
  {
    ...CUSTOMERS,
    name: 'total_spend',
    title: 'Spend',
    formula: 'amount of valid orders + signed amount of credit notes, in the reporting currency',
    unit: 'amount',
    sql: onlyWithin(['source', 'currency'], 'if(countIf(total_spend IS NULL) = 0, sum(total_spend), NULL)'),
    description:
      'What customers have spent so far: orders neither cancelled nor returned, and their credit notes. Empty where a ' +
      'rate of exchange is missing, never less.',
  },
  {
    ...CUSTOMERS,
    name: 'spend_last_30_days',
    title: 'Spend, 30 days',
    formula: `as total_spend, of documents ${RECENT}`,
    unit: 'amount',
    sql: onlyWithin(
      ['source', 'currency'],
      'if(countIf(spend_last_30_days IS NULL) = 0, sum(spend_last_30_days), NULL)',
    ),
    description: `Spend ${RECENT}; computed anew for every customer in every build.`,
  },
  {
    ...CUSTOMERS,
    name: 'orders_last_30_days',
    title: 'Orders, 30 days',
    formula: `valid orders ${RECENT}`,
    unit: 'count',
    sql: onlyWithin(['source'], 'sum(orders_last_30_days)'),
    description: `Orders neither cancelled nor returned, bought in the days ${RECENT}.`,
  },
  {
    ...CUSTOMERS,
    name: 'customer_orders',
    title: 'Orders of customers',
    formula: 'valid orders of known customers',
    unit: 'count',
    sql: onlyWithin(['source'], 'sum(total_orders)'),
    description: 'Orders of known customers so far, neither cancelled nor returned.',
  },
  {
    ...CUSTOMERS,
    name: 'customer_sessions',
    title: 'Sessions of customers',
    formula: 'sum over customers of their distinct sessions',
    unit: 'count',
    sql: onlyWithin(['source'], 'sum(unique_sessions)'),
    description: 'Sessions of known customers so far; those of visitors whom nobody knows are not in it.',
  },
  {
    ...CUSTOMERS,
    name: 'customer_web_events',
    title: 'Events of customers',
    formula: 'count of web events of known customers',
    unit: 'count',
    sql: onlyWithin(['source'], 'sum(total_web_events)'),
    description: 'Web events of known customers so far; those of visitors whom nobody knows are not in it.',
  },
  {
    ...COHORT,
    name: 'new_customers',
    title: 'New customers',
    formula: 'count of customers by the month they registered in',
    unit: 'count',
    sql: onlyWithin(['source'], 'sum(new_customers)'),
    description: 'Customers without a registration date are not in it.',
  },
  {
    ...COHORT,
    name: 'cohort_spend',
    title: 'Spend of new customers',
    formula: 'as total_spend, of the customers of the months of registration',
    unit: 'amount',
    sql: onlyWithin(['source', 'currency'], 'if(countIf(total_spend IS NULL) = 0, sum(total_spend), NULL)'),
    description:
      'What customers have spent since they registered. Empty where a rate of exchange is missing, never less.',
  },
  {
    ...COHORT,
    name: 'cohort_orders',
    title: 'Orders of new customers',
    formula: 'valid orders of the customers of the months of registration',
    unit: 'count',
    sql: onlyWithin(['source'], 'sum(total_orders)'),
    description: 'Orders since they registered, neither cancelled nor returned.',
  },
  {
    ...COHORT,
    name: 'cohort_web_events',
    title: 'Events of new customers',
    formula: 'count of web events of the customers of the months of registration',
    unit: 'count',
    sql: onlyWithin(['source'], 'sum(total_web_events)'),
    description: 'Their web events since they registered.',
  },
  {
    name: 'conversion_rate',
    title: 'Conversion',
    owner: 'shop',
    formula: 'sessions that reached checkout / sessions',
    unit: 'share',
    grain: ['day'],
    per: ['source', 'day', 'device', 'channel', 'country'],
    mart: 'funnel_steps',
    sql: onlyWithin(['source'], "sumIf(sessions, step = 'checkout') / nullIf(sumIf(sessions, step = 'visit'), 0)"),
    description:
      'Share of sessions that went through all steps of the funnel in order, by the day they began on. A ratio of sums, ' +
      'so it is right for any days and devices together.',
  },
  {
    name: 'retention_rate',
    title: 'Retention',
    owner: 'shop',
    formula: 'active members of a cohort / its size',
    unit: 'share',
    grain: ['cohort'],
    per: ['source', 'activity', 'period', 'cohort', 'periods_since'],
    mart: 'retention_cohorts',
    sql: onlyWithin(
      ['source', 'activity', 'period', 'periods_since'],
      'sumIf(active, is_complete) / nullIf(sumIf(cohort_size, is_complete), 0)',
    ),
    description:
      'Of those who began in a period, the share that is active some periods later; unfinished periods are left out.',
  },
];
