import uPlot from 'uplot';
import { formatClock } from '../format.ts';
import { token } from '../theme.ts';
import { type ChartData, isDense } from './chart-types.ts';
import { drawOrder } from './plot-data.ts';

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
    padding: [10, 20, 0, 0],
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
    space: 30,
    ticks: { show: false },
    grid: { stroke: () => token('--grid'), width: 1 },
    values: (_, splits) => splits.map((split) => current().axisText(split)),
  };
}

function axisLook(): uPlot.Axis {
  return { font: FONT, stroke: () => token('--text-faint') };
}

/** Two drawn series for each given one, as in `plotData`. */
function seriesOptions(data: ChartData): uPlot.Series[] {
  return drawOrder(data).flatMap((series) => {
    const colour = (): string => token(`--${series.colour}`);
    const fill = (): string => token(`--${series.colour}-fill`);
    const faint = (): string => token(`--${series.colour}-faint`);
    const dash = series.colour === 'series-2' ? { dash: [5, 3] } : {};
    const area = series.shape === 'area' ? { fill } : {};
    if (isDense(data))
      return [
        { ...LINE, stroke: faint, width: 1 },
        { ...LINE, stroke: colour, ...dash, ...area },
      ];
    if (series.shape === 'bars') return [bars(colour), bars(faint)];
    const points = { show: isLonely, size: 5, fill: colour };
    return [
      { ...LINE, stroke: colour, points, ...dash, ...area },
      { ...LINE, stroke: colour, dash: [2, 3] },
    ];
  });
}

const BARS = uPlot.paths.bars?.({ size: [0.72, 22, 1] });
const LINE: uPlot.Series = { width: 1.75, points: { show: false } };

function bars(fill: () => string): uPlot.Series {
  return { width: 0, fill, points: { show: false }, ...(BARS === undefined ? {} : { paths: BARS }) };
}

/** A single point has no line to be seen by. */
function isLonely(_: uPlot, __: number, first: number, last: number): boolean {
  return last - first < 1;
}
