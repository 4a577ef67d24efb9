import { KPI_DEFINITIONS, type KpiName } from '../kpi-definitions.ts';
import { LIVE_METRICS } from './live-metrics.ts';
import { type SupersetMetric, supersetMetric } from './metric-exports.ts';

/** What a row of a live table is one of. */
export type LiveTable = 'web_day' | 'web_minute' | 'order_day' | 'order_minute' | 'process_times';

/** Distinct ones of two windows are not those of both. */
const DISTINCT: readonly KpiName[] = ['unique_users', 'total_sessions'];

const SPECIAL: Partial<Record<KpiName, { table: LiveTable; sql: string }>> = {
  // A minute without an event has no row.
  average_events: { table: 'web_minute', sql: within(['source'], 'sum(total_events)::numeric / nullif(count(*), 0)') },
  // The pipeline's, so of every source together.
  event_process_time: { table: 'process_times', sql: 'percentile_cont(0.5) WITHIN GROUP (ORDER BY process_ms)' },
};

/** The live figures over the rows of one table, in PostgreSQL's words: null where adding the rows up would be wrong. */
export function liveSupersetMetrics(table: LiveTable): SupersetMetric[] {
  return LIVE_METRICS.flatMap((metric, at) => {
    const sql = liveSql(KPI_DEFINITIONS[at] ?? null, table);
    return sql === null ? [] : [supersetMetric(metric, sql)];
  });
}

function liveSql(kpi: (typeof KPI_DEFINITIONS)[number] | null, table: LiveTable): string | null {
  if (kpi === null) return null;
  const special = SPECIAL[kpi.name];
  if (special !== undefined) return special.table === table ? special.sql : null;
  const isOrders = (kpi.per as readonly string[]).includes('currency');
  if (!table.startsWith(isOrders ? 'order_' : 'web_')) return null;
  const columns = ['source'];
  if (kpi.unit === 'amount') columns.push('currency');
  if (DISTINCT.includes(kpi.name)) columns.push(table === 'web_day' ? 'day' : 'window_start');
  return within(columns, sumOf(kpi.name));
}

function sumOf(name: KpiName): string {
  if (name === 'avg_amount') return '(sum(net_amount) - sum(credit_amount)) / nullif(sum(valid_orders), 0)';
  return `sum(${name})`;
}

function within(columns: readonly string[], sql: string): string {
  return `CASE WHEN count(DISTINCT (${columns.join(', ')})) <= 1 THEN ${sql} END`;
}
