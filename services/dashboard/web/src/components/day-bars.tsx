import type { JSX } from 'preact';
import { formatDate } from '../format.ts';

export interface DayBar {
  readonly day: string;
  readonly value: number;
  readonly text: string;
}

const HEIGHT = 120;

/** A bar a day. The picture is for the eye; the sentence says where it is lowest and highest. */
export function DayBars({ label, bars }: { label: string; bars: readonly DayBar[] }): JSX.Element {
  const most = Math.max(0, ...bars.map(({ value }) => value));
  return (
    <svg
      class="day-bars"
      viewBox={`0 0 ${Math.max(1, bars.length) * 10} ${HEIGHT}`}
      preserveAspectRatio="none"
      role="img"
      aria-label={`${label}. ${summaryOf(bars)}`}
    >
      {bars.map((bar, index) => {
        const height = most > 0 ? (HEIGHT * Math.max(0, bar.value)) / most : 0;
        return (
          <rect key={bar.day} x={index * 10 + 1} y={HEIGHT - height} width="8" height={height}>
            <title>
              {formatDate(bar.day)}: {bar.text}
            </title>
          </rect>
        );
      })}
    </svg>
  );
}

/** The days in one sentence. */
export function summaryOf(bars: readonly DayBar[]): string {
  const first = bars[0];
  if (first === undefined) return 'No day yet.';
  const lowest = bars.reduce((low, bar) => (bar.value < low.value ? bar : low), first);
  const highest = bars.reduce((high, bar) => (bar.value > high.value ? bar : high), first);
  const at = (bar: DayBar): string => `${bar.text} on ${formatDate(bar.day)}`;
  return `${bars.length} days, lowest ${at(lowest)}, highest ${at(highest)}.`;
}
