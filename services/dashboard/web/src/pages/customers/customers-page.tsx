import type { JSX } from 'preact';
import { type MetricByName, useMetrics } from '../../report/use-metrics.ts';
import { useSearch } from '../../report/use-search.ts';
import { CustomerView } from './customer-view.tsx';
import { CustomersList } from './customers-list.tsx';
import { readCustomersChoice } from './customers-choice.ts';

const NO_METRICS: MetricByName = new Map();

/** Customers: found by their id, and everything about one. */
export function CustomersPage(): JSX.Element {
  const [search, change] = useSearch();
  const choice = readCustomersChoice(search);
  const metrics = useMetrics() ?? NO_METRICS;
  if (choice.customer === null || choice.source === null) {
    return <CustomersList choice={choice} change={change} metrics={metrics} />;
  }
  const { source, customer } = choice;
  return (
    <CustomerView key={`${source} ${customer}`} source={source} customer={customer} change={change} metrics={metrics} />
  );
}
