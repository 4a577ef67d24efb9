/** Rows of a list on one page. */
export const PAGE_SIZE = 25;

/** A page of a list, counted from 0, as the API is asked for it. */
export function pageParams(page: number): Readonly<Record<'limit' | 'offset', string>> {
  return { limit: String(PAGE_SIZE), offset: String(page * PAGE_SIZE) };
}

/** The rows of one page, where all of them are there. */
export function pageOf<R>(rows: readonly R[], page: number): readonly R[] {
  return rows.slice(page * PAGE_SIZE, (page + 1) * PAGE_SIZE);
}

/** The last page that a list has, counted from 0. */
export function lastPage(total: number): number {
  return Math.max(0, Math.ceil(total / PAGE_SIZE) - 1);
}
