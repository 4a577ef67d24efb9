import type { JSX } from 'preact';
import type { Customers, Profile } from '../../api-types.ts';
import { ChoiceField } from '../../components/choice-field.tsx';
import type { Column } from '../../components/data-table.tsx';
import { Term } from '../../components/term.tsx';
import { formatCount, formatMoney } from '../../format.ts';
import { definitionOf } from '../../report/metric-text.ts';
import { PagedTable } from '../../report/paged-table.tsx';
import { ReportFrame } from '../../report/report-frame.tsx';
import type { MetricByName } from '../../report/use-metrics.ts';
import { useReport } from '../../report/use-report.ts';
import type { SearchChange } from '../../report/use-search.ts';
import { customerPath, type CustomersChoice, listQuery } from './customers-choice.ts';

interface Props {
  choice: CustomersChoice;
  change: (change: SearchChange) => void;
  metrics: MetricByName;
}

/** Customers of a source whose id holds what was typed. */
export function CustomersList({ choice, change, metrics }: Props): JSX.Element {
  const report = useReport<Customers>(`/api/customers${listQuery(choice)}`);
  return (
    <ReportFrame
      title="Customers"
      subtitle={`Customers of ${report.data?.source ?? ''}; names and addresses are not shown`}
      report={report}
      controls={report.data === null ? null : <Controls customers={report.data} choice={choice} change={change} />}
    >
      {(customers) => <Found customers={customers} choice={choice} change={change} metrics={metrics} />}
    </ReportFrame>
  );
}

function Controls(props: Omit<Props, 'metrics'> & { customers: Customers }): JSX.Element {
  const { customers, choice, change } = props;
  return (
    <>
      <ChoiceField
        label="Source"
        value={customers.source}
        options={customers.sources}
        onChoice={(source) => change({ source, text: null, page: null })}
      />
      <label class="field">
        <span>Id holds</span>
        <input
          type="search"
          maxLength={100}
          value={choice.text}
          onChange={(event) => change({ text: event.currentTarget.value.trim(), page: null })}
        />
      </label>
    </>
  );
}

function Found({ customers, choice, change, metrics }: Props & { customers: Customers }): JSX.Element {
  if (customers.total === 0) {
    return (
      <div class="notice" data-notice="nobody">
        <h2>Nobody found</h2>
        <p>
          {choice.text === ''
            ? `The publication knows no customer of ${customers.source}.`
            : `No id of ${customers.source} holds “${choice.text}”.`}
        </p>
      </div>
    );
  }
  return (
    <section class="section" aria-label="Customers">
      <div class="card">
        <PagedTable
          id="customers"
          caption="Customers found"
          columns={columnsOf(metrics)}
          rows={customers.customers}
          rowKey={({ customerId }) => customerId}
          of="the customers"
          total={customers.total}
          page={choice.page}
          change={change}
        />
      </div>
    </section>
  );
}

function columnsOf(metrics: MetricByName): Column<Profile>[] {
  return [
    {
      key: 'customer',
      head: 'Customer',
      cell: ({ source, customerId }) => <a href={customerPath(source, customerId)}>{customerId}</a>,
    },
    { key: 'tier', head: 'Tier', look: 'short', cell: ({ tier }) => tier ?? '–' },
    { key: 'country', head: 'Country', look: 'short', cell: ({ country }) => country ?? '–' },
    {
      key: 'spend',
      head: <Term kpi={definitionOf(metrics.get('total_spend'))} label="Spend" />,
      look: 'number',
      cell: ({ spend, currency }) => formatMoney(spend, currency),
    },
    { key: 'orders', head: 'Orders', look: 'number', cell: ({ orders }) => formatCount(orders) },
    {
      key: 'purchase',
      head: 'Days since purchase',
      look: 'number',
      cell: ({ daysSincePurchase }) => formatCount(daysSincePurchase),
    },
    {
      key: 'visit',
      head: 'Days since visit',
      look: 'number',
      cell: ({ daysSinceVisit }) => formatCount(daysSinceVisit),
    },
  ];
}
