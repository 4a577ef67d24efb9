import type { JSX } from 'preact';
import { useCallback, useId, useState } from 'preact/hooks';
import { formatClock } from '../format.ts';
import { AVERAGE_MINUTES, type ChartData, type ChartSeries, isDense } from './chart-types.ts';
import { ChartTable } from './chart-table.tsx';
import { cursorAfter } from './cursor.ts';
import { peakOf, summarise } from './summary.ts';
import { usePlot } from './use-plot.ts';

/**
 * A time chart for every reader: a canvas for the eye; a time slider (arrows, Page keys, Home, End) whose spoken value
 * is the readout; a sentence that sums it up; and all its numbers as a table on request.
 */
export function Chart({ id, title, data }: { id: string; title: string; data: ChartData }): JSX.Element {
  const summaryId = useId();
  const [cursor, setCursor] = useState<number | null>(null);
  const onCursor = useCallback((index: number | null) => setCursor(index), []);
  const plot = usePlot(data, onCursor);
  const last = data.minutes.length - 1;
  const shown = cursor === null || cursor > last ? last : cursor;
  const onKeyDown = (event: KeyboardEvent): void => {
    const target = cursorAfter(event.key, cursor ?? last, last);
    if (target === undefined) return;
    event.preventDefault();
    setCursor(target);
    plot.moveCursor(target);
  };
  return (
    <figure class="card chart" data-chart={id}>
      <figcaption class="chart-head">
        <h3>{title}</h3>
        <Readout data={data} index={shown} isPinned={cursor !== null} />
      </figcaption>
      <p class="hidden" id={summaryId}>
        {summarise(data)}
      </p>
      <div
        class="plot"
        ref={plot.host}
        tabIndex={0}
        role="slider"
        aria-label={`${title}: minute`}
        aria-describedby={summaryId}
        aria-valuemin={0}
        aria-valuemax={Math.max(0, last)}
        aria-valuenow={Math.max(0, shown)}
        aria-valuetext={spoken(data, shown)}
        onKeyDown={onKeyDown}
        onBlur={() => plot.moveCursor(null)}
      />
      <div class="chart-foot">
        <ChartTable title={title} data={data} />
        {isDense(data) ? <p>Strong line: {AVERAGE_MINUTES}-minute average</p> : null}
      </div>
    </figure>
  );
}

/** The minute under the cursor; without one the running minute, or the peaks of a day that is over. */
function Readout(props: { data: ChartData; index: number; isPinned: boolean }): JSX.Element {
  const { data, index, isPinned } = props;
  const minute = data.minutes[index];
  const isPeak = !isPinned && !data.isRunning;
  const isSoFar = data.isRunning && index === data.minutes.length - 1;
  return (
    <div class="readout num" data-readout>
      {minute === undefined || isPeak ? null : (
        <span>{isSoFar ? 'Now' : formatClock(minute * 1000, data.timezone, { seconds: false })}</span>
      )}
      {data.series.map((series) => (
        <span key={series.label} class={`key ${series.colour} ${series.shape}`}>
          {series.label}
          {isPeak ? ' peak' : ''} <b>{textAt(data, series, isPeak ? peakOf(series) : index)}</b>
        </span>
      ))}
    </div>
  );
}

function textAt(data: ChartData, series: ChartSeries, index: number): string {
  const minute = data.minutes[index];
  return minute === undefined ? '–' : series.text(minute, index);
}

function spoken(data: ChartData, index: number): string {
  const minute = data.minutes[index];
  if (minute === undefined) return 'no data';
  const values = data.series.map((series) => `${series.label} ${series.text(minute, index)}`);
  return `${formatClock(minute * 1000, data.timezone, { seconds: false })}: ${values.join(', ')}`;
}
