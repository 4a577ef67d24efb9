import type { JSX } from 'preact';
import type { Churn, ClusterValue } from '../../api-types.ts';
import { type Column, DataTable } from '../../components/data-table.tsx';
import { formatCount, formatDate, formatMoney, formatPercent } from '../../format.ts';

/** What the customers of each cluster are expected to bring. */
export function ValueSection({ churn }: { churn: Churn }): JSX.Element {
  const { value, currency, source } = churn;
  return (
    <section class="section" aria-labelledby="value-title">
      <div class="section-head">
        <h2 id="value-title">Expected value by cluster</h2>
        <p>{value === null ? '' : `Of ${formatCount(value.horizonDays)} days from ${formatDate(value.asOf)} on`}</p>
      </div>
      <div class="card">
        {value === null ? (
          <p class="lead" data-clv="none">
            No run of clv for {source} is published: <code>npx ebb models run clv --source {source}</code>
          </p>
        ) : (
          <DataTable
            id="values"
            caption="Clusters by expected value"
            columns={columnsOf(currency)}
            rows={value.clusters}
            rowKey={({ cluster }) => cluster}
          />
        )}
      </div>
    </section>
  );
}

function columnsOf(currency: string | null): Column<ClusterValue>[] {
  return [
    { key: 'cluster', head: 'Cluster', cell: ({ cluster }) => (cluster === '' ? 'in none' : cluster) },
    { key: 'n', head: 'n', look: 'number', cell: ({ customers }) => formatCount(customers) },
    { key: 'total', head: 'Together', look: 'number', cell: ({ total }) => formatMoney(total, currency) },
    { key: 'average', head: 'Average', look: 'number', cell: ({ average }) => formatMoney(average, currency) },
    { key: 'alive', head: 'Not gone for good', look: 'number', cell: ({ alive }) => formatPercent(alive) },
  ];
}
