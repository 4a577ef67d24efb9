import { pageParams } from '../../report/paging.ts';
import { changed, wholeNumber } from '../../report/use-search.ts';

export const FUNNEL_PARAMS = ['source', 'from', 'to', 'device', 'channel', 'country'] as const;

/** What the reader chose of retention and drops; nonsense in the address is no choice. */
export interface FunnelChoice {
  readonly activity: 'visit' | 'purchase';
  readonly period: 'week' | 'month';
  /** Of the customers who come less, from 0. */
  readonly page: number;
}

export function readFunnelChoice(search: URLSearchParams): FunnelChoice {
  return {
    activity: search.get('activity') === 'purchase' ? 'purchase' : 'visit',
    period: search.get('period') === 'month' ? 'month' : 'week',
    page: wholeNumber(search.get('page')),
  };
}

export function retentionQuery(source: string, { activity, period }: FunnelChoice): string {
  return changed('', { source, activity, period });
}

export function dropsQuery(source: string, { page }: FunnelChoice): string {
  return changed('', { source, ...pageParams(page) });
}
