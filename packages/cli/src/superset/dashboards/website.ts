import type { Dashboard } from '../asset-types.ts';
import { WEB_MINUTES, WEB_TODAY } from '../datasets-live.ts';

const number = { kind: 'number', dataset: WEB_TODAY, width: 3 } as const;
const trend = { kind: 'line', dataset: WEB_MINUTES, x: 'window_start', width: 6 } as const;

export const WEBSITE: Dashboard = {
  slug: 'website-traffic',
  title: 'Website Traffic Monitoring',
  description: 'Visits of today, counted while they happen. A day is that of the business time zone.',
  refreshSeconds: 10,
  filters: [{ name: 'Source', dataset: WEB_TODAY, column: 'source', initial: 'shop' }],
  rows: [
    [
      {
        ...number,
        slug: 'average-events',
        title: 'Average Events',
        dataset: WEB_MINUTES,
        metrics: ['average_events'],
        description: 'Events per minute of today, over the minutes in which at least one event happened.',
      },
      {
        ...number,
        slug: 'unique-users',
        title: 'Unique users',
        metrics: ['unique_users'],
        description: 'Different users with an event today, each counted once. It is not the sum of the minutes below.',
      },
      {
        ...number,
        slug: 'page-views',
        title: 'Page views',
        metrics: ['total_page_views'],
        description: 'Events of type page_view today.',
      },
      {
        ...number,
        slug: 'product-clicks',
        title: 'Products Clicks',
        metrics: ['total_product_clicks'],
        description: 'Events of type product_view today.',
      },
    ],
    [
      {
        slug: 'total-events',
        kind: 'gauge',
        title: 'Total events',
        dataset: WEB_TODAY,
        width: 4,
        metrics: ['total_events'],
        description: 'All accepted events of today, each once however often it was sent.',
      },
      {
        ...trend,
        slug: 'users-tracking',
        title: 'Users Tracking',
        width: 8,
        metrics: ['unique_users'],
        description: 'Different users of each minute of today.',
      },
    ],
    [
      {
        ...trend,
        slug: 'clicks-tracking',
        title: 'Clicks Tracking',
        width: 12,
        metrics: ['total_page_views', 'total_product_clicks'],
        description: 'Page views and product clicks of each minute of today.',
      },
    ],
  ],
};
