import { useCallback, useEffect, useState } from 'preact/hooks';
import type { Hops, Options } from './api-types.ts';
import { browserDeps, fetchJson } from './browser-deps.ts';
import { INITIAL_STATE, LiveClient, type LiveState } from './live-client.ts';
import { type LiveChoice, readChoice, writeChoice } from './url-state.ts';

/** The reader's choice, kept in the address; back and forward work. */
export function useChoice(): [LiveChoice, (change: Partial<LiveChoice>) => void] {
  const [choice, setChoice] = useState<LiveChoice>(() => readChoice(location.search));
  useEffect(() => {
    const onPop = (): void => setChoice(readChoice(location.search));
    window.addEventListener('popstate', onPop);
    return () => window.removeEventListener('popstate', onPop);
  }, []);
  const change = useCallback((part: Partial<LiveChoice>) => {
    const next = { ...readChoice(location.search), ...part };
    history.pushState(null, '', location.pathname + writeChoice(next));
    setChoice(next);
  }, []);
  return [choice, change];
}

export interface OptionsState {
  options: Options | null;
  error: string | null;
  reload: () => void;
}

const OPTIONS_AGE_MS = 60_000;
const OPTIONS_RETRY_MS = 3_000;

/** Sources, currencies and days; read again now and then, and whenever `trigger` changes. */
export function useOptions(trigger: unknown): OptionsState {
  const [state, setState] = useState<Omit<OptionsState, 'reload'>>({ options: null, error: null });
  const [attempt, setAttempt] = useState(0);
  useEffect(() => {
    let isCurrent = true;
    let timer: number | undefined;
    const again = (delayMs: number): void => {
      timer = window.setTimeout(() => setAttempt((known) => known + 1), delayMs);
    };
    fetchJson<Options>('/api/options').then(
      (options) => {
        if (!isCurrent) return;
        setState({ options, error: null });
        again(OPTIONS_AGE_MS);
      },
      (error: unknown) => {
        if (!isCurrent) return;
        setState((known) => ({ ...known, error: error instanceof Error ? error.message : String(error) }));
        again(OPTIONS_RETRY_MS);
      },
    );
    return () => {
      isCurrent = false;
      window.clearTimeout(timer);
    };
  }, [attempt, trigger]);
  return { ...state, reload: () => setAttempt((known) => known + 1) };
}

const HIDDEN_GRACE_MS = 30_000;

/**
 * The live figures of a selection. A tab that nobody looks at gives its connection back after a while: a browser
 * allows only six to a host, so forgotten tabs would otherwise block new ones.
 */
export function useLive(query: string | null): { state: LiveState; reconnect: () => void } {
  const [state, setState] = useState<LiveState>(INITIAL_STATE);
  const [round, setRound] = useState(0);
  useEffect(() => {
    if (query === null) return undefined;
    let timer: number | undefined;
    let client: LiveClient | null = null;
    const start = (): void => {
      client = new LiveClient(query, browserDeps, (next) => setState((known) => keepFigures(known, next)));
      client.connect();
    };
    const stop = (): void => {
      client?.close();
      client = null;
    };
    const onVisibility = (): void => {
      window.clearTimeout(timer);
      if (document.hidden) timer = window.setTimeout(stop, HIDDEN_GRACE_MS);
      else if (client === null) start();
    };
    start();
    document.addEventListener('visibilitychange', onVisibility);
    return () => {
      window.clearTimeout(timer);
      document.removeEventListener('visibilitychange', onVisibility);
      stop();
    };
  }, [query, round]);
  return { state, reconnect: () => setRound((known) => known + 1) };
}

/** A new connection starts with nothing; until its first snapshot the figures of the old one stay on screen. */
function keepFigures(known: LiveState, next: LiveState): LiveState {
  return next.snapshot === null && known.snapshot !== null ? { ...next, snapshot: known.snapshot } : next;
}

const HOPS_POLL_MS = 2_000;

/** How far each hop has come, asked for every two seconds while somebody looks; null until the first answer. */
export function useHops(): Hops | null {
  const [hops, setHops] = useState<Hops | null>(null);
  useEffect(() => {
    let isCurrent = true;
    const ask = async (): Promise<void> => {
      if (document.hidden) return;
      try {
        const next = await fetchJson<Hops>('/api/hops');
        if (isCurrent) setHops(next);
      } catch {
        // The status row already says that the server or its database is away; the last answer shows its age.
      }
    };
    void ask();
    const timer = window.setInterval(() => void ask(), HOPS_POLL_MS);
    return () => {
      isCurrent = false;
      window.clearInterval(timer);
    };
  }, []);
  return hops;
}

/** The clock, once a second. */
export function useNow(): number {
  const [now, setNow] = useState(() => Date.now());
  useEffect(() => {
    const timer = window.setInterval(() => setNow(Date.now()), 1000);
    return () => window.clearInterval(timer);
  }, []);
  return now;
}
