import type uPlot from 'uplot';
import { AVERAGE_MINUTES, type ChartData, type ChartSeries, isDense } from './chart-types.ts';

/** The first series is the one that matters, so it is drawn last, on top. */
export function drawOrder(data: ChartData): ChartSeries[] {
  return data.series.toReversed();
}

/**
 * Columns for uPlot: the minutes, then two for each series. Usually its finished minutes and the end that still runs;
 * in a dense chart every minute and their running average.
 */
export function plotData(data: ChartData): uPlot.AlignedData {
  const columns = drawOrder(data).flatMap((series) =>
    isDense(data) ? [[...series.values], runningAverage(series.values)] : splitRunning(data, series),
  );
  return [[...data.minutes], ...columns];
}

function splitRunning(data: ChartData, { values, shape }: ChartSeries): (number | null)[][] {
  if (!data.isRunning) return [[...values], values.map(() => null)];
  const last = values.length - 1;
  // A line needs a second point to lead to; a bar stands alone.
  const firstOfEnd = shape === 'bars' ? last : last - 1;
  return [
    values.map((value, index) => (index < last ? value : null)),
    values.map((value, index) => (index >= firstOfEnd ? value : null)),
  ];
}

/** Mean of the minutes around each one; at the ends, of those there are. */
export function runningAverage(values: readonly number[]): number[] {
  const reach = Math.floor(AVERAGE_MINUTES / 2);
  const sums = [0];
  for (const value of values) sums.push((sums.at(-1) ?? 0) + value);
  return values.map((_, index) => {
    const from = Math.max(0, index - reach);
    const to = Math.min(values.length, index + reach + 1);
    return ((sums[to] ?? 0) - (sums[from] ?? 0)) / (to - from);
  });
}
