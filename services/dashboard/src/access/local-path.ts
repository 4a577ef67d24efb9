const NOWHERE = 'http://nowhere.invalid';
const LONGEST = 500;

/**
 * Where to go after the login: a page of this dashboard with its query, and `/` for anything else. Other sites, and addresses that
 * browsers take for one (`//evil.example`, `/\evil.example`), are no pages.
 */
export function localPath(wanted: string | undefined, pages: readonly string[]): string {
  if (wanted === undefined || wanted.length > LONGEST || !wanted.startsWith('/')) return '/';
  const url = URL.parse(wanted, NOWHERE);
  if (url === null || url.origin !== NOWHERE || !pages.includes(url.pathname)) return '/';
  return url.pathname + url.search;
}
