import type { JSX } from 'preact';
import type { Drop, Drops } from '../../api-types.ts';
import type { Column } from '../../components/data-table.tsx';
import { formatCount, formatPercent, formatRate } from '../../format.ts';
import { PagedTable } from '../../report/paged-table.tsx';
import { Part } from '../../report/part.tsx';
import { useReport } from '../../report/use-report.ts';
import type { SearchChange } from '../../report/use-search.ts';
import { customerPath } from '../customers/customers-choice.ts';
import { dropsQuery, type FunnelChoice } from './funnel-choice.ts';

/** Customers who come less than they used to, before they are gone. */
export function DropsSection(props: {
  source: string;
  choice: FunnelChoice;
  change: (change: SearchChange) => void;
}): JSX.Element {
  const { source, choice, change } = props;
  const report = useReport<Drops>(`/api/funnel/drops${dropsQuery(source, choice)}`);
  return (
    <section class="section" aria-labelledby="drops-title">
      <div class="section-head">
        <h2 id="drops-title">Who comes less</h2>
        <p>Sessions of the last 14 days beside what the 56 days before let expect</p>
      </div>
      <div class="card">
        <Part report={report}>
          {(drops) =>
            drops.total === 0 ? (
              <p class="lead" data-drops="none">
                Of {formatCount(drops.judged)} customers who came before, nobody comes less by more than chance.
              </p>
            ) : (
              <>
                <p class="lead num" data-drops={drops.total}>
                  {formatCount(drops.total)} of {formatCount(drops.judged)} customers who came before. One in twenty
                  would come as little by chance at “likely”, one in a hundred at “strong”.
                </p>
                <PagedTable
                  id="drops"
                  caption="Customers who come less"
                  columns={columnsOf(source)}
                  rows={drops.customers}
                  rowKey={({ customerId }) => customerId}
                  of="the customers who come less"
                  total={drops.total}
                  page={choice.page}
                  change={change}
                />
              </>
            )
          }
        </Part>
      </div>
    </section>
  );
}

function columnsOf(source: string): Column<Drop>[] {
  return [
    {
      key: 'customer',
      head: 'Customer',
      look: 'short',
      cell: ({ customerId }) => <a href={customerPath(source, customerId)}>{customerId}</a>,
    },
    { key: 'level', head: 'Drop', look: 'short', cell: ({ level }) => level },
    { key: 'recent', head: 'Sessions', look: 'number', cell: ({ recentSessions }) => formatCount(recentSessions) },
    { key: 'expected', head: 'Expected', look: 'number', cell: ({ expectedSessions }) => formatRate(expectedSessions) },
    { key: 'rate', head: 'Fewer by', look: 'number', cell: ({ dropRate }) => formatPercent(dropRate) },
    { key: 'chance', head: 'By chance', look: 'number', cell: ({ probability }) => formatPercent(probability) },
    { key: 'since', head: 'Days since', look: 'number', cell: ({ daysSinceSession }) => formatCount(daysSinceSession) },
  ];
}
