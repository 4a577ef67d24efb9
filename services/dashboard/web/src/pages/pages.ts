import type { JSX } from 'preact';
import { ChurnPage } from './churn/churn-page.tsx';
import { CustomersPage } from './customers/customers-page.tsx';
import { FunnelPage } from './funnel/funnel-page.tsx';
import { LivePage } from './live/live-page.tsx';
import { OverviewPage } from './overview/overview-page.tsx';
import { SegmentsPage } from './segments/segments-page.tsx';

export interface Page {
  readonly path: string;
  readonly title: string;
  readonly component: () => JSX.Element;
}

/** Every page of the dashboard, in the order of the navigation. The server answers each `path` with the front end. */
export const PAGES: readonly [Page, ...Page[]] = [
  { path: '/', title: 'Live', component: LivePage },
  { path: '/overview', title: 'Overview', component: OverviewPage },
  { path: '/segments', title: 'Segments', component: SegmentsPage },
  { path: '/customers', title: 'Customers', component: CustomersPage },
  { path: '/funnel', title: 'Funnel', component: FunnelPage },
  { path: '/churn', title: 'Churn and value', component: ChurnPage },
];
