import type { JSX } from 'preact';
import type { SegmentCustomer, SegmentCustomers, SegmentSort } from '../../api-types.ts';
import type { Column } from '../../components/data-table.tsx';
import { formatCount, formatMoney } from '../../format.ts';
import { PagedTable } from '../../report/paged-table.tsx';
import { Part } from '../../report/part.tsx';
import { useReport } from '../../report/use-report.ts';
import type { SearchChange } from '../../report/use-search.ts';
import { customersQuery, type SegmentsChoice } from './segments-choice.ts';

const SORT_NAMES: Record<SegmentSort, string> = {
  monetary: 'Revenue, gross',
  recency: 'Days since purchase',
  frequency: 'Invoices',
  customer: 'Customer',
};

const FILES = { csv: 'CSV', parquet: 'Parquet' };

/** Customers of the chosen segment, page by page, and all of them as a file. */
export function CustomersTable(props: {
  choice: SegmentsChoice;
  change: (change: SearchChange) => void;
  currency: string | null;
}): JSX.Element {
  const { choice, change, currency } = props;
  const report = useReport<SegmentCustomers>(`/api/segments/customers${customersQuery(choice, choice.page)}`);
  // No file either where single customers are not shown.
  if (report.failure?.code === 'NOT_PUBLIC') return <p class="lead">{report.failure.message}</p>;
  return (
    <>
      <div class="table-tools">
        <SortField choice={choice} change={change} />
        <div class="controls">
          {Object.entries(FILES).map(([ending, name]) => (
            <a key={ending} class="button" href={`/api/segments/customers.${ending}${customersQuery(choice)}`} download>
              Download {name}
            </a>
          ))}
        </div>
      </div>
      <Part report={report}>
        {(customers) => (
          <PagedTable
            id="customers"
            caption={`Customers${choice.segment === null ? '' : ` of ${choice.segment}`}`}
            columns={columnsOf(currency)}
            rows={customers.customers}
            rowKey={({ customerId }) => customerId}
            of="the customers"
            total={customers.total}
            page={choice.page}
            change={change}
          />
        )}
      </Part>
    </>
  );
}

function SortField({
  choice,
  change,
}: {
  choice: SegmentsChoice;
  change: (change: SearchChange) => void;
}): JSX.Element {
  const isUp = choice.direction === 'asc';
  return (
    <div class="controls">
      <label class="field">
        <span>Order by</span>
        <select value={choice.sort} onChange={(event) => change({ sort: event.currentTarget.value, page: null })}>
          {Object.entries(SORT_NAMES).map(([sort, name]) => (
            <option key={sort} value={sort}>
              {name}
            </option>
          ))}
        </select>
      </label>
      <button type="button" class="button" onClick={() => change({ direction: isUp ? null : 'asc', page: null })}>
        {isUp ? 'Smallest first' : 'Greatest first'}
      </button>
    </div>
  );
}

function columnsOf(currency: string | null): Column<SegmentCustomer>[] {
  return [
    { key: 'customer', head: SORT_NAMES.customer, cell: (row) => row.customerId },
    { key: 'segment', head: 'Segment', look: 'short', cell: (row) => row.segment },
    { key: 'recency', head: SORT_NAMES.recency, look: 'number', cell: (row) => formatCount(row.recencyDays) },
    { key: 'frequency', head: SORT_NAMES.frequency, look: 'number', cell: (row) => formatCount(row.frequency) },
    { key: 'monetary', head: SORT_NAMES.monetary, look: 'number', cell: (row) => formatMoney(row.monetary, currency) },
    { key: 'net', head: 'Revenue, net', look: 'number', cell: (row) => formatMoney(row.netMonetary, currency) },
  ];
}
