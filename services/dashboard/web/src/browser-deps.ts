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

const LOGIN_NEEDED = 'LOGIN_NEEDED';

/** The session ended while the page was open. After the login it is shown as it was. */
function goToLogin(): void {
  const query = new URLSearchParams({ next: location.pathname + location.search });
  location.assign(`/login?${query.toString()}`);
}

/** Ends the session. */
export async function logOut(): Promise<void> {
  await fetch('/logout', { method: 'POST' });
  goToLogin();
}

/** The server's reason for refusing a request; null where it answers, or is not reached at all. */
async function fetchError(url: string): Promise<ApiError['error'] | null> {
  try {
    const response = await fetch(url, { headers: { accept: 'application/json' } });
    if (response.ok) return null;
    const { error } = (await response.json()) as ApiError;
    if (error.code === LOGIN_NEEDED) goToLogin();
    return error;
  } catch {
    return null;
  }
}

/** A refusal of the API: its code, and the server's words as the message. */
export class ApiFailure extends Error {
  readonly code: string;

  constructor(code: string, message: string) {
    super(message);
    this.code = code;
  }
}

/** A JSON answer of the API; rejects with an ApiFailure where the server refuses. */
export async function fetchJson<T>(url: string, signal?: AbortSignal): Promise<T> {
  const response = await fetch(url, {
    headers: { accept: 'application/json' },
    ...(signal === undefined ? {} : { signal }),
  });
  if (response.ok) return (await response.json()) as T;
  const body = (await response.json().catch(() => null)) as ApiError | null;
  const { code, message } = body?.error ?? { code: 'UNKNOWN', message: `The server answered ${response.status}.` };
  if (code === LOGIN_NEEDED) goToLogin();
  throw new ApiFailure(code, message);
}
