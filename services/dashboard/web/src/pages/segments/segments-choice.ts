import type { ClusterKind, SegmentSort } from '../../api-types.ts';
import { pageParams } from '../../report/paging.ts';
import { changed, wholeNumber } from '../../report/use-search.ts';

export const VIEWS = ['summary', 'monetary', 'frequency', 'recency', 'customers', 'recommendations'] as const;
export type View = (typeof VIEWS)[number];

export const CLUSTER_KINDS: readonly ClusterKind[] = ['rfm_segments', 'behaviour_clusters'];
const SORTS: readonly SegmentSort[] = ['monetary', 'recency', 'frequency', 'customer'];

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
  /** Whose clusters are shown; null: the ones the server takes. */
  readonly clusters: { readonly kind: ClusterKind; readonly source: string } | null;
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
    clusters: readClusters(search.get('clusters') ?? ''),
  };
}

/** A page of the list of customers as the API is asked for it; without one, all of it as a file. */
export function customersQuery({ segment, sort, direction }: SegmentsChoice, page?: number): string {
  return changed('', { segment, sort, direction, ...(page === undefined ? {} : pageParams(page)) });
}

/** `rfm_segments:shop` in the address. */
export function clustersText({ kind, source }: NonNullable<SegmentsChoice['clusters']>): string {
  return `${kind}:${source}`;
}

function readClusters(text: string): SegmentsChoice['clusters'] {
  const [, name, source] = /^(\w+):([a-z][a-z0-9_]{0,31})$/.exec(text) ?? [];
  const kind = CLUSTER_KINDS.find((known) => known === name);
  return kind === undefined || source === undefined ? null : { kind, source };
}

export function clustersQuery({ clusters }: SegmentsChoice): string {
  return changed('', { kind: clusters?.kind ?? null, source: clusters?.source ?? null });
}
