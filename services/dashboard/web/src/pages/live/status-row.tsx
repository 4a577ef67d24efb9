import type { JSX } from 'preact';
import type { LiveSnapshot } from '../../api-types.ts';
import { Segments } from '../../components/segments.tsx';
import { formatBound, formatClock } from '../../format.ts';
import type { LiveStatus, StatusKind } from '../../live-status.ts';
import type { Range } from '../../url-state.ts';

const LOOK: Record<StatusKind, string> = {
  loading: 'waiting',
  live: 'live',
  history: 'history',
  stale: 'stale',
  disconnected: 'down',
  failing: 'down',
};

const RANGE_OPTIONS: readonly { value: Range; label: string; name: string }[] = [
  { value: '15m', label: '15 min', name: 'Last 15 minutes' },
  { value: '1h', label: '1 h', name: 'Last hour' },
  { value: '6h', label: '6 h', name: 'Last 6 hours' },
  { value: 'day', label: 'Day', name: 'Whole day' },
];

/** How much to trust the figures right now, and what the charts span. */
export function StatusRow(props: {
  status: LiveStatus;
  snapshot: LiveSnapshot | null;
  lagMs: number | null;
  range: Range;
  onRange: (range: Range) => void;
}): JSX.Element {
  const { status, snapshot, lagMs, range, onRange } = props;
  return (
    <div class="status-row">
      <span class={`state ${LOOK[status.kind]}`} data-state={status.kind}>
        {status.label}
      </span>
      {snapshot === null ? null : <Facts snapshot={snapshot} lagMs={lagMs} />}
      <span class="end">
        <Segments legend="Time range of the charts" value={range} options={RANGE_OPTIONS} onChange={onRange} />
      </span>
      <span class="hidden" role="status">
        {status.label}. {status.detail}
      </span>
    </div>
  );
}

function Facts({ snapshot, lagMs }: { snapshot: LiveSnapshot; lagMs: number | null }): JSX.Element {
  const { freshness, timezone, isToday } = snapshot;
  const clock = (instant: string | null): string =>
    instant === null ? '–' : formatClock(Date.parse(instant), timezone, { seconds: true });
  const isComplete = snapshot.web.isComplete && snapshot.orders.isComplete;
  return (
    <>
      {isToday ? (
        <span class="fact num">
          Data as of <b data-as-of>{clock(freshness.dataAsOf)}</b>
        </span>
      ) : null}
      {isToday ? (
        <span class="fact num">
          Lag <b data-lag>{formatBound(lagMs)}</b>
        </span>
      ) : null}
      {isToday ? (
        <span class="fact num">
          Last change <b>{clock(freshness.lastChangeAt)}</b>
        </span>
      ) : (
        <span class="fact">{isComplete ? 'Complete; a late event would still correct it' : 'Not complete yet'}</span>
      )}
    </>
  );
}
