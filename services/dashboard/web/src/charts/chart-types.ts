import type { TimeRange } from '../live-model.ts';

export interface ChartSeries {
  readonly label: string;
  readonly values: readonly number[];
  /** Exact text of a point, for the readout and the table; amounts come from their decimal text, not from `values`. */
  readonly text: (minute: number, index: number) => string;
  readonly shape: 'line' | 'area' | 'bars';
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
