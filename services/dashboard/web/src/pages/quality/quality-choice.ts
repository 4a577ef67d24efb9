import { pageParams } from '../../report/paging.ts';
import { changed, wholeNumber } from '../../report/use-search.ts';

/** What the reader chose on the Data quality page; nonsense in the address is no choice. */
export interface QualityChoice {
  /** Null: what breaks any rule. */
  readonly rule: string | null;
  /** Of the quarantine, from 0. */
  readonly page: number;
  /** Of the file ledger, from 0. */
  readonly filesPage: number;
  /** Of the days, from 0. */
  readonly daysPage: number;
}

export function readQualityChoice(search: URLSearchParams): QualityChoice {
  return {
    rule: search.get('rule') || null,
    page: wholeNumber(search.get('page')),
    filesPage: wholeNumber(search.get('files')),
    daysPage: wholeNumber(search.get('days')),
  };
}

/** The quarantine as the API is asked for it. */
export function quarantineQuery({ rule, page }: QualityChoice): string {
  return changed('', { rule, ...pageParams(page) });
}

/** The file ledger as the API is asked for it. */
export function filesQuery({ filesPage }: QualityChoice): string {
  return changed('', pageParams(filesPage));
}
