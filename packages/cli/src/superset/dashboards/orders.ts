import type { Dashboard } from '../asset-types.ts';
import { ORDER_MINUTES, ORDERS_TODAY, PROCESS_TIMES } from '../datasets-live.ts';

const number = { kind: 'number', dataset: ORDERS_TODAY } as const;
const trend = { kind: 'line', dataset: ORDER_MINUTES, x: 'window_start', width: 6 } as const;

export const ORDERS: Dashboard = {
  slug: 'real-time-orders',
  title: 'Real-Time Orders Tracking',
  description: 'Orders of today, of one source in one currency: amounts of different currencies are never added up.',
  refreshSeconds: 10,
  filters: [
    { name: 'Source', dataset: ORDERS_TODAY, column: 'source', initial: 'shop' },
    { name: 'Currency', dataset: ORDERS_TODAY, column: 'currency', initial: 'USD' },
  ],
  rows: [
    [
      {
        ...number,
        slug: 'orders',
        title: 'Orders',
        width: 2,
        metrics: ['total_orders'],
        description: 'Orders bought today, whatever became of them; credit notes and adjustments are not orders.',
      },
      {
        ...number,
        slug: 'revenue',
        title: 'Revenue',
        width: 3,
        metrics: ['net_amount'],
        description:
          'Net revenue of today: orders neither cancelled nor returned, plus credit notes, which are negative.',
      },
      {
        ...number,
        slug: 'products',
        title: 'Products',
        width: 2,
        metrics: ['total_products'],
        description: 'Lines on the orders of today; three of one article on one line count once.',
      },
      {
        ...number,
        slug: 'average-order',
        title: 'Average orders',
        width: 3,
        metrics: ['avg_amount'],
        description: 'Average amount of the valid orders of today, before credit notes.',
      },
      {
        slug: 'process-time',
        kind: 'number',
        title: 'Event process time, ms',
        width: 2,
        dataset: PROCESS_TIMES,
        metrics: ['event_process_time'],
        description:
          'Median over the newest 500 documents of today, from the broker to the commit in Postgres; of all sources.',
      },
    ],
    [
      {
        ...trend,
        slug: 'orders-and-products',
        title: 'Orders and Products',
        metrics: ['total_orders', 'total_products'],
        description: 'Orders, and the lines on them, of each minute of today.',
      },
      {
        ...trend,
        slug: 'revenue-per-minute',
        title: 'Revenue per minute',
        metrics: ['net_amount'],
        description: 'Net revenue of each minute of today.',
      },
    ],
  ],
};
