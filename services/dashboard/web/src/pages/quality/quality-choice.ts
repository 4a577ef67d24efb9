import { wholeNumber } from '../../report/use-search.ts';

export const PAGE_SIZE = 25;

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

/** A page of a list, as the API is asked for it. */
export function pageQuery(page: number, rest: Readonly<Record<string, string>> = {}): string {
  return new URLSearchParams({ ...rest, limit: String(PAGE_SIZE), offset: String(page * PAGE_SIZE) }).toString();
}
