import { formatClock } from '../format.ts';
import type { ChartData, ChartSeries } from './chart-types.ts';

/** A chart in one sentence per series: where it peaks, and what it was last. */
export function summarise(data: ChartData): string {
  const last = data.minutes.length - 1;
  const lastMinute = data.minutes[last];
  if (lastMinute === undefined) return 'No data in this range.';
  const clock = (minute: number): string => formatClock(minute * 1000, data.timezone, { seconds: false });
  return data.series
    .map((series) => {
      const peak = peakOf(series);
      const peakMinute = data.minutes[peak] ?? lastMinute;
      const peakText = `peak ${series.text(peakMinute, peak)} at ${clock(peakMinute)}`;
      return `${series.label}: ${peakText}, ${series.text(lastMinute, last)} at ${clock(lastMinute)}.`;
    })
    .join(' ');
}

/** Index of the greatest value; the first of equals. */
export function peakOf(series: ChartSeries): number {
  return series.values.reduce((best, value, index) => (value > (series.values[best] ?? -Infinity) ? index : best), 0);
}
