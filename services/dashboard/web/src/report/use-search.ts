import { useCallback, useEffect, useState } from 'preact/hooks';

/** Changes of the address's parameters; null takes one out. */
export type SearchChange = Readonly<Record<string, string | null>>;

/** What the reader chose, kept in the address so that it can be shared and gone back to. */
export function useSearch(): [URLSearchParams, (change: SearchChange) => void] {
  const [search, setSearch] = useState(location.search);
  useEffect(() => {
    const onPop = (): void => setSearch(location.search);
    window.addEventListener('popstate', onPop);
    return () => window.removeEventListener('popstate', onPop);
  }, []);
  const change = useCallback((part: SearchChange) => {
    const next = changed(location.search, part);
    history.pushState(null, '', location.pathname + next);
    setSearch(next);
  }, []);
  return [new URLSearchParams(search), change];
}

/** The address's query with some parameters changed; empty ones stay out of it. */
export function changed(search: string, part: SearchChange): string {
  const params = new URLSearchParams(search);
  for (const [name, value] of Object.entries(part)) {
    if (value === null || value === '') params.delete(name);
    else params.set(name, value);
  }
  const text = params.toString();
  return text === '' ? '' : `?${text}`;
}

/** The parameters a page knows, as the API takes them; others in the address are left alone. */
export function apiQuery(search: URLSearchParams, names: readonly string[]): string {
  const known = Object.fromEntries(names.map((name) => [name, search.get(name)]));
  return changed('', known);
}

/** A page or another whole number of the address; nonsense is 0. */
export function wholeNumber(text: string | null): number {
  return text !== null && /^\d{1,6}$/.test(text) ? Number(text) : 0;
}
