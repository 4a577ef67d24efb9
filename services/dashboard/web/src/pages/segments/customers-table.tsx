import type { JSX } from 'preact';
import type { SegmentCustomer, SegmentCustomers, SegmentSort } from '../../api-types.ts';
import { type Column, DataTable } from '../../components/data-table.tsx';
import { Pager } from '../../components/pager.tsx';
import { formatCount, formatMoney } from '../../format.ts';
import { useReport } from '../../report/use-report.ts';
import type { SearchChange } from '../../report/use-search.ts';
import { customersQuery, PAGE_SIZE, type SegmentsChoice } from './segments-choice.ts';

const SORT_NAMES: Record<SegmentSort, string> = {
  monetary: 'Revenue, gross',
  recency: 'Days since purchase',
  frequency: 'Invoices',
  customer: 'Customer',
};

/** Customers of the chosen segment, page by page, and all of them as a file. */
export function CustomersTable(props: {
  choice: SegmentsChoice;
  change: (change: SearchChange) => void;
  currency: string | null;
}): JSX.Element {
  const { choice, change, currency } = props;
  const query = customersQuery(choice);
  const file = `/api/segments/customers.csv?${query.toString()}`;
  query.set('limit', String(PAGE_SIZE));
  query.set('offset', String(choice.page * PAGE_SIZE));
  const { data, failure } = useReport<SegmentCustomers>(`/api/segments/customers?${query.toString()}`);
  if (failure !== null && data === null) return <p class="lead">{failure.message}</p>;
  return (
    <>
      <div class="table-tools">
        <SortField choice={choice} change={change} />
        <a class="button" href={file} download>
          Download CSV
        </a>
      </div>
      {data === null ? null : (
        <>
          <DataTable
            id="customers"
            caption={`Customers${choice.segment === null ? '' : ` of ${choice.segment}`}`}
            columns={columnsOf(currency)}
            rows={data.customers}
            rowKey={({ customerId }) => customerId}
          />
          <Pager
            id="customers"
            of="the customers"
            total={data.total}
            page={choice.page}
            size={PAGE_SIZE}
            onPage={(page) => change({ page: page === 0 ? null : String(page) })}
          />
        </>
      )}
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
