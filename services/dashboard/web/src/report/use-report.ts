import { useCallback, useEffect, useRef, useState } from 'preact/hooks';
import { ApiFailure, fetchJson } from '../browser-deps.ts';

export interface ReportState<T> {
  /** The last answer; it stays on screen while the next is on its way, and when that fails. */
  readonly data: T | null;
  readonly failure: { readonly code: string; readonly message: string } | null;
  readonly isLoading: boolean;
  /** The server's clock less the reader's, at the last answer. */
  readonly clockOffsetMs: number;
}

export interface Report<T> extends ReportState<T> {
  readonly refresh: () => void;
}

/** A new publication shows up by itself within this time. */
const REFRESH_MS = 60_000;
const UNREACHABLE = { code: 'UNREACHABLE', message: 'The dashboard does not answer.' };

/** An answer of the API: asked for when the address changes, once a minute while looked at, and on demand. */
export function useReport<T extends { readonly serverTime: string }>(url: string): Report<T> {
  const [state, setState] = useState<ReportState<T>>({ data: null, failure: null, isLoading: true, clockOffsetMs: 0 });
  const [asked, setAsked] = useState({ round: 0, isSilent: false });
  const shownUrl = useRef<string | null>(null);
  const ask = useCallback((isSilent: boolean) => setAsked(({ round }) => ({ round: round + 1, isSilent })), []);
  useEffect(() => {
    const aborter = new AbortController();
    // Figures that are merely looked at again stay as they are meanwhile.
    if (!asked.isSilent || shownUrl.current !== url) setState((known) => ({ ...known, isLoading: true }));
    fetchJson<T>(url, aborter.signal).then(
      (data) => {
        shownUrl.current = url;
        const clockOffsetMs = Date.parse(data.serverTime) - Date.now();
        setState({ data, failure: null, isLoading: false, clockOffsetMs });
      },
      (error: unknown) => {
        if (aborter.signal.aborted) return;
        const failure = error instanceof ApiFailure ? { code: error.code, message: error.message } : UNREACHABLE;
        setState((known) => ({ ...known, failure, isLoading: false }));
      },
    );
    return () => aborter.abort();
  }, [url, asked]);
  useEffect(() => {
    const timer = window.setInterval(() => {
      if (!document.hidden) ask(true);
    }, REFRESH_MS);
    return () => window.clearInterval(timer);
  }, [ask]);
  return { ...state, refresh: () => ask(false) };
}
