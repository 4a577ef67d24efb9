import { pageParams } from '../../report/paging.ts';
import { changed, wholeNumber } from '../../report/use-search.ts';

export const DECILES: readonly number[] = Array.from({ length: 10 }, (_, index) => index + 1);

/** What the reader chose on the Churn and value page; nonsense in the address is no choice. */
export interface ChurnChoice {
  /** Null: the one the server takes. */
  readonly source: string | null;
  /** Tenth of risk, 1 the highest; null: all. */
  readonly decile: number | null;
  /** Of the risk list, from 0. */
  readonly page: number;
}

export function readChurnChoice(search: URLSearchParams): ChurnChoice {
  const decile = Number(search.get('decile') ?? '');
  return {
    source: search.get('source') || null,
    decile: DECILES.includes(decile) ? decile : null,
    page: wholeNumber(search.get('page')),
  };
}

/** The risk list as the API is asked for it. */
export function risksQuery({ source, decile, page }: ChurnChoice): string {
  return changed('', {
    source,
    decile: decile === null ? null : String(decile),
    ...pageParams(page),
  });
}
