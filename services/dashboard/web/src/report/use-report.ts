import { useCallback, useEffect, useRef, useState } from 'preact/hooks';
import { ApiFailure, fetchJson } from '../browser-deps.ts';
import { PageReports } from './page-reports.ts';

export interface ReportState<T> {
  /** The last answer; it stays on screen while the next is on its way, and when that fails. */
  readonly data: T | null;
  readonly failure: { readonly code: string; readonly message: string } | null;
  readonly isLoading: boolean;
  /** The server's clock less the reader's, at the last answer. */
  readonly clockOffsetMs: number;
}

export interface Report<T> extends ReportState<T> {
  /** Asks for everything on the page. */
  readonly refresh: () => void;
}

/** A new publication shows up by itself within this time. */
const REFRESH_MS = 60_000;
const UNREACHABLE = { code: 'UNREACHABLE', message: 'The dashboard does not answer.' };

const PAGE = new PageReports();

interface Answer {
  readonly serverTime: string;
  readonly publication?: { readonly id: string };
}

/**
 * An answer of the API: asked for when the address changes, once a minute while looked at (or as often as is said; null:
 * never by the clock), on demand, and when another answer on the page is of a newer publication.
 */
export function useReport<T extends Answer>(url: string, everyMs: number | null = REFRESH_MS): Report<T> {
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
        PAGE.answered(ask, data.publication?.id);
      },
      (error: unknown) => {
        if (aborter.signal.aborted) return;
        const failure = error instanceof ApiFailure ? { code: error.code, message: error.message } : UNREACHABLE;
        setState((known) => ({ ...known, failure, isLoading: false }));
      },
    );
    return () => aborter.abort();
  }, [url, asked, ask]);
  useEffect(() => PAGE.join(ask), [ask]);
  useEffect(() => {
    if (everyMs === null) return undefined;
    const timer = window.setInterval(() => {
      if (!document.hidden) ask(true);
    }, everyMs);
    return () => window.clearInterval(timer);
  }, [ask, everyMs]);
  return { ...state, refresh: () => PAGE.askAll() };
}
