import type { Dashboard } from '../asset-types.ts';
import { COUNTRIES, CUSTOMERS_OVER_TIME, PUBLICATIONS } from '../datasets-shop.ts';

const number = { kind: 'number', dataset: COUNTRIES, width: 2 } as const;
const byCountry = { kind: 'bar', dataset: COUNTRIES, x: 'country', limit: 15, width: 6 } as const;

export const MARKET: Dashboard = {
  slug: 'market-by-country',
  title: 'Market by Country',
  description: 'Customers of one source by country, tier and channel, as of the publication.',
  filters: [
    { name: 'Source', dataset: COUNTRIES, column: 'source', initial: 'shop' },
    { name: 'Country', dataset: COUNTRIES, column: 'country' },
    { name: 'Tier', dataset: COUNTRIES, column: 'tier' },
    { name: 'Channel', dataset: COUNTRIES, column: 'channel' },
  ],
  rows: [
    [
      {
        ...number,
        slug: 'sessions',
        title: 'Sessions',
        metrics: ['customer_sessions'],
        description: 'Sessions of known customers so far.',
      },
      {
        ...number,
        slug: 'events',
        title: 'Events',
        metrics: ['customer_web_events'],
        description: 'Web events of known customers so far.',
      },
      {
        ...number,
        slug: 'orders',
        title: 'Orders',
        metrics: ['customer_orders'],
        description: 'Orders of customers so far that were neither cancelled nor returned.',
      },
      {
        ...number,
        slug: 'customers',
        title: 'Customers',
        metrics: ['num_customers'],
        description: 'Registered customers, those without any activity included.',
      },
      {
        ...number,
        slug: 'revenue',
        title: 'Revenue',
        metrics: ['total_spend'],
        description: 'Valid orders plus signed credit notes of customers so far, in the reporting currency.',
      },
      {
        ...number,
        slug: 'updates',
        title: 'Updates',
        dataset: PUBLICATIONS,
        metrics: ['publications'],
        description: 'How often the marts have been published; of no filter.',
      },
    ],
    [
      {
        ...byCountry,
        slug: 'country-orders',
        title: 'Orders by country, 30 days',
        metrics: ['orders_last_30_days'],
        description: 'Valid orders of the 30 days up to the as-of day, of the 15 countries with most.',
      },
      {
        ...byCountry,
        slug: 'country-spend',
        title: 'Spend by country, 30 days',
        metrics: ['spend_last_30_days'],
        description: 'Spend of the 30 days up to the as-of day, of the 15 countries with most.',
      },
    ],
    [
      {
        slug: 'customers-over-time',
        kind: 'line',
        title: 'Total customers over time',
        dataset: CUSTOMERS_OVER_TIME,
        x: 'registration_month',
        width: 12,
        metrics: ['customers_so_far'],
        description: 'Customers registered up to the end of each month; of the source alone.',
      },
    ],
  ],
};
