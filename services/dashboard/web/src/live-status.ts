import { formatDuration } from './format.ts';
import type { LiveState } from './live-client.ts';

export type StatusKind = 'loading' | 'live' | 'history' | 'stale' | 'disconnected' | 'failing';

export interface LiveStatus {
  readonly kind: StatusKind;
  readonly label: string;
  /** What a reader should know or do; null when all is well. */
  readonly detail: string | null;
}

/** The aggregator reports at least every few seconds; longer silence means that figures are behind. */
export const STALE_AFTER_MS = 20_000;

/** What the page says about its own figures. `nowMs` is the server's clock. */
export function liveStatus(state: LiveState, nowMs: number): LiveStatus {
  const { snapshot, connection, healthy, error } = state;
  if (snapshot === null) {
    if (connection !== 'reconnecting') return { kind: 'loading', label: 'Loading', detail: null };
    const detail = error?.message ?? 'The dashboard does not answer. Trying again by itself.';
    return { kind: 'disconnected', label: 'Not connected', detail };
  }
  if (connection === 'reconnecting') {
    const detail =
      error?.message ?? 'The connection is lost; these are the last known figures. Trying again by itself.';
    return { kind: 'disconnected', label: 'Reconnecting', detail };
  }
  if (!healthy) {
    const detail = 'The dashboard cannot read its database; these are the last known figures.';
    return { kind: 'failing', label: 'Database away', detail };
  }
  if (!snapshot.isToday) return { kind: 'history', label: 'Past day', detail: null };
  const behindMs = lagMs(state, nowMs);
  if (behindMs === null) {
    const detail = 'The stream aggregator has not reported yet, so the figures may not hold everything that was sent.';
    return { kind: 'stale', label: 'Waiting for the aggregator', detail };
  }
  if (behindMs <= STALE_AFTER_MS) return { kind: 'live', label: 'Live', detail: null };
  const detail = `Events of the last ${formatDuration(behindMs)} may be missing: the stream aggregator is behind or stopped. “ebb status” shows which.`;
  return { kind: 'stale', label: `Behind by ${formatDuration(behindMs)}`, detail };
}

/** How old the newest complete input was when the server last spoke; null before the first report. */
export function reportedLagMs(state: LiveState): number | null {
  const snapshot = state.snapshot;
  return snapshot === null ? null : lagMs(state, Date.parse(snapshot.serverTime));
}

/** How old the newest complete input is by now; it grows while nobody reports. */
export function lagMs(state: LiveState, nowMs: number): number | null {
  const asOf = state.snapshot?.freshness.dataAsOf ?? null;
  return asOf === null ? null : Math.max(0, nowMs - Date.parse(asOf));
}
