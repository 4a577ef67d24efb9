import { type MetricDefinition, METRICS } from '@ebb/contracts';
import { EbbError } from '@ebb/core';
import type { MetricValue, MetricValues } from '../api/fields.ts';
import { toCount } from '../queries/rows.ts';
import type { Edition } from './edition.ts';

export interface MetricScope {
  /** Condition over the mart's columns; all rows without one. */
  where?: string;
  params?: Record<string, unknown>;
}

type Row = Record<string, string | null>;

/**
 * Metrics of one mart over the rows of a scope, each by the dictionary's own expression: a figure on a page is computed as
 * everywhere else. Null where the dictionary says that adding up would be wrong, and where there is no row.
 */
export async function readMetrics(
  edition: Edition,
  names: readonly string[],
  scope: MetricScope = {},
): Promise<MetricValues> {
  const [row] = await edition.query<Row>(statement(edition, names, scope), scope.params);
  return valuesOf(names, row);
}

/** The same for each value of an expression, such as a day; values of it that have no row are missing. */
export async function readMetricsBy(
  edition: Edition,
  names: readonly string[],
  scope: MetricScope & { by: string },
): Promise<Map<string, MetricValues>> {
  const rows = await edition.query<Row>(statement(edition, names, scope), scope.params);
  return new Map(rows.map((row) => [row['by_key'] ?? '', valuesOf(names, row)]));
}

export function metricNamed(name: string): MetricDefinition {
  const metric = METRICS.find((one) => one.name === name);
  if (metric !== undefined) return metric;
  throw new EbbError('UNKNOWN_METRIC', `"${name}" is not in the metric dictionary (packages/contracts/src/metrics)`);
}

function statement(edition: Edition, names: readonly string[], scope: MetricScope & { by?: string }): string {
  const metrics = names.map(metricNamed);
  const mart = metrics[0]?.mart;
  if (mart === null || mart === undefined || metrics.some((metric) => metric.mart !== mart)) {
    throw new EbbError('MIXED_MARTS', `metrics of one mart are read at once, not ${names.join(', ')}`);
  }
  // Names of their own: an alias that is a column's name would be put in its place inside the expressions.
  const columns = metrics.map((metric, index) => `toString(${metric.sql}) AS m${index}`);
  if (scope.by !== undefined) columns.unshift(`toString(${scope.by}) AS by_key`);
  const where = scope.where === undefined ? '' : ` WHERE ${scope.where}`;
  const group = scope.by === undefined ? '' : ' GROUP BY by_key ORDER BY by_key';
  return `SELECT ${columns.join(', ')} FROM ${edition.mart(mart)}${where}${group}`;
}

function valuesOf(names: readonly string[], row: Row | undefined): MetricValues {
  return Object.fromEntries(names.map((name, index) => [name, valueOf(metricNamed(name), row?.[`m${index}`] ?? null)]));
}

function valueOf({ unit }: MetricDefinition, text: string | null): MetricValue {
  if (text === null) return null;
  if (unit === 'amount') return text;
  if (unit === 'count') return toCount(text);
  const value = Number(text);
  return Number.isFinite(value) ? value : null;
}
