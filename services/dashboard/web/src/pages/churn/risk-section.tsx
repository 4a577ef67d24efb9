import type { JSX } from 'preact';
import type { Risk, Risks } from '../../api-types.ts';
import type { Column } from '../../components/data-table.tsx';
import { formatCount, formatMoney, formatPercent } from '../../format.ts';
import { PagedTable } from '../../report/paged-table.tsx';
import { Part } from '../../report/part.tsx';
import { useReport } from '../../report/use-report.ts';
import type { SearchChange } from '../../report/use-search.ts';
import { customerPath } from '../customers/customers-choice.ts';
import { reasonWords } from '../customers/score-words.ts';
import { type ChurnChoice, DECILES, risksQuery } from './churn-choice.ts';

/** Who may leave, the greatest risk first, and why. */
export function RiskSection(props: {
  source: string;
  currency: string | null;
  choice: ChurnChoice;
  change: (change: SearchChange) => void;
}): JSX.Element {
  const { source, currency, choice, change } = props;
  const report = useReport<Risks>(`/api/churn/risks${risksQuery({ ...choice, source })}`);
  return (
    <section class="section" aria-labelledby="risks-title">
      <div class="section-head">
        <h2 id="risks-title">Who may leave</h2>
        <p>With the share that left among customers of such a score</p>
      </div>
      <div class="card">
        <label class="field table-tools">
          <span>Tenth of risk</span>
          <select
            value={choice.decile === null ? '' : String(choice.decile)}
            onChange={(event) => change({ decile: event.currentTarget.value, page: null })}
          >
            <option value="">all</option>
            {DECILES.map((decile) => (
              <option key={decile} value={String(decile)}>
                {decile === 1 ? '1, the highest' : decile}
              </option>
            ))}
          </select>
        </label>
        <Part report={report}>
          {(risks) =>
            risks.total === 0 ? (
              <p class="lead">Nobody.</p>
            ) : (
              <PagedTable
                id="risks"
                caption="Customers by risk"
                columns={columnsOf(source, currency)}
                rows={risks.customers}
                rowKey={({ customerId }) => customerId}
                of="the customers at risk"
                total={risks.total}
                page={choice.page}
                change={change}
              />
            )
          }
        </Part>
      </div>
    </section>
  );
}

function columnsOf(source: string, currency: string | null): Column<Risk>[] {
  return [
    {
      key: 'customer',
      head: 'Customer',
      look: 'short',
      cell: ({ customerId }) => <a href={customerPath(source, customerId)}>{customerId}</a>,
    },
    { key: 'score', head: 'Score', look: 'number', cell: ({ probability }) => formatPercent(probability) },
    {
      key: 'interval',
      head: '90 % interval',
      look: 'number',
      cell: ({ low, high }) => `${formatPercent(low)} to ${formatPercent(high)}`,
    },
    { key: 'n', head: 'n', look: 'number', cell: ({ comparableCustomers }) => formatCount(comparableCustomers) },
    { key: 'decile', head: 'Tenth', look: 'number', cell: ({ riskDecile }) => riskDecile },
    { key: 'value', head: 'Expected value', look: 'number', cell: ({ value }) => formatMoney(value, currency) },
    { key: 'why', head: 'What raises it most', cell: ({ reason }) => (reason === null ? '–' : reasonWords(reason)) },
  ];
}
