import { KPI_DEFINITIONS, type KpiName } from '../kpi-definitions.ts';
import { type MetricDefinition, onlyWithin } from './metric-definition.ts';

interface Source {
  mart: string;
  sql: string;
}

const WORLD = ['source'];
const MONEY = ['source', 'currency'];

const sumOf = (mart: string, column: string, within: readonly string[]): Source => ({
  mart,
  sql: onlyWithin(within, `sum(${column})`),
});
const traffic = (column: string): Source => sumOf('daily_traffic', column, WORLD);
/** Distinct ones of two days are not those of both. */
const distinct = (column: string): Source => sumOf('daily_traffic', column, ['source', 'day']);
const orders = (column: string): Source => sumOf('daily_revenue', column, WORLD);
const amount = (column: string): Source => sumOf('daily_revenue', column, MONEY);

/** Where the figures of the Live page stand in the marts, by the same definition. */
const IN_MARTS: Partial<Record<KpiName, Source>> = {
  total_events: traffic('total_events'),
  unique_users: distinct('unique_users'),
  total_sessions: distinct('total_sessions'),
  total_page_views: traffic('total_page_views'),
  total_product_clicks: traffic('total_product_clicks'),
  total_orders: orders('total_orders'),
  valid_orders: orders('valid_orders'),
  net_amount: amount('net_amount'),
  gross_amount: amount('gross_amount'),
  credit_amount: amount('credit_amount'),
  adjustment_amount: amount('adjustment_amount'),
  avg_amount: {
    mart: 'daily_revenue',
    sql: onlyWithin(MONEY, '(sum(net_amount) - sum(credit_amount)) / nullIf(sum(valid_orders), 0)'),
  },
  total_products: orders('total_products'),
};

export const LIVE_METRICS: readonly MetricDefinition[] = KPI_DEFINITIONS.map((kpi) => ({
  name: kpi.name,
  title: kpi.title,
  owner: 'shop' as const,
  formula: kpi.formula,
  unit: kpi.unit,
  grain: kpi.grain,
  per: kpi.per,
  description: kpi.tooltip,
  mart: IN_MARTS[kpi.name]?.mart ?? null,
  sql: IN_MARTS[kpi.name]?.sql ?? null,
}));
