import { OUTLET } from '@ebb/testing';

/** Every page of published figures, where the seeds give it all of them. */
export const REPORT_PAGES = [
  { title: 'Overview', path: `/overview?source=${OUTLET}&currency=USD` },
  { title: 'Segments', path: '/segments' },
  { title: 'Customers', path: `/customers?source=${OUTLET}` },
  { title: 'One customer', path: `/customers?source=${OUTLET}&customer=u0` },
  { title: 'Funnel', path: `/funnel?source=${OUTLET}&from=2026-03-08&to=2026-03-14` },
  { title: 'Churn and value', path: `/churn?source=${OUTLET}` },
  { title: 'Data quality', path: '/quality' },
  { title: 'Lineage', path: '/lineage' },
  { title: 'Data contract', path: '/contract' },
] as const;
