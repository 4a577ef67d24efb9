const HIDDEN = '…';

/**
 * Where on the site a page is: the path of its address. Host, query and fragment stay out, and so does any part of the path
 * that looks like an e-mail address: all may name a visitor.
 */
export function pagePath(address: string): string {
  const [path = ''] = address.replace(/^[a-z][a-z0-9+.-]*:\/\/[^/?#]*/i, '').split(/[?#]/, 1);
  const parts = path.split('/').map((part) => (/@|%40/i.test(part) ? HIDDEN : part));
  return parts.join('/') || '/';
}
