import type { Dashboard } from '../asset-types.ts';
import { MONTHS } from '../datasets-shop.ts';

const number = { kind: 'number', dataset: MONTHS, width: 3 } as const;

export const ACQUISITION: Dashboard = {
  slug: 'customers-acquisition',
  title: 'Customers Acquisition',
  description: 'Customers of one source by the month they registered in, with what they have done since.',
  filters: [{ name: 'Source', dataset: MONTHS, column: 'source', initial: 'shop' }],
  rows: [
    [
      {
        ...number,
        slug: 'new-customers',
        title: 'New Customers',
        metrics: ['new_customers'],
        description: 'Customers who registered in the chosen months; who has no date of registration is not in it.',
      },
      {
        ...number,
        slug: 'revenue',
        title: 'Revenue',
        metrics: ['cohort_spend'],
        description: 'What they have spent since: valid orders plus signed credit notes, in the reporting currency.',
      },
      {
        ...number,
        slug: 'orders',
        title: 'Total orders',
        metrics: ['cohort_orders'],
        description: 'Their orders since that were neither cancelled nor returned.',
      },
      {
        ...number,
        slug: 'events',
        title: 'Events',
        metrics: ['cohort_web_events'],
        description: 'Their web events since.',
      },
    ],
    [
      {
        slug: 'acquisition-trend',
        kind: 'bar',
        title: 'Date of acquisition',
        dataset: MONTHS,
        x: 'registration_month',
        width: 12,
        metrics: ['new_customers'],
        description: 'New customers by the month they registered in.',
      },
    ],
  ],
};
