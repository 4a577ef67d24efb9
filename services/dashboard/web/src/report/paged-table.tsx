import type { JSX } from 'preact';
import { DataTable, type TableProps } from '../components/data-table.tsx';
import { Pager } from '../components/pager.tsx';
import { lastPage, PAGE_SIZE } from './paging.ts';
import type { SearchChange } from './use-search.ts';

/** A page of a list and the way to its neighbours; which page it is stands in the address. */
export function PagedTable<R>(
  props: TableProps<R> & {
    /** What the list holds, for readers who only hear the buttons. */
    of: string;
    total: number;
    /** From 0. */
    page: number;
    change: (change: SearchChange) => void;
    /** The address's parameter for the page, where a page of the dashboard has several lists. */
    param?: string;
  },
): JSX.Element {
  const { of, total, page, change, param = 'page', ...table } = props;
  const go = (to: number): void => {
    // From an address that is beyond the end.
    const next = Math.min(to, lastPage(total));
    change({ [param]: next === 0 ? null : String(next) });
  };
  return (
    <>
      <DataTable {...table} />
      <Pager id={table.id} of={of} total={total} page={page} size={PAGE_SIZE} onPage={go} />
    </>
  );
}
