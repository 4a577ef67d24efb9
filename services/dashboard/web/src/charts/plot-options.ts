import uPlot from 'uplot';
import { formatClock } from '../format.ts';
import { token } from '../theme.ts';
import type { ChartData } from './chart-types.ts';

export const FONT = '11.5px "Inter Variable", system-ui, sans-serif';
const AXIS_FONT_SIZE = 12;

/**
 * uPlot's settings for a chart. `current` is read at every draw, so data and range may change without a new plot; a
 * new one is needed only for other series, another time zone or other colours.
 */
export function plotOptions(
  current: () => ChartData,
  size: { width: number; height: number },
  onCursor: (index: number | null) => void,
): uPlot.Options {
  const { timezone } = current();
  return {
    ...size,
    padding: [10, 10, 0, 0],
    legend: { show: false },
    tzDate: (seconds) => uPlot.tzDate(new Date(seconds * 1000), timezone),
    cursor: {
      y: false,
      drag: { x: false, y: false },
      sync: { key: 'live' },
      points: { size: 8, width: 2, fill: () => token('--surface') },
    },
    scales: {
      x: { time: true, range: () => [current().range.from, current().range.to] },
      y: { range: (_, min, max) => valueRange(min, max) },
    },
    axes: [timeAxis(timezone), valueAxis(current)],
    series: [{}, ...seriesOptions(current())],
    hooks: { setCursor: [(plot) => onCursor(plot.cursor.idx ?? null)] },
  };
}

/** From zero (or the lowest negative) to a little above the peak; an empty chart keeps a scale of its own. */
function valueRange(min: number | null, max: number | null): uPlot.Range.MinMax {
  const top = Math.max(max ?? 0, 0);
  const bottom = Math.min(min ?? 0, 0);
  if (top === 0 && bottom === 0) return [0, 4];
  return [bottom < 0 ? bottom * 1.08 : 0, top * 1.08];
}

function timeAxis(timezone: string): uPlot.Axis {
  return {
    ...axisLook(),
    size: 28,
    gap: 6,
    space: 64,
    grid: { show: false },
    ticks: { show: true, size: 4, width: 1, stroke: () => token('--line-strong') },
    values: (_, splits) => splits.map((split) => formatClock(split * 1000, timezone, { seconds: split % 60 !== 0 })),
  };
}

function valueAxis(current: () => ChartData): uPlot.Axis {
  return {
    ...axisLook(),
    size: (_, values) => 14 + Math.max(2, ...(values ?? []).map((value) => value.length)) * AXIS_FONT_SIZE * 0.56,
    gap: 6,
    space: 38,
    ticks: { show: false },
    grid: { stroke: () => token('--grid'), width: 1 },
    values: (_, splits) => splits.map((split) => current().axisText(split)),
  };
}

function axisLook(): uPlot.Axis {
  return { font: FONT, stroke: () => token('--text-faint') };
}

/** Two drawn series for each given one: the finished minutes, and a dotted end for the minute that still runs. */
function seriesOptions(data: ChartData): uPlot.Series[] {
  const bars = uPlot.paths.bars?.({ size: [0.72, 22, 1], align: 1 });
  return data.series.flatMap((series, index) => {
    const isFirst = index === 0;
    const colour = (): string => token(isFirst ? '--series-1' : '--series-2');
    const fill = (): string => token(isFirst ? '--series-1-fill' : '--series-2-fill');
    const common: uPlot.Series = { stroke: colour, width: 1.75, points: { show: isLonely, size: 5, fill: colour } };
    if (series.shape === 'bars' && bars !== undefined) {
      return [
        { ...common, width: 0, fill: colour, paths: bars, points: { show: false } },
        { ...common, width: 0, fill, paths: bars, points: { show: false } },
      ];
    }
    return [
      { ...common, ...(isFirst ? {} : { dash: [5, 3] }), ...(series.shape === 'area' ? { fill } : {}) },
      { ...common, dash: [2, 3], points: { show: false } },
    ];
  });
}

/** A single point has no line to be seen by. */
function isLonely(_: uPlot, __: number, first: number, last: number): boolean {
  return last - first < 1;
}

/** Columns for uPlot: minutes, then for each series its finished part and its running end. */
export function plotData(data: ChartData): uPlot.AlignedData {
  const count = data.minutes.length;
  const columns = data.series.flatMap(({ values, shape }) => {
    if (!data.isRunning) return [[...values], values.map(() => null)];
    const firstOfEnd = shape === 'bars' ? count - 1 : count - 2;
    return [
      values.map((value, index) => (index < count - 1 ? value : null)),
      values.map((value, index) => (index >= firstOfEnd ? value : null)),
    ];
  });
  return [[...data.minutes], ...columns];
}
