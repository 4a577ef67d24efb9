import type { JSX } from 'preact';
import type { DayCounts } from '../../api-types.ts';
import type { Column } from '../../components/data-table.tsx';
import { formatCount, formatDate } from '../../format.ts';
import { PagedTable } from '../../report/paged-table.tsx';
import { pageOf } from '../../report/paging.ts';
import type { SearchChange } from '../../report/use-search.ts';
import type { QualityChoice } from './quality-choice.ts';

const COLUMNS: readonly Column<DayCounts>[] = [
  { key: 'day', head: 'Day of the invoices', look: 'short', cell: ({ day }) => formatDate(day) },
  ...(['bronze', 'silver', 'returns', 'quarantined', 'gold'] as const).map((layer): Column<DayCounts> => ({
    key: layer,
    head: `${layer.charAt(0).toUpperCase()}${layer.slice(1)}`,
    look: 'number',
    cell: (row) => formatCount(row[layer]),
  })),
];

/** Lines of every day in every layer, the newest day first: a day on which a layer loses lines is seen. */
export function DaysSection(props: {
  days: readonly DayCounts[];
  choice: QualityChoice;
  change: (change: SearchChange) => void;
}): JSX.Element {
  const { days, choice, change } = props;
  return (
    <section class="section" aria-labelledby="days-title">
      <div class="section-head">
        <h2 id="days-title">Daily counts</h2>
        <p>Gold holds what names a customer and is no return</p>
      </div>
      <div class="card">
        <PagedTable
          id="days"
          caption="Lines by day and layer"
          columns={COLUMNS}
          rows={pageOf(days, choice.daysPage)}
          rowKey={({ day }) => day}
          of="the days"
          total={days.length}
          page={choice.daysPage}
          change={change}
          param="days"
        />
      </div>
    </section>
  );
}
