import type { Tracking } from '@ebb/customer-models';
import type { LineChart } from '../line-chart.ts';

/** Purchases by week as they came and as the model has them, hold-out included. */
export function trackingChart(title: string, { periods }: Tracking): LineChart {
  const begins = periods.filter(({ isHoldout }) => !isHoldout).length;
  const points = (of: 'actual' | 'expected') => periods.map((period, index) => [index + 1, period[of]] as const);
  return {
    title,
    xLabel: `week; the model has seen the first ${begins}`,
    yLabel: 'repeat purchases',
    series: [
      { name: 'came', points: points('actual') },
      { name: 'expected', points: points('expected'), isDashed: true },
    ],
  };
}
