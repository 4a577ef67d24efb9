import { describe, expect, test } from 'vitest';
import type { ChartData, ChartSeries } from './chart-types.ts';
import { cursorAfter } from './cursor.ts';
import { plotData, runningAverage } from './plot-data.ts';
import { summarise } from './summary.ts';

function series(label: string, values: number[], shape: ChartSeries['shape'] = 'line'): ChartSeries {
  return { label, values, shape, colour: 'series-1', text: (_, index) => String(values[index]) };
}

function chart(list: ChartSeries[], isRunning: boolean, spanMinutes = 4): ChartData {
  const minutes = list[0]?.values.map((_, index) => index * 60) ?? [];
  return {
    minutes,
    series: list,
    range: { from: 0, to: spanMinutes * 60 },
    timezone: 'UTC',
    isRunning,
    axisText: String,
  };
}

describe('plotData', () => {
  test('the running minute is apart: its line starts at the last finished one', () => {
    const [minutes, finished, running] = plotData(chart([series('a', [1, 2, 3])], true));
    expect(minutes).toEqual([0, 60, 120]);
    expect(finished).toEqual([1, 2, null]);
    expect(running).toEqual([null, 2, 3]);
  });

  test('a running bar stands alone', () => {
    expect(plotData(chart([series('a', [1, 2, 3], 'bars')], true))[2]).toEqual([null, null, 3]);
  });

  test('a finished range has no running part, and the first series lies on top', () => {
    const data = plotData(chart([series('top', [1]), series('below', [2])], false));
    expect(data).toEqual([[0], [2], [null], [1], [null]]);
  });

  test('a long range shows minutes and their average', () => {
    const values = Array.from({ length: 400 }, () => 6);
    expect(plotData(chart([series('a', values)], true, 1440))).toEqual([values.map((_, i) => i * 60), values, values]);
  });
});

test('the running average is that of the minutes there are', () => {
  expect(runningAverage([0, 0, 0, 8])).toEqual([2, 2, 2, 2]);
  const spike = Array.from({ length: 31 }, (_, index) => (index === 15 ? 15 : 0));
  const average = runningAverage(spike);
  expect(average.filter((value) => value === 1)).toHaveLength(15);
  expect(average[7]).toBe(0);
});

test('keys move the cursor within the minutes; Escape takes it away; others pass', () => {
  expect(cursorAfter('ArrowLeft', 5, 9)).toBe(4);
  expect(cursorAfter('ArrowRight', 9, 9)).toBe(9);
  expect(cursorAfter('PageDown', 5, 9)).toBe(0);
  expect(cursorAfter('Home', 5, 9)).toBe(0);
  expect(cursorAfter('End', 5, 9)).toBe(9);
  expect(cursorAfter('Escape', 5, 9)).toBeNull();
  expect(cursorAfter('Tab', 5, 9)).toBeUndefined();
});

test('a chart sums itself up for who cannot see it', () => {
  expect(summarise(chart([series('Users', [3, 9, 4])], false))).toBe('Users: peak 9 at 00:01, 4 at 00:02.');
  expect(summarise(chart([series('Users', [])], false))).toBe('No data in this range.');
});
