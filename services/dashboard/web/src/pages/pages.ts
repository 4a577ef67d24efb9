import type { JSX } from 'preact';
import { AboutPage } from './about/about-page.tsx';
import { ChurnPage } from './churn/churn-page.tsx';
import { ContractPage } from './contract/contract-page.tsx';
import { CustomersPage } from './customers/customers-page.tsx';
import { FunnelPage } from './funnel/funnel-page.tsx';
import { LineagePage } from './lineage/lineage-page.tsx';
import { LivePage } from './live/live-page.tsx';
import { OverviewPage } from './overview/overview-page.tsx';
import { PipelinePage } from './pipeline/pipeline-page.tsx';
import { QualityPage } from './quality/quality-page.tsx';
import { SegmentsPage } from './segments/segments-page.tsx';

/** What the pages of a group have in common. */
export const GROUPS = { figures: 'Figures', platform: 'Data and platform' } as const;

export interface Page {
  readonly path: string;
  readonly title: string;
  readonly group: keyof typeof GROUPS;
  readonly component: () => JSX.Element;
}

/** Every page of the dashboard, in the order of the navigation. The server answers each `path` with the front end. */
export const PAGES: readonly [Page, ...Page[]] = [
  { path: '/', title: 'Live', group: 'figures', component: LivePage },
  { path: '/overview', title: 'Overview', group: 'figures', component: OverviewPage },
  { path: '/segments', title: 'Segments', group: 'figures', component: SegmentsPage },
  { path: '/customers', title: 'Customers', group: 'figures', component: CustomersPage },
  { path: '/funnel', title: 'Funnel', group: 'figures', component: FunnelPage },
  { path: '/churn', title: 'Churn and value', group: 'figures', component: ChurnPage },
  { path: '/quality', title: 'Data quality', group: 'platform', component: QualityPage },
  { path: '/pipeline', title: 'Pipeline', group: 'platform', component: PipelinePage },
  { path: '/lineage', title: 'Lineage', group: 'platform', component: LineagePage },
  { path: '/contract', title: 'Data contract', group: 'platform', component: ContractPage },
  { path: '/about', title: 'About', group: 'platform', component: AboutPage },
];
