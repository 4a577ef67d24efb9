import type { SegmentSort } from '../../api-types.ts';
import { wholeNumber } from '../../report/use-search.ts';

export const VIEWS = ['summary', 'monetary', 'frequency', 'recency', 'customers', 'recommendations'] as const;
export type View = (typeof VIEWS)[number];

export const SORTS: readonly SegmentSort[] = ['monetary', 'recency', 'frequency', 'customer'];
export const PAGE_SIZE = 25;

/** What the reader chose on the Segments page; nonsense in the address is no choice. */
export interface SegmentsChoice {
  readonly view: View;
  /** Null: all segments. */
  readonly segment: string | null;
  /** Segments with fewer customers are left out. */
  readonly minCustomers: number;
  readonly sort: SegmentSort;
  readonly direction: 'asc' | 'desc';
  /** From 0. */
  readonly page: number;
}

export function readSegmentsChoice(search: URLSearchParams): SegmentsChoice {
  const view = search.get('view');
  const sort = search.get('sort');
  return {
    view: VIEWS.find((known) => known === view) ?? 'summary',
    segment: search.get('segment') || null,
    minCustomers: wholeNumber(search.get('min')),
    sort: SORTS.find((known) => known === sort) ?? 'monetary',
    direction: search.get('direction') === 'asc' ? 'asc' : 'desc',
    page: wholeNumber(search.get('page')),
  };
}

/** The list of customers as the API is asked for it. */
export function customersQuery({ segment, sort, direction }: SegmentsChoice): URLSearchParams {
  return new URLSearchParams({ ...(segment === null ? {} : { segment }), sort, direction });
}
