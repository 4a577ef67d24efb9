import type { Metric, MetricValue } from '../api-types.ts';
import type { Definition } from '../components/term.tsx';
import { formatCount, formatDuration, formatMoney, formatPercent, formatRate } from '../format.ts';

const NUMBERS: Record<Exclude<Metric['unit'], 'amount'>, (value: number) => string> = {
  count: formatCount,
  count_per_minute: formatRate,
  share: formatPercent,
  percent: (value) => formatPercent(value / 100),
  number: formatRate,
  milliseconds: formatDuration,
  hours: (value) => `${formatRate(value)} h`,
  days: (value) => `${formatRate(value)} days`,
};

/** A metric's value as readers see it, by its unit. */
export function formatMetric(unit: Metric['unit'], value: MetricValue | undefined, currency: string | null): string {
  if (value === null || value === undefined) return '–';
  if (unit === 'amount') return formatMoney(String(value), currency);
  return NUMBERS[unit](Number(value));
}

/** The same of a difference, with its sign; shares differ by points. */
export function formatDifference(unit: Metric['unit'], value: MetricValue, currency: string | null): string {
  if (value === null) return '–';
  const sign = Number(value) > 0 ? '+' : '';
  if (unit === 'share') return `${sign}${formatRate(Number(value) * 100)} points`;
  return sign + formatMetric(unit, unit === 'amount' ? decimalText(value) : value, currency);
}

/** Bounds of an amount come as numbers; they are estimates, so cents are enough. */
function decimalText(value: string | number): string {
  return typeof value === 'string' ? value : value.toFixed(2);
}

/** A part of a whole in percent. */
export function shareOf(part: number | string | null | undefined, whole: number | string | null | undefined): string {
  const all = Number(whole ?? 0);
  return all === 0 ? '–' : formatPercent(Number(part ?? 0) / all);
}

/** A metric of the dictionary as the definition that stands behind a figure. */
export function definitionOf(metric: Metric | undefined): Definition | undefined {
  return metric === undefined
    ? undefined
    : { title: metric.title, tooltip: metric.description, formula: metric.formula };
}
