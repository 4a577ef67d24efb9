import type { ApiError } from './api-types.ts';
import type { LiveClientDeps } from './live-client.ts';

/** The browser's own parts behind the live client. */
export const browserDeps: LiveClientDeps = {
  open: (url) => new EventSource(url),
  fetchError,
  nowMs: () => Date.now(),
  setTimer: (fn, delayMs) => window.setTimeout(fn, delayMs),
  clearTimer: (timer) => window.clearTimeout(timer as number),
  random: () => Math.random(),
};

/** The server's reason for refusing a request; null where it answers, or is not reached at all. */
async function fetchError(url: string): Promise<ApiError['error'] | null> {
  try {
    const response = await fetch(url, { headers: { accept: 'application/json' } });
    if (response.ok) return null;
    return ((await response.json()) as ApiError).error;
  } catch {
    return null;
  }
}

/** A JSON answer of the API; rejects with the server's words. */
export async function fetchJson<T>(url: string): Promise<T> {
  const response = await fetch(url, { headers: { accept: 'application/json' } });
  if (response.ok) return (await response.json()) as T;
  const body = (await response.json().catch(() => null)) as ApiError | null;
  throw new Error(body?.error.message ?? `The server answered ${response.status}.`);
}
