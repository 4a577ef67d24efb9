import type { MetricDefinition, MetricUnit } from './metric-definition.ts';
import { METRICS, metricsOfMart } from './metric-dictionary.ts';

/** As Superset's dataset files hold them. */
export interface SupersetMetric {
  metric_name: string;
  verbose_name: string;
  expression: string;
  description: string;
  d3format: string;
}

const D3_FORMAT: Record<MetricUnit, string> = {
  count: ',d',
  count_per_minute: ',.1f',
  amount: ',.2f',
  milliseconds: ',.0f',
  share: '.1%',
  percent: ',.2f',
  number: ',.1f',
  days: ',.1f',
  hours: ',.2f',
};

export function supersetMetrics(mart: string): SupersetMetric[] {
  return metricsOfMart(mart).flatMap((metric) => (metric.sql === null ? [] : [supersetMetric(metric, metric.sql)]));
}

/** A metric of a dataset whose rows give it by this expression. */
export function supersetMetric(metric: MetricDefinition, expression: string): SupersetMetric {
  return {
    metric_name: metric.name,
    verbose_name: metric.title,
    expression,
    description: describe(metric),
    d3format: D3_FORMAT[metric.unit],
  };
}

/** A field of an API's answer, as JSON Schema. */
export interface MetricField {
  type: readonly ['integer' | 'string' | 'number', 'null'];
  title: string;
  description: string;
  'x-unit': MetricUnit;
}

/** Amounts are texts: a float would round them. */
export function metricFields(): Record<string, MetricField> {
  return Object.fromEntries(
    METRICS.map((metric): [string, MetricField] => [
      metric.name,
      {
        type: [jsonType(metric.unit), 'null'],
        title: metric.title,
        description: describe(metric),
        'x-unit': metric.unit,
      },
    ]),
  );
}

/** The seed of the table marts.metric_dictionary. */
export function metricSeed(): string {
  const columns = ['name', 'title', 'owner', 'formula', 'unit', 'grain', 'per', 'mart', 'sql', 'description'] as const;
  const rows = METRICS.map((metric) => columns.map((column) => csvCell(metric[column])).join(','));
  return `${[columns.join(','), ...rows].join('\n')}\n`;
}

export function metricMarkdown(): string {
  const rows = METRICS.map((metric) =>
    [`\`${metric.name}\``, metric.title, metric.formula, metric.unit, metric.grain.join(', '), metric.per.join(', ')]
      .concat(metric.mart === null ? 'live only' : `\`${metric.mart}\``, metric.owner)
      .join(' | '),
  );
  return [
    '# Metrics',
    '',
    'Made from `packages/contracts/src/metrics` by `ebb metrics --write`. Do not edit.',
    '',
    '| name | title | formula | unit | grain | may be split by | mart | owner |',
    '| --- | --- | --- | --- | --- | --- | --- | --- |',
    ...rows.map((row) => `| ${row} |`),
    '',
  ].join('\n');
}

function describe(metric: MetricDefinition): string {
  return `${metric.description} Formula: ${metric.formula}.`;
}

function jsonType(unit: MetricUnit): 'integer' | 'string' | 'number' {
  if (unit === 'amount') return 'string';
  return unit === 'count' ? 'integer' : 'number';
}

function csvCell(value: string | readonly string[] | null): string {
  const text = typeof value === 'string' ? value : (value ?? []).join(', ');
  return `"${text.replaceAll('"', '""')}"`;
}
