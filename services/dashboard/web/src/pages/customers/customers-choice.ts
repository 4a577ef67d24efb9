import { pageParams } from '../../report/paging.ts';
import { changed, wholeNumber } from '../../report/use-search.ts';

/** What the reader chose on the Customers page; nonsense in the address is no choice. */
export interface CustomersChoice {
  /** Null: the one the server takes. */
  readonly source: string | null;
  /** What the id holds. */
  readonly text: string;
  /** From 0. */
  readonly page: number;
  /** The one who is looked at; null: the list. */
  readonly customer: string | null;
}

export function readCustomersChoice(search: URLSearchParams): CustomersChoice {
  return {
    source: search.get('source') || null,
    text: search.get('text') ?? '',
    page: wholeNumber(search.get('page')),
    customer: search.get('customer') || null,
  };
}

/** The list as the API is asked for it. */
export function listQuery({ source, text, page }: CustomersChoice): string {
  return changed('', { source, text, ...pageParams(page) });
}

/** Where one customer is shown. */
export function customerPath(source: string, customer: string): string {
  return `/customers${changed('', { source, customer })}`;
}
