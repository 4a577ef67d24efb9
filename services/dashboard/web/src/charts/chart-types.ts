import type { TimeRange } from '../live-model.ts';

export interface ChartSeries {
  readonly label: string;
  readonly values: readonly number[];
  /** Exact text of a point, for the readout and the table; amounts come from their decimal text, not from `values`. */
  readonly text: (minute: number, index: number) => string;
  readonly shape: 'line' | 'area' | 'bars';
  readonly colour: SeriesColour;
}

/** Token families of tokens.css. The muted one is for what stands behind the figure that matters. */
export type SeriesColour = 'series-1' | 'series-2' | 'series-muted';

/** Above this many minutes single ones are noise to the eye: they are drawn faintly, a running average strongly. */
export const DENSE_MINUTES = 360;
export const AVERAGE_MINUTES = 15;

export function isDense(data: Pick<ChartData, 'range'>): boolean {
  return (data.range.to - data.range.from) / 60 > DENSE_MINUTES;
}

export interface ChartData {
  readonly minutes: readonly number[];
  readonly series: readonly ChartSeries[];
  readonly range: TimeRange;
  readonly timezone: string;
  /** Whether the last minute is still running, so that its values are not final. */
  readonly isRunning: boolean;
  readonly axisText: (value: number) => string;
}
