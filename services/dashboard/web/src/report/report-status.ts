import type { ReportHead } from '../api-types.ts';
import { formatDuration } from '../format.ts';
import type { ReportState } from './use-report.ts';

export type ReportStatusKind = 'loading' | 'empty' | 'failing' | 'stale' | 'build_failed' | 'current';

export interface ReportStatus {
  readonly kind: ReportStatusKind;
  readonly label: string;
  /** What a reader should know or do; null when all is well. */
  readonly detail: string | null;
}

/** Builds are made once a day; one that is older than this was missed. */
export const STALE_AFTER_MS = 26 * 3_600_000;

/** What the page says about its own figures. `nowMs` is the server's clock. */
export function reportStatus(state: Omit<ReportState<ReportHead>, 'clockOffsetMs'>, nowMs: number): ReportStatus {
  const { data, failure } = state;
  if (failure !== null) {
    if (failure.code === 'NOTHING_PUBLISHED')
      return { kind: 'empty', label: 'Nothing published yet', detail: failure.message };
    if (failure.code === 'NOT_FOUND') return { kind: 'empty', label: 'Not found', detail: failure.message };
    if (failure.code === 'NOT_PUBLIC')
      return { kind: 'empty', label: 'Not in the public view', detail: failure.message };
    const kept = data === null ? '' : ' These are the last known figures.';
    return { kind: 'failing', label: 'No answer', detail: failure.message + kept };
  }
  if (data === null) return { kind: 'loading', label: 'Loading', detail: null };
  const ageMs = nowMs - Date.parse(data.publication.builtAt);
  const { attempt } = data;
  if (attempt?.state === 'failed') {
    const detail = `The build of ${ago(nowMs - Date.parse(attempt.startedAt))} failed, so these are the figures of the one before: ${attempt.reason}.`;
    return { kind: 'build_failed', label: 'Last build failed', detail };
  }
  if (ageMs > STALE_AFTER_MS) {
    const detail = `The newest build is ${formatDuration(ageMs)} old: a daily build was missed. “ebb build” makes one.`;
    return { kind: 'stale', label: 'Out of date', detail };
  }
  const label = attempt?.state === 'building' ? 'Published, next build under way' : 'Published';
  return { kind: 'current', label, detail: null };
}

function ago(ms: number): string {
  return ms < 60_000 ? 'a moment ago' : `${formatDuration(ms)} ago`;
}
